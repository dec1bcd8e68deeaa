// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "attune/core/error.hpp"
#include "attune/data/table.hpp"

namespace attune {
namespace {

class SelectedTable final : public Table {
 public:
  SelectedTable(std::shared_ptr<const Table> table, std::vector<int64_t> rows)
      : table_(std::move(table)), rows_(std::move(rows)) {
    names_ = table_->names();
    for (const auto row : rows_) {
      if (row >= 0 && row < table_->rows()) continue;
      throw UsageError("select_rows: row " + std::to_string(row) + " is not in 0 .. " +
                       std::to_string(table_->rows() - 1) + " of " + table_->name());
    }
  }

  [[nodiscard]] int64_t rows() const override { return static_cast<int64_t>(rows_.size()); }
  void read(int64_t row, Row& out) const override { table_->read(original(row), out); }
  [[nodiscard]] std::string where(int64_t row) const override { return table_->where(original(row)); }
  [[nodiscard]] std::string name() const override { return table_->name(); }
  [[nodiscard]] int64_t skipped_rows() const override { return table_->skipped_rows(); }

 private:
  [[nodiscard]] int64_t original(int64_t row) const { return rows_.at(static_cast<size_t>(row)); }

  std::shared_ptr<const Table> table_;
  std::vector<int64_t> rows_;
};

}  // namespace

std::shared_ptr<const Table> select_rows(std::shared_ptr<const Table> table, std::vector<int64_t> rows) {
  return std::make_shared<SelectedTable>(std::move(table), std::move(rows));
}

}  // namespace attune
