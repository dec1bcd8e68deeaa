// SPDX-License-Identifier: Apache-2.0
#include "attune/allocate/allocation_parameters.hpp"

#include <algorithm>
#include <cmath>

#include "attune/core/error.hpp"
#include "attune/core/nearest_name.hpp"
#include "attune/core/random.hpp"

namespace attune {
namespace {

[[noreturn]] void refuse(const std::string& where, const std::string& key, const std::string& expected) {
  throw InputError(where + ", \"" + key + "\": expected " + expected);
}

const Json& member(const Json& json, const std::string& where, const std::string& key, const std::string& expected) {
  if (!json.is_object() || !json.contains(key)) refuse(where, key, expected + ", found none");
  return json.at(key);
}

double number(const Json& json, const std::string& where, const std::string& key) {
  if (!json.is_number() || !std::isfinite(json.get<double>())) refuse(where, key, "a number, found " + json.dump());
  return json.get<double>();
}

std::vector<double> numbers(const Json& json, const std::string& where, const std::string& key) {
  if (!json.is_array() || json.empty()) refuse(where, key, "a list of numbers, found " + json.dump());
  std::vector<double> result;
  for (const auto& entry : json) result.push_back(number(entry, where, key));
  return result;
}

void read_matrix(const Json& json, const std::string& where, AllocationParameters& parameters) {
  const auto expected = "a row of " + std::to_string(parameters.value_width) + " numbers per feature";
  const auto& rows = member(json, where, "W", expected);
  if (!rows.is_array() || rows.empty()) refuse(where, "W", expected + ", found " + rows.dump());
  for (const auto& row : rows) {
    const auto read = numbers(row, where, "W");
    if (static_cast<int64_t>(read.size()) != parameters.value_width)
      refuse(where, "W", expected + ", found " + row.dump());
    parameters.weights.insert(parameters.weights.end(), read.begin(), read.end());
  }
  parameters.key_width = static_cast<int64_t>(rows.size());
}

void read_vector(const Json& json, const std::string& where, AllocationParameters& parameters) {
  parameters.weights = numbers(member(json, where, "W_a", "a number per feature"), where, "W_a");
  parameters.key_width = static_cast<int64_t>(parameters.weights.size());
  parameters.bias = number(member(json, where, "b_a", "a number"), where, "b_a");
}

Json matrix_json(const AllocationParameters& parameters) {
  Json rows = Json::array();
  const auto width = parameters.value_width;
  for (int64_t k = 0; k < parameters.key_width; ++k) {
    const auto begin = parameters.weights.begin() + k * width;
    rows.push_back(std::vector<double>(begin, begin + width));
  }
  return rows;
}

}  // namespace

const std::vector<std::string>& item_score_names() {
  static const std::vector<std::string> names = {"scaled_dot", "additive"};  // as in ItemScore
  return names;
}

ItemScore parse_item_score(const std::string& name) {
  const auto& names = item_score_names();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) throw UsageError("score: unknown name \"" + name + "\"" + suggestion(name, names));
  return static_cast<ItemScore>(found - names.begin());
}

const std::string& item_score_name(ItemScore score) { return item_score_names()[static_cast<size_t>(score)]; }

AllocationParameters draw_parameters(ItemScore score, int64_t key_width, int64_t value_width, double mean,
                                     double deviation, uint64_t seed) {
  AllocationParameters parameters{.score = score, .key_width = key_width, .value_width = value_width};
  const auto key = RandomKey(seed).with("allocation parameters");
  const auto count = static_cast<uint64_t>(key_width * parameters.score_columns());
  for (uint64_t i = 0; i < count; ++i) parameters.weights.push_back(mean + deviation * key.normal(i));
  if (score == ItemScore::kAdditive) parameters.bias = mean + deviation * key.normal(count);
  return parameters;
}

AllocationParameters uniform_parameters(int64_t key_width, int64_t value_width) {
  return draw_parameters(ItemScore::kScaledDot, key_width, value_width, 0, 0, 0);
}

Json to_json(const AllocationParameters& parameters) {
  Json json{{"score", item_score_name(parameters.score)}};
  if (parameters.score == ItemScore::kScaledDot) {
    json["W"] = matrix_json(parameters);
  } else {
    json["W_a"] = parameters.weights;
    json["b_a"] = parameters.bias;
  }
  return json;
}

AllocationParameters parameters_from_json(const Json& json, const std::string& where, int64_t value_width) {
  const auto& name = member(json, where, "score", "scaled_dot or additive");
  const auto& names = item_score_names();
  if (!name.is_string() || std::find(names.begin(), names.end(), name.get<std::string>()) == names.end())
    refuse(where, "score", "scaled_dot or additive, found " + name.dump());
  AllocationParameters parameters{.score = parse_item_score(name.get<std::string>()), .value_width = value_width};
  if (parameters.score == ItemScore::kScaledDot) {
    read_matrix(json, where, parameters);
  } else {
    read_vector(json, where, parameters);
  }
  return parameters;
}

}  // namespace attune
