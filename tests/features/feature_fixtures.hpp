// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "attune/data/table.hpp"
#include "attune/features/feature.hpp"
#include "attune/features/registry.hpp"
#include "support/message_of.hpp"

namespace attune::testing {

/// A table of one column, each text a row, with the rows and column a ColumnsView refers to.
class OneColumn {
 public:
  explicit OneColumn(const std::vector<std::string>& cells, const std::string& name = "c");
  [[nodiscard]] ColumnsView view() const { return {*table, {0}, rows}; }
  /// The first `count` rows.
  [[nodiscard]] ColumnsView first(size_t count) const { return {*table, {0}, std::span(rows).first(count)}; }

  std::shared_ptr<const Table> table;
  std::vector<int64_t> rows;
};

/// All rows of a table.
[[nodiscard]] std::vector<int64_t> all_rows(const Table& table);

/// A feature of column "c" fitted on the cells.
[[nodiscard]] std::unique_ptr<InputFeature> fitted_input(const std::string& type, const std::vector<std::string>& cells,
                                                         const Json& options = Json::object());

/// One row encoded on its own.
[[nodiscard]] Ids encode_ids(const InputFeature& feature, std::string_view cell);

/// What show() says of each token of the cell.
[[nodiscard]] std::vector<std::string> shown_tokens(const InputFeature& feature, std::string_view cell);

/// Code points of a valid UTF-8 text, decoded by hand: the oracle for places.
[[nodiscard]] std::vector<std::string> code_points_of(std::string_view text);

}  // namespace attune::testing
