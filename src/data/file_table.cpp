// SPDX-License-Identifier: Apache-2.0
#include "file_table.hpp"

#include <algorithm>
#include <utility>

#include "attune/core/error.hpp"
#include "encoding_conversion.hpp"
#include "utf8.hpp"

namespace attune {

FileTable::FileTable(const std::filesystem::path& path, TextSource source, const TableOptions& options)
    : path_(path.string()), source_(std::move(source)), options_(options) {}

std::string FileTable::where(int64_t row) const {
  auto text = path_ + ", row " + std::to_string(row + 1);
  // Without the rows left out, the number alone would not lead to the place in the file.
  if (skipped_ > 0) text += " (line " + std::to_string(line(start(row))) + ")";
  return text;
}

void FileTable::bad_row(size_t start, const std::string& problem, const std::string& way_out) {
  if (!skips_bad_rows()) throw InputError(next_row(start) + ": " + problem + "; " + way_out);
  ++skipped_;
}

void FileTable::bad_text(size_t start, std::string_view row, const Row& cells) {
  if (skips_bad_rows()) {
    ++skipped_;
    return;
  }
  std::string column;
  for (int i = 0; i < std::min(cells.size(), columns()) && column.empty(); ++i) {
    if (invalid_utf8(cells[i]) != std::string_view::npos)
      column = ", column \"" + names_[static_cast<size_t>(i)] + "\"";
  }
  throw InputError(next_row(start) + column + ": " + describe_bad_text(row));
}

std::string FileTable::describe_bad_text(std::string_view row) const {
  const auto position = invalid_utf8(row);
  if (!is_utf8_name(options_.encoding)) {
    // Bytes of the row as converted would mean nothing to a person who looks at the file; characters do.
    return "character " + std::to_string(count_characters(row.substr(0, position)) + 1) + " of the row is not " +
           options_.encoding + "; give the file's own encoding with --encoding, or pass --skip-bad-rows";
  }
  const bool utf16 = text().starts_with("\xFF\xFE") || text().starts_with("\xFE\xFF");
  return "byte " + std::to_string(position + 1) + " of the row (" + hex_byte(row[position]) + ") is not UTF-8; " +
         (utf16 ? "the file begins as UTF-16 does: pass --encoding utf-16"
                : "give the file's encoding (--encoding latin1, gb18030, ..), or pass --skip-bad-rows");
}

std::string FileTable::next_row(size_t start) const {
  const auto number = rows() + skipped_ + 1;
  return path_ + ", row " + std::to_string(number) + " (line " + std::to_string(line(start)) + ")";
}

void FileTable::finish_index(std::string_view nothing_found) {
  if (starts_.empty() && skipped_ > 0) {
    throw InputError(path_ + ": every row is bad (" + std::to_string(skipped_) +
                     " left out); open it without --skip-bad-rows to see why");
  }
  if (starts_.empty()) throw InputError(path_ + ": " + std::string(nothing_found));
  starts_.shrink_to_fit();
}

size_t FileTable::line(size_t position) const {
  const auto before = text().substr(0, position);
  return static_cast<size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
}

}  // namespace attune
