// SPDX-License-Identifier: Apache-2.0
#include <toml++/toml.h>

#include <algorithm>
#include <sstream>
#include <utility>
#include <vector>

#include "attune/core/error.hpp"
#include "attune/core/toml.hpp"

namespace attune {
namespace {

Json to_json(const toml::node& node);

/// toml++ keeps a table's keys sorted; the place in the source brings back the order in which they were written.
std::vector<std::pair<const toml::key*, const toml::node*>> in_source_order(const toml::table& table) {
  std::vector<std::pair<const toml::key*, const toml::node*>> entries;
  for (const auto& [key, value] : table) entries.emplace_back(&key, &value);
  std::stable_sort(entries.begin(), entries.end(),
                   [](const auto& a, const auto& b) { return a.first->source().begin < b.first->source().begin; });
  return entries;
}

Json table_to_json(const toml::table& table) {
  Json json = Json::object();
  for (const auto& [key, value] : in_source_order(table)) json[std::string(key->str())] = to_json(*value);
  return json;
}

Json array_to_json(const toml::array& array) {
  Json json = Json::array();
  for (const auto& element : array) json.push_back(to_json(element));
  return json;
}

/// JSON has no dates: they become texts in the form of RFC 3339.
template <class T>
Json date_to_json(const T& value) {
  std::ostringstream text;
  text << value.get();
  return text.str();
}

Json to_json(const toml::node& node) {
  if (const auto* table = node.as_table()) return table_to_json(*table);
  if (const auto* array = node.as_array()) return array_to_json(*array);
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* integer = node.as_integer()) return integer->get();
  if (const auto* number = node.as_floating_point()) return number->get();
  if (const auto* boolean = node.as_boolean()) return boolean->get();
  if (const auto* date = node.as_date()) return date_to_json(*date);
  if (const auto* time = node.as_time()) return date_to_json(*time);
  return date_to_json(*node.as_date_time());
}

}  // namespace

Json parse_toml(std::string_view text, std::string_view source) {
  try {
    return table_to_json(toml::parse(text));
  } catch (const toml::parse_error& error) {
    const auto place = error.source().begin;
    throw UsageError(std::string(source) + ", line " + std::to_string(place.line) + ", column " +
                     std::to_string(place.column) + ": not valid TOML: " + std::string(error.description()));
  }
}

}  // namespace attune
