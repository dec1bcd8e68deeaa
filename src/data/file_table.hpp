// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "attune/data/table.hpp"
#include "text_source.hpp"

namespace attune {

/// What tables over one mapped file share: the index of row starts, and how rows are called in messages.
class FileTable : public Table {
 public:
  FileTable(const std::filesystem::path& path, TextSource source, const TableOptions& options);

  [[nodiscard]] int64_t rows() const override { return static_cast<int64_t>(starts_.size()); }
  [[nodiscard]] std::string where(int64_t row) const override;
  [[nodiscard]] std::string name() const override { return path_; }
  [[nodiscard]] int64_t skipped_rows() const override { return skipped_; }

 protected:
  [[nodiscard]] std::string_view text() const { return source_.text(); }
  [[nodiscard]] bool skips_bad_rows() const { return options_.skip_bad_rows; }
  [[nodiscard]] size_t start(int64_t row) const { return starts_[static_cast<size_t>(row)]; }

  void add_row(size_t start) { starts_.push_back(start); }
  /// Leaves the row out and counts it under skip_bad_rows. @throws InputError naming the row otherwise.
  void bad_row(size_t start, const std::string& problem, const std::string& way_out);
  /// The same for a row of which `row` is the text and `cells`, in the order of names(), the cells.
  void bad_text(size_t start, std::string_view row, const Row& cells);
  /// `reviews.csv, row 41 (line 43)`, for the row that begins there and comes next in the index.
  [[nodiscard]] std::string next_row(size_t start) const;
  /// Called when all rows were seen. @throws InputError when none is left.
  void finish_index(std::string_view nothing_found);

 private:
  [[nodiscard]] size_t line(size_t position) const;
  [[nodiscard]] std::string describe_bad_text(std::string_view row) const;

  std::string path_;
  TextSource source_;
  TableOptions options_;
  std::vector<size_t> starts_;
  int64_t skipped_ = 0;
};

}  // namespace attune
