// SPDX-License-Identifier: Apache-2.0
#include "option_origins.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>

#include "field_flags.hpp"

namespace attune::app {
namespace {

/// The section that holds a field, "" where it stands outside of any.
std::optional<std::string> section_of(const Json& options, const std::string& field) {
  if (options.contains(field) && !options.at(field).is_object()) return "";
  for (const auto& [section, fields] : options.items()) {
    if (fields.is_object() && fields.contains(field)) return section;
  }
  return std::nullopt;
}

/// As it is written behind a flag.
std::string flag_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return value.dump();
  return value.empty() ? "none" : fmt::format("{}", fmt::join(value.get<std::vector<int64_t>>(), ","));
}

std::string as_flag(const std::string& field, const Json& value) {
  const auto flag = flag_name(field, value);
  return value.is_null() || value.is_boolean() ? flag : flag + " " + flag_text(value);
}

std::string as_key(const std::string& file, const std::string& section, const std::string& field, const Json& value) {
  const auto key = file + ", " + (section.empty() ? "" : section + ".") + field;
  return value.is_null() ? key : key + " = " + value.dump();
}

}  // namespace

OptionNames OptionOrigins::names() const {
  OptionNames names;
  names.is_asked_for = [flags = flags](const std::string& field) { return section_of(flags, field).has_value(); };
  names.name = [*this](const std::string& field, const Json& value) {
    const auto is_flag = section_of(flags, field).has_value();
    const auto section = section_of(content, field);
    if (!is_flag && section) return as_key(file, *section, field, value);
    return as_flag(field, value) + (is_flag || value.is_null() ? "" : " (the default)");
  };
  return names;
}

}  // namespace attune::app
