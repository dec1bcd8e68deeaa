// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace attune {

/// The cells of one row. Cells are views into the table, or into this row's own storage where text had to be unquoted
/// or converted: valid until the row is read again or destroyed, and no longer than the table. Reuse one Row for many
/// reads.
class Row {
 public:
  [[nodiscard]] std::string_view operator[](int column) const { return cells_[static_cast<size_t>(column)]; }
  [[nodiscard]] int size() const { return static_cast<int>(cells_.size()); }

  void clear();
  void add_view(std::string_view cell) { cells_.push_back(cell); }
  void add_owned(std::string cell);

 private:
  std::vector<std::string_view> cells_;
  std::deque<std::string> owned_;  // a deque, so that views into earlier cells stay valid
};

/// Named columns and rows of UTF-8 cells, read lazily. A cell that is absent (JSON null, missing key) reads as "".
/// Thread-safe for reading.
class Table {
 public:
  virtual ~Table() = default;
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  [[nodiscard]] int columns() const { return static_cast<int>(names_.size()); }
  [[nodiscard]] virtual int64_t rows() const = 0;
  /// @throws InputError naming file, row and (where known) column and byte: invalid UTF-8, a broken JSON line.
  virtual void read(int64_t row, Row& out) const = 0;
  /// `reviews.csv, row 41`: 1-based data row, for messages (with the line when rows were left out). In a table of
  /// several files the file the row came from.
  [[nodiscard]] virtual std::string where(int64_t row) const = 0;
  /// How the table is called in messages: its path.
  [[nodiscard]] virtual std::string name() const = 0;
  /// Rows left out while opening (ragged or unreadable ones under skip_bad_rows).
  [[nodiscard]] virtual int64_t skipped_rows() const { return 0; }

  /// Index of a column. @throws InputError with the nearest name.
  [[nodiscard]] int column(std::string_view column_name) const;

 protected:
  std::vector<std::string> names_;
};

struct TableOptions {
  std::string format = "auto";  ///< auto (by name, then by content), csv, tsv, jsonl
  /// What stands between the cells of CSV: one character that is neither letter, digit, quote nor line end; or tab.
  /// Empty: not given, a comma.
  std::string delimiter = "";
  bool header = true;              ///< false: columns are called column_1, column_2, ..
  std::string encoding = "utf-8";  ///< any name ICU knows; utf-8 is read without conversion
  bool skip_bad_rows = false;      ///< leave out ragged rows and rows of invalid text, and count them
};

/// Opens a CSV, TSV or JSON Lines file, plain or gzip (decompressed into an unlinked temporary file), or a folder: of
/// such files with the same columns (read in name order as one table), or of sub-folders with text files (columns
/// `text`, `label` = sub-folder, `file`). Files are memory-mapped; opening makes one pass that builds the row index (8
/// bytes a row) and checks the shape of every row, so that a table may be larger than memory.
/// @throws InputError: missing, empty, header only, no columns, duplicate column names, ragged row (named), invalid
/// UTF-8 (row and byte), more fields than names, a quote that is never closed, text after a closing quote, a broken
/// JSON line or one with a key that none of the first 1000 had, a JSON array, corrupt gzip, lines that end with CR
/// alone, a workbook, an archive or a database in the place of a table (by its first bytes); where neither format nor
/// delimiter are given, a header that is one name and looks like several. UsageError: unknown format or encoding
/// (nearest suggested), a delimiter that cannot be one or beside another format than CSV. IoError: no room for a
/// temporary file. Details: docs/tables.md.
[[nodiscard]] std::shared_ptr<const Table> open_table(const std::filesystem::path& path,
                                                      const TableOptions& options = {});

/// Whether a file's name ends as those of tables do (.csv, .tsv, .tab, .jsonl, .ndjson, each with .gz or without, in
/// capitals or not): what open_table goes by before it looks at the content.
[[nodiscard]] bool has_table_name(const std::filesystem::path& path);

/// How messages call the rows of a table in memory: `standard input, line 257`.
struct RowNumbers {
  std::string noun = "row";
  int64_t first = 1;
};

/// A table held in memory, of rows given by the caller (arguments, lines from standard input, tests).
[[nodiscard]] std::shared_ptr<const Table> make_table(std::vector<std::string> names,
                                                      std::vector<std::vector<std::string>> rows,
                                                      std::string name = "arguments", RowNumbers numbers = {});

/// Only some rows of a table, in the order given.
[[nodiscard]] std::shared_ptr<const Table> select_rows(std::shared_ptr<const Table> table, std::vector<int64_t> rows);

}  // namespace attune
