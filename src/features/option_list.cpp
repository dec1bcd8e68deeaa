// SPDX-License-Identifier: Apache-2.0
#include "option_list.hpp"

#include <charconv>
#include <cstdint>

#include "attune/core/error.hpp"
#include "attune/data/column_profile.hpp"

namespace attune {
namespace {

class Lister final : public FieldVisitor {
 public:
  void field(const FieldInfo& info, bool& value) override { add(info, value); }
  void field(const FieldInfo& info, int64_t& value) override { add(info, value); }
  void field(const FieldInfo& info, double& value) override { add(info, value); }
  void field(const FieldInfo& info, std::string& value) override { add(info, value); }
  void field(const FieldInfo& info, std::vector<int64_t>& value) override { add(info, value); }
  std::vector<Option> options;

 private:
  template <class Value>
  void add(const FieldInfo& info, const Value& value) {
    options.push_back({info, value});
  }
};

Json parse_integer(std::string_view value) {
  int64_t number = 0;
  const auto [rest, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  return error == std::errc() && rest == value.data() + value.size() ? Json(number) : Json();
}

Json parse_boolean(std::string_view value) {
  if (value == "true" || value == "yes") return true;
  if (value == "false" || value == "no") return false;
  return {};
}

Json parse_real(std::string_view value) {
  const auto number = parse_number(value);
  return number ? Json(*number) : Json();
}

std::string_view kind_name(const Json& standard) {
  if (standard.is_boolean()) return "true or false";
  if (standard.is_number_integer()) return "an integer";
  return "a number";
}

}  // namespace

namespace detail {

std::vector<Option> list_options(void* options, VisitFields visit) {
  Lister lister;
  visit(options, lister);
  return std::move(lister.options);
}

}  // namespace detail

Json parse_option(const Option& option, std::string_view value, std::string_view where) {
  if (option.standard.is_string()) return value;
  auto parsed = option.standard.is_boolean()          ? parse_boolean(value)
                : option.standard.is_number_integer() ? parse_integer(value)
                                                      : parse_real(value);
  if (!parsed.is_null()) return parsed;
  throw UsageError(std::string(where) + ": option " + option.info.name + " expects " +
                   std::string(kind_name(option.standard)) + ", found \"" + std::string(value) + "\"");
}

}  // namespace attune
