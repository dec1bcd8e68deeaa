// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "attune/core/error.hpp"
#include "attune/core/nearest_name.hpp"
#include "attune/features/schema.hpp"
#include "schema/column_list.hpp"
#include "type_table.hpp"

namespace attune {
namespace {

/// `COLUMNS:REST`; REST is absent without a colon.
struct Parts {
  std::vector<std::string> columns;
  std::optional<std::string_view> rest;
};

/// Column names may hold colons, so the longest beginning that names columns is taken for them.
Parts split_columns(std::string_view text, const Table& table) {
  if (auto columns = find_columns(text, table)) return {std::move(*columns), std::nullopt};
  for (auto colon = text.rfind(':'); colon != std::string_view::npos && colon > 0; colon = text.rfind(':', colon - 1)) {
    if (auto columns = find_columns(text.substr(0, colon), table)) return {std::move(*columns), text.substr(colon + 1)};
  }
  refuse_columns(text.substr(0, text.find(':')), table);
}

void add_option(const std::vector<Option>& known, std::string_view text, const std::string& where, Json& options) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) {
    throw UsageError(where + ": expected OPTION=VALUE, found \"" + std::string(text) + "\"");
  }
  const std::string name(text.substr(0, equals));
  const auto option =
      std::find_if(known.begin(), known.end(), [&](const Option& candidate) { return candidate.info.name == name; });
  if (option == known.end()) {
    std::vector<std::string> names;
    for (const auto& candidate : known) names.push_back(candidate.info.name);
    throw UsageError(where + ": unknown option \"" + name + "\"" +
                     (names.empty() ? "; this type has none" : suggestion(name, names)));
  }
  if (options.contains(name)) throw UsageError(where + ": option " + name + " is given twice; give it once");
  options[name] = parse_option(*option, text.substr(equals + 1), where);
}

/// Ranges and choices are checked by making a feature, of one column so that a list of columns may still be cut up.
template <class Type>
void check_options(const Type& type, Binding binding) {
  binding.columns.resize(1);
  static_cast<void>(type.make(binding));
}

template <class Type>
Binding parse(std::string_view text, const Table& table, const Type& (*find_type)(std::string_view)) {
  const auto parts = split_columns(text, table);
  Binding binding;
  binding.columns = parts.columns;
  binding.name = binding.columns.front();
  if (!parts.rest) return binding;

  const auto colon = parts.rest->find(':');
  const auto& type = find_type(parts.rest->substr(0, colon));
  binding.type = type.name;
  if (binding.columns.size() > 1) binding.name = type.name;
  if (colon == std::string_view::npos) return binding;

  const auto where = "\"" + binding.name + "\", type " + type.name;
  for (const auto option : split(parts.rest->substr(colon + 1), ',')) {
    add_option(type.options, option, where, binding.options);
  }
  check_options(type, binding);
  return binding;
}

}  // namespace

Binding parse_input(std::string_view text, const Table& table) { return parse(text, table, input_type); }

Binding parse_output(std::string_view text, const Table& table) { return parse(text, table, output_type); }

}  // namespace attune
