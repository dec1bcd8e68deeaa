// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "attune/core/json.hpp"

namespace attune {

/// What does not exist is null.
inline Json optional_number(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

}  // namespace attune
