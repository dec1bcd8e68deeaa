// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "attune/core/json.hpp"
#include "attune/model/model.hpp"
#include "attune/report/report_page.hpp"

namespace attune::app {

/// The epochs of a model's training; nothing where its record has none.
[[nodiscard]] std::optional<report::History> drawn_history(const Json& record);

/// What a model was trained on, how, and what came of it: the options of a run in their sections, called as in
/// configuration files.
[[nodiscard]] std::vector<report::Settings> drawn_settings(const Model& model);

/// "Predicts label (category) from review (text)." and what it was trained on, in a sentence each.
[[nodiscard]] std::vector<std::string> model_sentences(const Model& model);

}  // namespace attune::app
