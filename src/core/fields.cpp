// SPDX-License-Identifier: Apache-2.0
#include "attune/core/fields.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "attune/core/error.hpp"
#include "attune/core/nearest_name.hpp"

namespace attune {
namespace detail {
namespace {

/// Plain digits (100000 and not 1e+05) unless there were too many of them.
std::string number_text(double value) {
  char text[64];
  const bool plain = value == 0 || (std::abs(value) >= 1e-9 && std::abs(value) < 1e15);
  const auto end =
      std::to_chars(text, text + sizeof text, value, plain ? std::chars_format::fixed : std::chars_format::general).ptr;
  return {text, end};
}

/// "" when there are no limits, else " of at least 1", " from 0 to 1", ..
std::string range_text(const FieldInfo& info) {
  const bool below = std::isfinite(info.minimum);
  const bool above = std::isfinite(info.maximum);
  if (below && above) return " from " + number_text(info.minimum) + " to " + number_text(info.maximum);
  if (below) return " of at least " + number_text(info.minimum);
  if (above) return " of at most " + number_text(info.maximum);
  return "";
}

[[noreturn]] void refuse(const std::string& name, const std::string& expected, const std::string& found) {
  throw UsageError(name + ": expected " + expected + ", found " + found);
}

std::string name_in(std::string_view where, const FieldInfo& info) {
  return std::string(where) + ", field \"" + info.name + "\"";
}

bool in_range(const FieldInfo& info, double value) { return value >= info.minimum && value <= info.maximum; }

/// A value as a person wrote it, cut where it would fill the screen.
std::string found_text(const Json& value) {
  constexpr size_t kLongest = 60;
  auto text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() > kLongest) text = text.substr(0, kLongest) + " ..";
  return text;
}

/// Refuses values that break the field's limits.
class Checker : public FieldVisitor {
 public:
  explicit Checker(std::string_view where) : where_(where) {}

  void field(const FieldInfo&, bool&) override {}

  void field(const FieldInfo& info, int64_t& value) override { check_value(name_in(where_, info), info, value); }
  void field(const FieldInfo& info, double& value) override { check_value(name_in(where_, info), info, value); }
  void field(const FieldInfo& info, std::string& value) override { check_value(name_in(where_, info), info, value); }
  void field(const FieldInfo& info, std::vector<int64_t>& value) override {
    check_value(name_in(where_, info), info, value);
  }

 private:
  std::string_view where_;
};

class Writer : public FieldVisitor {
 public:
  void field(const FieldInfo& info, bool& value) override { json[info.name] = value; }
  void field(const FieldInfo& info, int64_t& value) override { json[info.name] = value; }
  void field(const FieldInfo& info, double& value) override { json[info.name] = value; }
  void field(const FieldInfo& info, std::string& value) override { json[info.name] = value; }
  void field(const FieldInfo& info, std::vector<int64_t>& value) override { json[info.name] = value; }

  Json json = Json::object();
};

/// Collects the names, to refuse what is none of them.
class Namer : public FieldVisitor {
 public:
  void field(const FieldInfo& info, bool&) override { names.push_back(info.name); }
  void field(const FieldInfo& info, int64_t&) override { names.push_back(info.name); }
  void field(const FieldInfo& info, double&) override { names.push_back(info.name); }
  void field(const FieldInfo& info, std::string&) override { names.push_back(info.name); }
  void field(const FieldInfo& info, std::vector<int64_t>&) override { names.push_back(info.name); }

  std::vector<std::string> names;
};

std::optional<int64_t> whole_number(const Json& json) {
  if (!json.is_number_integer()) return std::nullopt;
  const bool too_large =
      json.is_number_unsigned() && json.get<uint64_t>() > static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  if (too_large) return std::nullopt;
  return json.get<int64_t>();
}

/// Sets the fields that the object names; type and limits are checked before a value is set.
class Reader : public FieldVisitor {
 public:
  Reader(const Json& json, std::string_view where) : json_(json), where_(where), check_(where) {}

