// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "attune/data/table.hpp"
#include "column_names.hpp"
#include "utf8.hpp"

namespace attune {
namespace {

class MemoryTable final : public Table {
 public:
  MemoryTable(std::vector<std::string> names, std::vector<std::vector<std::string>> rows, std::string name,
              RowNumbers numbers)
      : rows_(std::move(rows)), name_(std::move(name)), numbers_(std::move(numbers)) {
    names_ = std::move(names);
    check_column_names(names_, name_);
    for (int64_t row = 0; row < this->rows(); ++row) check_row(row);
  }

  [[nodiscard]] int64_t rows() const override { return static_cast<int64_t>(rows_.size()); }
  [[nodiscard]] std::string where(int64_t row) const override {
    return name_ + ", " + numbers_.noun + " " + std::to_string(numbers_.first + row);
  }
  [[nodiscard]] std::string name() const override { return name_; }

  void read(int64_t row, Row& out) const override {
    out.clear();
    for (const auto& cell : rows_.at(static_cast<size_t>(row))) out.add_view(cell);
  }

 private:
  void check_row(int64_t row) const {
    const auto& cells = rows_[static_cast<size_t>(row)];
    if (cells.size() != names_.size()) {
      throw InputError(where(row) + ": expected " + counted(std::ssize(names_), "cell") + " (" + joined(names_) +
                       "), found " + std::to_string(cells.size()));
    }
    for (size_t i = 0; i < cells.size(); ++i) {
      const auto bad = invalid_utf8(cells[i]);
      if (bad == std::string_view::npos) continue;
      throw InputError(where(row) + ", column \"" + names_[i] + "\": byte " + std::to_string(bad + 1) +
                       " of the cell (" + hex_byte(cells[i][bad]) + ") is not UTF-8");
    }
  }

  std::vector<std::vector<std::string>> rows_;
  std::string name_;
  RowNumbers numbers_;
};

}  // namespace

std::shared_ptr<const Table> make_table(std::vector<std::string> names, std::vector<std::vector<std::string>> rows,
                                        std::string name, RowNumbers numbers) {
  return std::make_shared<MemoryTable>(std::move(names), std::move(rows), std::move(name), std::move(numbers));
}

}  // namespace attune
