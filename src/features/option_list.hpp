// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "attune/core/fields.hpp"
#include "attune/core/json.hpp"

namespace attune {

/// One option of a type: what is known of it, and its default, whose JSON kind is the option's kind.
struct Option {
  FieldInfo info;
  Json standard;
};

namespace detail {
[[nodiscard]] std::vector<Option> list_options(void* options, VisitFields visit);
}

/// The options of a type, from the fields of its struct.
template <Fields Options>
[[nodiscard]] std::vector<Option> list_options() {
  Options options;
  return detail::list_options(&options, detail::visit<Options>);
}

/// A value given as text, as JSON of the option's kind. @throws UsageError naming `where`, the option, what was
/// expected and what was found.
[[nodiscard]] Json parse_option(const Option& option, std::string_view value, std::string_view where);

}  // namespace attune
