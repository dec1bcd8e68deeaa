// SPDX-License-Identifier: Apache-2.0
#include "joined_table.hpp"

#include <algorithm>
#include <utility>

#include "attune/core/error.hpp"
#include "column_names.hpp"

namespace attune {
namespace {

class JoinedTable final : public Table {
 public:
  JoinedTable(const std::filesystem::path& folder, std::vector<std::shared_ptr<const Table>> parts)
      : name_(folder.string()), parts_(std::move(parts)) {
    names_ = parts_.front()->names();
    for (const auto& part : parts_) {
      check_columns(*part);
      ends_.push_back(rows() + part->rows());
      skipped_ += part->skipped_rows();
    }
  }

  [[nodiscard]] int64_t rows() const override { return ends_.empty() ? 0 : ends_.back(); }
  [[nodiscard]] std::string name() const override { return name_; }
  [[nodiscard]] int64_t skipped_rows() const override { return skipped_; }

  void read(int64_t row, Row& out) const override {
    const auto [part, part_row] = find(row);
    part->read(part_row, out);
  }

  [[nodiscard]] std::string where(int64_t row) const override {
    const auto [part, part_row] = find(row);
    return part->where(part_row);
  }

 private:
  void check_columns(const Table& part) const {
    if (part.names() == names_) return;
    throw InputError(part.name() + ": columns differ from those of " + parts_.front()->name() + ": expected " +
                     joined(names_) + ", found " + joined(part.names()) +
                     "; the files of a folder are read as one table");
  }

  [[nodiscard]] std::pair<const Table*, int64_t> find(int64_t row) const {
    const auto part = static_cast<size_t>(std::upper_bound(ends_.begin(), ends_.end(), row) - ends_.begin());
    return {parts_[part].get(), part == 0 ? row : row - ends_[part - 1]};
  }

  std::string name_;
  std::vector<std::shared_ptr<const Table>> parts_;
  std::vector<int64_t> ends_;  // of the rows of each part, in rows of the whole
  int64_t skipped_ = 0;
};

}  // namespace

std::shared_ptr<const Table> join_tables(const std::filesystem::path& folder,
                                         std::vector<std::shared_ptr<const Table>> parts) {
  return std::make_shared<JoinedTable>(folder, std::move(parts));
}

}  // namespace attune
