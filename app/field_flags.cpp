// SPDX-License-Identifier: Apache-2.0
#include "field_flags.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>

#include "attune/core/error.hpp"

namespace attune::app {
namespace {

std::string flag_name(const FieldInfo& info) {
  auto name = "--" + info.name;
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

std::string help_of(const FieldInfo& info) {
  return info.choices.empty() ? info.help : fmt::format("{}: {}", info.help, fmt::join(info.choices, ", "));
}

/// "16,8" or "none".
Json parse_list(const std::string& flag, const std::string& text) {
  Json list = Json::array();
  if (text == "none") return list;
  for (size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(',', begin), text.size());
    int64_t number = 0;
    const auto [stop, error] = std::from_chars(text.data() + begin, text.data() + end, number);
    if (error != std::errc() || stop != text.data() + end) {
      throw UsageError(flag + ": expected whole numbers with commas between, or none; found \"" + text + "\"");
    }
    list.push_back(number);
    begin = end + 1;
  }
  return list;
}

}  // namespace

template <class T>
void FieldFlags::add(const FieldInfo& info, const std::string& type, const std::string& standard,
                     std::function<Json(const T&)> to_json) {
  command_
      .add_option_function<T>(
          flag_name(info),
          [this_given = &given_, section = section_, name = info.name, to_json](const T& value) {
            (*this_given)[section][name] = to_json(value);
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
              (*this_given)[section][key] = sets;
            },
            sets ? info.help : "turn off: " + info.help)
        ->group(sets == value ? "" : group_);
  };
  const auto name = flag_name(info);
  add_switch(name, true);
  add_switch("--no-" + name.substr(2), false);
}

void FieldFlags::field(const FieldInfo& info, int64_t& value) {
  add<int64_t>(info, "N", std::to_string(value), [](const int64_t& given) { return Json(given); });
}

void FieldFlags::field(const FieldInfo& info, double& value) {
  add<double>(info, "X", fmt::format("{}", value), [](const double& given) { return Json(given); });
}

void FieldFlags::field(const FieldInfo& info, std::string& value) {
  add<std::string>(info, "NAME", value, [](const std::string& given) { return Json(given); });
}

void FieldFlags::field(const FieldInfo& info, std::vector<int64_t>& value) {
  const auto standard = value.empty() ? std::string("none") : fmt::format("{}", fmt::join(value, ","));
  add<std::string>(info, "N,N..", standard,
                   [flag = flag_name(info)](const std::string& given) { return parse_list(flag, given); });
}

}  // namespace attune::app
