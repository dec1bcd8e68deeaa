// SPDX-License-Identifier: Apache-2.0
#include "attune/core/option_names.hpp"

namespace attune {

std::string field_name(const std::string& field, const Json& value) {
  if (value.is_null()) return field;
  return field + " = " + (value.is_string() ? value.get<std::string>() : value.dump());
}

}  // namespace attune
