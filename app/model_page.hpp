// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "attune/model/model.hpp"

namespace attune::app {

/// "review (text)": the columns and their type.
[[nodiscard]] std::string binding_text(const Binding& binding);

/// What a person asks of a model: what it reads and predicts, how it is built, how it was trained and how well; a line
/// each.
[[nodiscard]] std::string model_page(const Model& model, const std::string& file);

}  // namespace attune::app
