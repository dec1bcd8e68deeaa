// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "attune/model/model.hpp"
#include "attune/report/flow.hpp"

namespace attune::app {

/// How a model goes from its inputs to its outputs, its linear parts with it. @param file whose name is the title
[[nodiscard]] report::Flow flow_of(const Model& model, const std::string& file);

}  // namespace attune::app
