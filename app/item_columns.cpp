// SPDX-License-Identifier: Apache-2.0
#include "item_columns.hpp"

#include <algorithm>

#include "attune/core/error.hpp"
#include "attune/core/nearest_name.hpp"
#include "attune/core/wording.hpp"
#include "attune/features/schema.hpp"

namespace attune::app {
namespace {

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The column that a flag names, or the one with the usual name.
std::string one_column(const std::string& flag, const std::string& given, const std::string& usual,
                       const Table& table) {
  const auto& name = given.empty() ? usual : given;
  if (holds(table.names(), name)) return name;
  if (!given.empty())
    throw UsageError(flag + ": " + table.name() + " has no column \"" + name + "\"" + suggestion(name, table.names()));
  throw UsageError(table.name() + ": no column \"" + usual + "\"" + suggestion(usual, table.names()) +
                   "; name the right one with " + flag + " COLUMN");
}

Binding parse_spec(const std::string& flag, const std::string& spec, const Table& table) {
  try {
    return parse_input(spec, table);
  } catch (const UsageError& error) {
    throw UsageError(flag + ": " + error.what());
  }
}

/// The columns of a flag that takes numbers and no type.
std::vector<std::string> number_columns(const std::string& flag, const std::vector<std::string>& specs,
                                        const Table& table) {
  std::vector<std::string> names;
  for (const auto& spec : specs) {
    const auto binding = parse_spec(flag, spec, table);
    if (!binding.type.empty() && binding.type != "numbers")
      throw UsageError(flag + ": \"" + spec + "\": is read as numbers; leave :" + binding.type + " out");
    for (const auto& column : binding.columns) {
      if (holds(names, column)) throw UsageError(flag + ": column \"" + column + "\" is given twice; give it once");
      names.push_back(column);
    }
  }
  return names;
}

std::vector<FeatureColumn> given_features(const std::vector<std::string>& specs, const Table& table) {
  std::vector<FeatureColumn> features;
  for (const auto& spec : specs) {
    const auto binding = parse_spec("--features", spec, table);
    if (!binding.type.empty() && binding.type != "numbers" && binding.type != "category")
      throw UsageError("--features: \"" + spec + "\": a feature is numbers or category, not " + binding.type);
    for (const auto& column : binding.columns) {
      const auto same = [&](const FeatureColumn& earlier) { return earlier.name == column; };
      if (std::any_of(features.begin(), features.end(), same))
        throw UsageError("--features: column \"" + column + "\" is given twice; give it once");
      features.push_back({column, binding.type == "category"});
    }
  }
  return features;
}

/// Every column that has no other part.
std::vector<FeatureColumn> other_columns(const ItemColumns& columns, const Table& table) {
  std::vector<FeatureColumn> features;
  for (const auto& name : table.names()) {
    if (name != columns.group && !holds(columns.targets, name) && !holds(columns.values, name))
      features.push_back({name});
  }
  if (features.empty())
    throw UsageError("--features: " + table.name() + " has no column left beside group, target and values; name them");
  return features;
}

std::vector<std::string> values_of_features(const std::vector<FeatureColumn>& features) {
  std::vector<std::string> values;
  for (const auto& feature : features) {
    if (feature.is_category)
      throw UsageError("--values: without it the features are the values, and \"" + feature.name +
                       "\" is a category; name the columns of numbers that are attended to");
    values.push_back(feature.name);
  }
  return values;
}

/// A class target is one column, which names one of as many classes as there are values.
void settle_classes(const std::vector<std::string>& given, ItemColumns& columns) {
  columns.classes = given.empty() ? columns.values : given;
  if (columns.targets.size() != 1)
    throw UsageError("--target: a class is one column, found " + std::to_string(columns.targets.size()));
  if (columns.values.size() < 2)
    throw UsageError("--values: cross_entropy takes a value column per class, found one: \"" + columns.values.front() +
                     "\"; name at least two, or take --loss mean_squared_error");
  if (columns.classes.size() != columns.values.size())
    throw UsageError("--classes: expected one for each value column (" + listed(columns.values) + "), found " +
                     std::to_string(columns.classes.size()));
}

void check_targets(const ItemColumns& columns) {
  if (columns.targets.size() == 1 || columns.targets.size() == columns.values.size()) return;
  throw UsageError("--target: expected one column for each of the value columns (" + listed(columns.values) +
                   "), or one for all of them; found " + std::to_string(columns.targets.size()));
}

/// What says the answer must not be read.
void check_apart(const ItemColumns& columns) {
  const auto refuse_if_read = [&](const std::string& name, const std::string& flag) {
    const auto reads = [&](const FeatureColumn& feature) { return feature.name == name; };
    if (std::any_of(columns.features.begin(), columns.features.end(), reads) || holds(columns.values, name))
      throw UsageError(flag + ": column \"" + name + "\" is among the features or values as well; leave it out there");
  };
  refuse_if_read(columns.group, "--group");
  for (const auto& target : columns.targets) refuse_if_read(target, "--target");
}

template <class T>
T member(const Json& json, const std::string& where, const std::string& key, const std::string& expected) {
  try {
    return json.at(key).get<T>();
  } catch (const Json::exception&) {
    throw InputError(where + ", \"" + key + "\": expected " + expected);
  }
}

}  // namespace

bool ColumnFlags::any() const {
  return !group.empty() || !features.empty() || !values.empty() || !targets.empty() || !classes.empty();
}

ItemColumns choose_columns(const ColumnFlags& flags, const Table& table, AllocationLoss loss) {
  ItemColumns columns;
  columns.group = one_column("--group", flags.group, "group", table);
  if (flags.targets.empty()) {
    columns.targets = {one_column("--target", "", "target", table)};
  } else {
    columns.targets = number_columns("--target", flags.targets, table);
  }
  columns.values = number_columns("--values", flags.values, table);
  columns.features = flags.features.empty() ? other_columns(columns, table) : given_features(flags.features, table);
  if (columns.values.empty()) columns.values = values_of_features(columns.features);
  if (loss == AllocationLoss::kCrossEntropy) {
    settle_classes(flags.classes, columns);
  } else {
    if (!flags.classes.empty()) throw UsageError("--classes: has a meaning with --loss cross_entropy only");
    check_targets(columns);
  }
  check_apart(columns);
  return columns;
}

std::vector<std::string> feature_names(const ItemColumns& columns) {
  std::vector<std::string> names;
  for (const auto& feature : columns.features) {
    if (!feature.is_category) names.push_back(feature.name);
    for (const auto& category : feature.categories) names.push_back(feature.name + "=" + category);
  }
  return names;
}

Json to_json(const ItemColumns& columns) {
  Json features = Json::array();
  for (const auto& feature : columns.features) {
    Json one{{"column", feature.name}};
    if (feature.is_category) one["categories"] = feature.categories;
    features.push_back(std::move(one));
  }
  Json json{{"group", columns.group}, {"features", features}, {"values", columns.values}, {"targets", columns.targets}};
  if (!columns.classes.empty()) json["classes"] = columns.classes;
  return json;
}

ItemColumns item_columns_from_json(const Json& json, const std::string& where) {
  using Names = std::vector<std::string>;
  ItemColumns columns{.group = member<std::string>(json, where, "group", "a column's name"),
                      .features = {},
                      .values = member<Names>(json, where, "values", "names of columns"),
                      .targets = member<Names>(json, where, "targets", "names of columns"),
                      .classes = {},
                      .categories_are_known = true};
  if (json.contains("classes")) columns.classes = member<Names>(json, where, "classes", "names of classes");
  for (const auto& one : member<Json>(json, where, "features", "a list of columns")) {
    FeatureColumn feature{.name = member<std::string>(one, where, "column", "a column's name")};
    feature.is_category = one.contains("categories");
    if (feature.is_category) feature.categories = member<Names>(one, where, "categories", "names of categories");
    columns.features.push_back(std::move(feature));
  }
  if (columns.features.empty() || columns.values.empty() || columns.targets.empty())
    throw InputError(where + ": expected at least one feature, value and target");
  const auto values = columns.values.size(), targets = columns.targets.size();
  const bool classes_fit = columns.classes.empty() || (columns.classes.size() == values && targets == 1);
  if (!classes_fit || (targets != 1 && targets != values))
    throw InputError(where +
                     ": expected a target for each value or one for all, or one target and a class for each value");
  return columns;
}

}  // namespace attune::app
