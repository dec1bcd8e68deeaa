// SPDX-License-Identifier: Apache-2.0
#include "delimited_table.hpp"

#include <tuple>
#include <utility>

#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "column_names.hpp"
#include "file_table.hpp"
#include "utf8.hpp"

namespace attune {
namespace {

constexpr size_t kShownBytes = 60;  // of a header, in a message

/// `say ""hi""` to `say "hi"`.
std::string undoubled(std::string_view content) {
  std::string text;
  text.reserve(content.size());
  for (size_t i = 0; i < content.size(); ++i) {
    text += content[i];
    if (content[i] == '"') ++i;
  }
  return text;
}

void add_cell(const Field& field, Row& row) {
  if (field.doubled) {
    row.add_owned(undoubled(field.content));
  } else {
    row.add_view(field.content);
  }
}

/// Reads the row at the scanner's position; the faults of its quotes are the caller's to look for.
void read_row(FieldScanner& scanner, Row& row) {
  row.clear();
  while (true) {
    const auto field = scanner.next();
    add_cell(field, row);
    if (field.ends_row) return;
  }
}

class DelimitedTable final : public FileTable {
 public:
  DelimitedTable(const std::filesystem::path& path, TextSource source, Dialect dialect, const TableOptions& options)
      : FileTable(path, std::move(source), options),
        dialect_(dialect),
        guesses_(options.format == "auto" && options.delimiter.empty()) {
    FieldScanner scanner(text(), dialect_);
    read_names(scanner, options.header);
    build_index(scanner);
  }

  void read(int64_t row, Row& out) const override {
    FieldScanner scanner(text(), dialect_, start(row));
    read_row(scanner, out);
  }

 private:
  void read_names(FieldScanner& scanner, bool header) {
    scanner.skip_blank_lines();
    if (scanner.at_end())
      throw InputError(name() + ": the file is empty; expected " + (header ? "a header and " : "") + "rows");
    auto ahead = scanner;
    Row first;
    read_row(ahead, first);
    for (int i = 0; i < first.size(); ++i) {
      const bool named = header && !first[i].empty();
      names_.push_back(named ? std::string(first[i]) : "column_" + std::to_string(i + 1));
    }
    if (!header) return;
    check_header(scanner, first);
    scanner = ahead;
  }

  void check_header(FieldScanner scanner, const Row& header) const {
    const auto begin = scanner.position();
    const auto shape = scan_row(scanner);
    const auto fault = shape.fault;
    const auto line = text().substr(begin, scanner.position() - begin);
    if (shape.fields == 1 && guesses_ && invalid_utf8(line) == std::string_view::npos) check_delimiter(line);
    if (fault != QuoteFault::kNone) throw InputError(name() + ", header: " + describe(fault));
    for (int i = 0; i < header.size(); ++i) {
      if (invalid_utf8(header[i]) == std::string_view::npos) continue;
      throw InputError(name() + ", header: the name of column " + std::to_string(i + 1) +
                       " is not UTF-8; give the file's encoding (--encoding latin1, utf-16, gb18030, ..)");
    }
    check_column_names(names_, name());
  }

  /// A header of one name that holds what stands between the cells of other tables was hardly meant so, unless the
  /// user said how the table is written. Neither format nor delimiter were given here: the advice leans on that.
  void check_delimiter(std::string_view header) const {
    header = header.substr(0, header.find_first_of("\r\n"));
    const bool is_csv = dialect_.quotes;
    for (const auto& [other, called, way_out] :
         {std::tuple{';', "semicolons", is_csv ? "--delimiter ';'" : "--format csv --delimiter ';'"},
          std::tuple{'\t', "tabs", "--format tsv"}, std::tuple{',', "commas", "--format csv"}}) {
      if (other == dialect_.delimiter || !holds_unquoted(header, other)) continue;
      throw InputError(name() + ", header: one column, \"" + shortened(header, kShownBytes) +
                       "\", that looks like several with " + called + " between; pass " + way_out + ", or --format " +
                       (is_csv ? "csv" : "tsv") + " if it is one");
    }
  }

  static bool holds_unquoted(std::string_view text, char wanted) {
    bool quoted = false;
    for (const char c : text) {
      if (c == '"') quoted = !quoted;
      if (c == wanted && !quoted) return true;
    }
    return false;
  }

  void build_index(FieldScanner scanner) {
    for (scanner.skip_blank_lines(); !scanner.at_end(); scanner.skip_blank_lines()) {
      const auto begin = scanner.position();
      const auto shape = scan_row(scanner);
      if (is_good(begin, scanner.position(), shape)) add_row(begin);
    }
    finish_index("the file holds a header, but no rows");
  }

  struct RowShape {
    size_t fields = 0;
    QuoteFault fault = QuoteFault::kNone;
  };

  static RowShape scan_row(FieldScanner& scanner) {
    RowShape shape;
    for (bool ends_row = false; !ends_row; ++shape.fields) {
      const auto field = scanner.next();
      if (shape.fault == QuoteFault::kNone) shape.fault = field.fault;
      ends_row = field.ends_row;
    }
    return shape;
  }

  bool is_good(size_t begin, size_t end, RowShape shape) {
    const auto row = text().substr(begin, end - begin);
    if (shape.fault == QuoteFault::kUnterminated) {  // not to be skipped: what it swallowed may be the rest of the file
      throw InputError(next_row(begin) + ": " + describe(shape.fault));
    }
    if (shape.fault == QuoteFault::kTextAfterQuote) {
      bad_row(begin, describe(shape.fault), "or pass --skip-bad-rows");
    } else if (shape.fields != names_.size()) {
      bad_row(begin, describe_ragged(shape.fields), "mend the row, or pass --skip-bad-rows");
    } else if (invalid_utf8(row) != std::string_view::npos) {
      Row cells;
      FieldScanner scanner(text(), dialect_, begin);
      read_row(scanner, cells);
      bad_text(begin, row, cells);
    } else {
      return true;
    }
    return false;
  }

  static std::string describe(QuoteFault fault) {
    if (fault == QuoteFault::kUnterminated) {
      return "a quoted cell begins in this row and is never closed; add the missing double quote";
    }
    return "text follows the closing quote of a cell; double the quotes inside it (\"\")";
  }

  [[nodiscard]] std::string describe_ragged(size_t fields) const {
    auto problem =
        "expected " + counted(columns(), "cell") + " (" + joined(names_) + "), found " + std::to_string(fields);
    if (fields > names_.size()) problem += ": more than there are column names";
    if (fields > names_.size() && dialect_.quotes) {
      problem += std::string(" (a cell with ") + (dialect_.delimiter == ',' ? "a comma" : "the delimiter") +
                 " must stand in double quotes)";
    }
    return problem;
  }

  Dialect dialect_;
  bool guesses_;  ///< the user did not say how the table is written
};

}  // namespace

std::shared_ptr<const Table> open_delimited_table(const std::filesystem::path& path, TextSource source, Dialect dialect,
                                                  const TableOptions& options) {
  return std::make_shared<DelimitedTable>(path, std::move(source), dialect, options);
}

}  // namespace attune
