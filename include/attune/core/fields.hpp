// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "attune/core/json.hpp"

namespace attune {

/// What is known of one field of a configuration struct besides its value.
struct FieldInfo {
  std::string name;                                           ///< snake_case; the flag is --with-dashes
  std::string help;                                           ///< one sentence, with the unit
  double minimum = -std::numeric_limits<double>::infinity();  ///< for numbers, inclusive
  double maximum = std::numeric_limits<double>::infinity();   ///< for numbers, inclusive
  std::vector<std::string> choices = {};                      ///< for strings; empty: any
  std::string off = "";                                       ///< for switches: the help of what is false
};

/// "a whole number from 1 to 100000", "a number of at least 0": what the type and limits of a number field ask for.
[[nodiscard]] std::string expected_number(const FieldInfo& info, bool whole);

/// Visits the fields of a struct in their order. One list of fields per struct gives its defaults, help, checks,
/// command-line flags, TOML and JSON.
class FieldVisitor {
 public:
  virtual ~FieldVisitor() = default;
  virtual void field(const FieldInfo& info, bool& value) = 0;
  virtual void field(const FieldInfo& info, int64_t& value) = 0;
  virtual void field(const FieldInfo& info, double& value) = 0;
  virtual void field(const FieldInfo& info, std::string& value) = 0;
  virtual void field(const FieldInfo& info, std::vector<int64_t>& value) = 0;
};

/// A struct with `void visit_fields(FieldVisitor&)`.
template <class T>
concept Fields = requires(T t, FieldVisitor& v) {
  t.visit_fields(v);
};

namespace detail {
using VisitFields = void (*)(void* object, FieldVisitor& visitor);
Json fields_to_json(void* object, VisitFields visit);
void json_to_fields(const Json& json, std::string_view where, void* object, VisitFields visit);
void check_fields(std::string_view where, void* object, VisitFields visit);
/// `name` is how messages call the field.
void check_value(const std::string& name, const FieldInfo& info, int64_t value);
void check_value(const std::string& name, const FieldInfo& info, double value);
void check_value(const std::string& name, const FieldInfo& info, const std::string& value);
void check_value(const std::string& name, const FieldInfo& info, const std::vector<int64_t>& value);
template <Fields T>
void visit(void* object, FieldVisitor& visitor) {
  static_cast<T*>(object)->visit_fields(visitor);
}
}  // namespace detail

template <Fields T>
[[nodiscard]] Json to_json(const T& value) {
  T copy = value;
  return detail::fields_to_json(&copy, detail::visit<T>);
}

/// Sets the fields that `json` names and leaves the others. A double takes an integer, an int64_t never takes a
/// fraction (not even 3.0). On an error `value` is as before.
/// @throws UsageError naming `where` and the field: unknown (with the nearest name), of another type, not finite, out
/// of range, not among its choices.
template <Fields T>
void from_json(const Json& json, std::string_view where, T& value) {
  T changed = value;
  detail::json_to_fields(json, where, &changed, detail::visit<T>);
  value = std::move(changed);
}

/// @throws UsageError `NAME: expected .., found ..` when a value given for the field is not finite, out of range or not
/// among its choices; NAME is how it was given (a flag).
template <class T>
void check_field(const std::string& name, const FieldInfo& info, const T& value) {
  detail::check_value(name, info, value);
}

/// @throws UsageError for the first field that is not finite, out of range or not among its choices.
template <Fields T>
void check(const T& value, std::string_view where) {
  T copy = value;
  detail::check_fields(where, &copy, detail::visit<T>);
}

}  // namespace attune
