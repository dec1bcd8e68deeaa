// SPDX-License-Identifier: Apache-2.0
//
// Schemas: a table of CSV whose last column is to be predicted; types are guessed, features fitted, rows encoded.
#include "attune/features/schema.hpp"

#include <numeric>
#include <vector>

#include "attune/data/table.hpp"
#include "attune/features/registry.hpp"
#include "fuzz_target.hpp"

namespace attune::fuzz {
namespace {

constexpr int64_t kMostRows = 200;

std::vector<int> columns_of(const Table& table, const Binding& binding) {
  std::vector<int> columns;
  for (const auto& name : binding.columns) columns.push_back(table.column(name));
  return columns;
}

void encode_all(const Table& table, const Binding& binding, std::span<const int64_t> rows) {
  const auto feature = make_input_feature(binding);
  const auto columns = columns_of(table, binding);
  feature->fit({table, columns, rows}, 1);
  auto encoding = feature->empty_encoding();
  Row row;
  std::vector<std::string_view> cells;
  for (const int64_t r : rows) {
    table.read(r, row);
    cells.clear();
    for (const int column : columns) cells.push_back(row[column]);
    feature->encode(cells, encoding);
  }
}

}  // namespace

bool try_input(std::string_view bytes) {
  const auto path = as_file(bytes, "table.csv");
  return refused_or([&] {
    const auto table = open_table(path);
    std::vector<int64_t> rows(static_cast<size_t>(std::min(table->rows(), kMostRows)));
    std::iota(rows.begin(), rows.end(), 0);
    std::vector<std::string> notes;
    const auto schema =
        complete_schema({.inputs = {}, .outputs = {parse_output(table->names().back(), *table)}}, *table, notes);
    for (const auto& binding : schema.inputs) encode_all(*table, binding, rows);
    const auto output = make_output_feature(schema.outputs.front());
    const ColumnsView view{*table, columns_of(*table, schema.outputs.front()), rows};
    output->fit(view, view);
  });
}

}  // namespace attune::fuzz
