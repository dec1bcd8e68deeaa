// SPDX-License-Identifier: Apache-2.0
#include "field_flags.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <optional>
#include <type_traits>

#include "attune/core/error.hpp"

namespace attune::app {
namespace {

/// The whole text as a number of that type, or nothing.
template <class T>
std::optional<T> parsed(std::string_view text) {
  T number{};
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return number;
}

template <class T>
Json parse_number(const std::string& flag, const FieldInfo& info, const std::string& text) {
  const auto number = parsed<T>(text);
  if (!number) {
    throw UsageError(flag + ": expected " + expected_number(info, std::is_integral_v<T>) + ", found \"" + text + "\"");
  }
  check_field(flag, info, *number);
  return *number;
}

/// Where the fields of a section are kept.
Json& place_of(Json& given, const std::string& section) { return section.empty() ? given : given[section]; }

/// "16,8" or "none".
Json parse_list(const std::string& flag, const FieldInfo& info, const std::string& text) {
  std::vector<int64_t> list;
  for (size_t begin = 0; text != "none" && begin <= text.size();) {
    const auto end = std::min(text.find(',', begin), text.size());
    const auto number = parsed<int64_t>(std::string_view(text).substr(begin, end - begin));
    if (!number) {
      throw UsageError(flag + ": expected whole numbers with commas between, or none; found \"" + text + "\"");
    }
    list.push_back(*number);
    begin = end + 1;
  }
  check_field(flag, info, list);
  return list;
}

}  // namespace

std::string flag_name(std::string field, const Json& value) {
  std::replace(field.begin(), field.end(), '_', '-');
  return (value == Json(false) ? "--no-" : "--") + field;
}

std::string help_of(const FieldInfo& info) {
  if (!info.choices.empty()) return fmt::format("{}: {}", info.help, fmt::join(info.choices, ", "));
  const bool is_share = info.minimum == 0 && info.maximum <= 1;
  return is_share ? fmt::format("{} (0 to {})", info.help, info.maximum) : info.help;
}

int64_t parse_whole_number(const std::string& flag, const FieldInfo& info, const std::string& text) {
  return parse_number<int64_t>(flag, info, text).get<int64_t>();
}

void FieldFlags::add(const FieldInfo& info, const std::string& type, const std::string& standard, const Parse& parse) {
  command_
      .add_option_function<std::string>(
          flag_name(info.name),
          [this_given = &given_, section = section_, info, parse](const std::string& text) {
            place_of(*this_given, section)[info.name] = parse(flag_name(info.name), info, text);
          },
          help_of(info))
      ->type_name(type)
      ->default_str(standard)
      ->group(group_);
}

void FieldFlags::field(const FieldInfo& info, bool& value) {
  // Help shows the form that changes the default; the other one only undoes a configuration file.
  const auto add_switch = [&](const std::string& name, bool sets) {
    command_
        .add_flag_function(
            name,
            [this_given = &given_, section = section_, key = info.name, sets](int64_t) {
              place_of(*this_given, section)[key] = sets;
            },
            sets               ? info.help
            : info.off.empty() ? "not: " + info.help
                               : info.off)
        ->group(sets == value ? "" : group_);
  };
  const auto name = flag_name(info.name);
  add_switch(name, true);
  add_switch("--no-" + name.substr(2), false);
}

void FieldFlags::field(const FieldInfo& info, int64_t& value) {
  add(info, "N", std::to_string(value), parse_number<int64_t>);
}

void FieldFlags::field(const FieldInfo& info, double& value) {
  add(info, "X", fmt::format("{}", value), parse_number<double>);
}

void FieldFlags::field(const FieldInfo& info, std::string& value) {
  add(info, "NAME", value, [](const std::string& flag, const FieldInfo& of, const std::string& text) {
    check_field(flag, of, text);
    return Json(text);
  });
}

void FieldFlags::field(const FieldInfo& info, std::vector<int64_t>& value) {
  add(info, "N,N..", value.empty() ? "none" : fmt::format("{}", fmt::join(value, ",")), parse_list);
}

}  // namespace attune::app
