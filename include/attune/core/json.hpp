// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

namespace attune {

/// Key order is kept, so that what is printed reads in the order it was written.
using Json = nlohmann::ordered_json;

}  // namespace attune
