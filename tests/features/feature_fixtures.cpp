// SPDX-License-Identifier: Apache-2.0
#include "feature_fixtures.hpp"

#include <numeric>

namespace attune::testing {

OneColumn::OneColumn(const std::vector<std::string>& cells, const std::string& name) {
  std::vector<std::vector<std::string>> table_rows;
  for (const auto& cell : cells) table_rows.push_back({cell});
  table = make_table({name}, std::move(table_rows), "table.csv");
  rows = all_rows(*table);
}

std::vector<int64_t> all_rows(const Table& table) {
  std::vector<int64_t> rows(static_cast<size_t>(table.rows()));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

std::unique_ptr<InputFeature> fitted_input(const std::string& type, const std::vector<std::string>& cells,
                                           const Json& options) {
  auto feature = make_input_feature({"c", type, {"c"}, options});
  const OneColumn column(cells);
  feature->fit(column.view(), 1);
  return feature;
}

Ids encode_ids(const InputFeature& feature, std::string_view cell) {
  auto batch = feature.empty_encoding();
  feature.encode({&cell, 1}, batch);
  return std::get<Ids>(batch);
}

std::vector<std::string> shown_tokens(const InputFeature& feature, std::string_view cell) {
  std::vector<std::string> shown;
  for (const auto place : encode_ids(feature, cell).places) shown.push_back(feature.show({&cell, 1}, place));
  return shown;
}

std::vector<std::string> code_points_of(std::string_view text) {
  std::vector<std::string> points;
  for (const char byte : text) {
    const bool starts = (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
    if (starts) points.emplace_back();
    points.back() += byte;
  }
  return points;
}

}  // namespace attune::testing
