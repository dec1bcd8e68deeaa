// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "attune/core/error.hpp"
#include "attune/data/table.hpp"

namespace attune {

/// A table that asks before every row whether to go on, so that long passes over it can be stopped.
class StoppableTable final : public Table {
 public:
  /// @param should_stop thread-safe; empty: never
  StoppableTable(std::shared_ptr<const Table> table, std::function<bool()> should_stop)
      : table_(std::move(table)), should_stop_(std::move(should_stop)) {
    names_ = table_->names();
  }

  [[nodiscard]] int64_t rows() const override { return table_->rows(); }
  /// @throws StoppedError besides what the table throws.
  void read(int64_t row, Row& out) const override {
    if (should_stop_ && should_stop_()) throw StoppedError(name() + ": stopped while it was read");
    table_->read(row, out);
  }
  [[nodiscard]] std::string where(int64_t row) const override { return table_->where(row); }
  [[nodiscard]] std::string name() const override { return table_->name(); }
  [[nodiscard]] int64_t skipped_rows() const override { return table_->skipped_rows(); }

 private:
  std::shared_ptr<const Table> table_;
  std::function<bool()> should_stop_;
};

}  // namespace attune