  void field(const FieldInfo& info, bool& value) override {
    set(info, value, "true or false", [](const Json& json) -> std::optional<bool> {
      if (!json.is_boolean()) return std::nullopt;
      return json.get<bool>();
    });
  }

  void field(const FieldInfo& info, int64_t& value) override {
    set(info, value, expected_number(info, /*whole=*/true), whole_number);
  }

  void field(const FieldInfo& info, double& value) override {
    set(info, value, expected_number(info, /*whole=*/false), [](const Json& json) -> std::optional<double> {
      if (!json.is_number()) return std::nullopt;
      return json.get<double>();
    });
  }

  void field(const FieldInfo& info, std::string& value) override {
    set(info, value, "a text in quotes", [](const Json& json) -> std::optional<std::string> {
      if (!json.is_string()) return std::nullopt;
      return json.get<std::string>();
    });
  }

  void field(const FieldInfo& info, std::vector<int64_t>& value) override {
    set(info, value, "a list of whole numbers" + range_text(info),
        [](const Json& json) -> std::optional<std::vector<int64_t>> {
          if (!json.is_array()) return std::nullopt;
          std::vector<int64_t> numbers;
          for (const auto& element : json) {
            const auto number = whole_number(element);
            if (!number) return std::nullopt;
            numbers.push_back(*number);
          }
          return numbers;
        });
  }

 private:
  template <class T, class Read>
  void set(const FieldInfo& info, T& value, const std::string& expected, const Read& read) {
    const auto found = json_.find(info.name);
    if (found == json_.end()) return;
    std::optional<T> read_value = read(*found);
    if (!read_value) refuse(name_in(where_, info), expected, found_text(*found));
    check_.field(info, *read_value);
    value = std::move(*read_value);
  }

  const Json& json_;
  std::string_view where_;
  Checker check_;
};

void refuse_unknown(const Json& json, std::string_view where, const std::vector<std::string>& names) {
  for (const auto& item : json.items()) {
    if (std::find(names.begin(), names.end(), item.key()) != names.end()) continue;
    throw UsageError(std::string(where) + ": unknown field \"" + item.key() + "\"" + suggestion(item.key(), names));
  }
}

}  // namespace

void check_value(const std::string& name, const FieldInfo& info, int64_t value) {
  if (in_range(info, static_cast<double>(value))) return;
  refuse(name, expected_number(info, /*whole=*/true), std::to_string(value));
}

void check_value(const std::string& name, const FieldInfo& info, double value) {
  if (std::isfinite(value) && in_range(info, value)) return;
  const std::string kind = std::isfinite(value) ? "a number" : "a finite number";
  refuse(name, kind + range_text(info), number_text(value));
}

void check_value(const std::string& name, const FieldInfo& info, const std::string& value) {
  if (info.choices.empty() || std::find(info.choices.begin(), info.choices.end(), value) != info.choices.end()) return;
  refuse(name, "one of its choices", "\"" + value + "\"" + suggestion(value, info.choices));
}

void check_value(const std::string& name, const FieldInfo& info, const std::vector<int64_t>& value) {
  for (size_t i = 0; i < value.size(); ++i) {
    if (in_range(info, static_cast<double>(value[i]))) continue;
    refuse(name, "whole numbers" + range_text(info), std::to_string(value[i]) + " at place " + std::to_string(i + 1));
  }
}

Json fields_to_json(void* object, VisitFields visit) {
  Writer writer;
  visit(object, writer);
  return std::move(writer.json);
}

void json_to_fields(const Json& json, std::string_view where, void* object, VisitFields visit) {
  if (!json.is_object()) {
    throw UsageError(std::string(where) + ": expected a table of fields, found " + found_text(json));
  }
  Namer namer;
  visit(object, namer);
  refuse_unknown(json, where, namer.names);
  Reader reader(json, where);
  visit(object, reader);
}

void check_fields(std::string_view where, void* object, VisitFields visit) {
  Checker checker(where);
  visit(object, checker);
}

}  // namespace detail

std::string expected_number(const FieldInfo& info, bool whole) {
  return (whole ? "a whole number" : "a number") + detail::range_text(info);
}

}  // namespace attune
