// SPDX-License-Identifier: Apache-2.0
#include "state_reader.hpp"

namespace attune {

StateReader::StateReader(const Json& json, std::string where) : json_(json), where_(std::move(where)) {
  if (!json.is_object()) throw ModelFileError(where_ + ": expected an object, found " + json.type_name());
}

void StateReader::fail(std::string_view name, std::string_view expected) const {
  const auto found = json_.find(std::string(name));
  throw ModelFileError(where_ + ", field \"" + std::string(name) + "\": expected " + std::string(expected) +
                       ", found " + (found == json_.end() ? "nothing" : found->type_name()) +
                       "; the file is not a model of this version or was altered");
}

const Json& StateReader::field(std::string_view name, bool (Json::*is_kind)() const noexcept,
                               std::string_view expected) const {
  const auto found = json_.find(std::string(name));
  if (found == json_.end() || !((*found).*is_kind)()) fail(name, expected);
  return *found;
}

std::string StateReader::text(std::string_view name) const {
  return field(name, &Json::is_string, "a text").get<std::string>();
}

bool StateReader::boolean(std::string_view name) const {
  return field(name, &Json::is_boolean, "true or false").get<bool>();
}

double StateReader::number(std::string_view name) const {
  return field(name, &Json::is_number, "a number").get<double>();
}

std::vector<std::string> StateReader::texts(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& value : array(name)) {
    if (!value.is_string()) fail(name, "a list of texts");
    values.push_back(value.get<std::string>());
  }
  return values;
}

std::vector<int64_t> StateReader::integers(std::string_view name) const {
  std::vector<int64_t> values;
  for (const auto& value : array(name)) {
    if (!value.is_number_integer()) fail(name, "a list of integers");
    values.push_back(value.get<int64_t>());
  }
  return values;
}

std::vector<double> StateReader::numbers(std::string_view name) const {
  std::vector<double> values;
  for (const auto& value : array(name)) {
    if (!value.is_number()) fail(name, "a list of numbers");
    values.push_back(value.get<double>());
  }
  return values;
}

const Json& StateReader::object(std::string_view name) const { return field(name, &Json::is_object, "an object"); }

const Json& StateReader::array(std::string_view name) const { return field(name, &Json::is_array, "a list"); }

}  // namespace attune
