// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "attune/core/error.hpp"
#include "attune/data/table.hpp"
#include "attune/features/feature.hpp"
#include "attune/model/model.hpp"

namespace attune {

using InputFeatures = std::vector<std::shared_ptr<const InputFeature>>;

/// Calls use(index, row) for each of `rows`; an InputError gets the row's place in front.
template <class Use>
void for_each_row(const Table& table, std::span<const int64_t> rows, Use use) {
  Row row;
  for (size_t i = 0; i < rows.size(); ++i) {
    table.read(rows[i], row);
    try {
      use(i, row);
    } catch (const InputError& error) {
      throw InputError(table.where(rows[i]) + ", " + error.what());
    }
  }
}

/// The cells of a row that one input binds.
void gather_cells(const Row& row, const std::vector<int>& columns, std::vector<std::string_view>& cells);

/// Per input, an encoding without rows.
[[nodiscard]] std::vector<Encoding> empty_encodings(const InputFeatures& inputs);

/// Per input, the encoding of some rows. @throws InputError naming file and row.
[[nodiscard]] std::vector<Encoding> encode_rows(const InputFeatures& inputs, const Table& table,
                                                const ColumnMap& columns, std::span<const int64_t> rows);

/// Copies row `row` of `from` to the end of `to`, without its places.
void append_row(const Encoding& from, int64_t row, Encoding& to);

/// As the network takes them; with `places`, tokens know where they came from.
[[nodiscard]] std::vector<NetworkInput> to_network(std::vector<Encoding>&& encodings, bool places);

}  // namespace attune
