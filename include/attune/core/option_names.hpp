// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "attune/core/json.hpp"

namespace attune {

/// `heads = 4`; without a value (null) `heads`: how a program that fills in the structs itself knows an option.
[[nodiscard]] std::string field_name(const std::string& field, const Json& value);

/// How messages about several options call each of them, and which of them a person asked for. The library knows fields
/// of structs; a program that read them from flags and files knows better what its user wrote.
struct OptionNames {
  /// @param field of a struct with visit_fields
  /// @param value null where any value is meant
  std::function<std::string(const std::string& field, const Json& value)> name = field_name;
  /// Whether it was asked for on its own, so that ignoring it would be a surprise even with its default value.
  std::function<bool(const std::string& field)> is_asked_for = [](const std::string&) { return false; };
};

}  // namespace attune
