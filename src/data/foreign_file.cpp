// SPDX-License-Identifier: Apache-2.0
#include "foreign_file.hpp"

#include <array>

#include "attune/core/error.hpp"

namespace attune {
namespace {

struct ForeignFormat {
  std::string_view start;   ///< the file's first bytes
  std::string_view inside;  ///< somewhere in it, where the start is that of other files too
  std::string_view what;
  std::string_view way_out;
};

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kExport = "open it there and export the sheet as CSV";
constexpr std::string_view kConvert = "write it as CSV or JSON Lines with the program that made it";
constexpr std::string_view kUnpack = "unpack it first";

/// Starts of several letters, lest the header of a table be taken for one. The first that fits counts.
constexpr std::array kFormats = {
    ForeignFormat{"PK\3\4", "xl/workbook", "an Excel workbook", kExport},
    ForeignFormat{"PK\3\4", "application/vnd.oasis.opendocument", "an OpenDocument spreadsheet", kExport},
    ForeignFormat{"PK\3\4", "", "a ZIP archive", kUnpack},
    ForeignFormat{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "", "an Excel workbook (.xls)", kExport},
    ForeignFormat{"PAR1\x15", "", "a Parquet file", kConvert},
    ForeignFormat{"ARROW1", "", "an Arrow file", kConvert},
    ForeignFormat{"SQLite format 3", "", "an SQLite database", kConvert},
    ForeignFormat{"\x89HDF\r\n", "", "an HDF5 file", kConvert},
    ForeignFormat{"%PDF-", "", "a PDF document", "tables are text: CSV, TSV or JSON Lines"},
    ForeignFormat{"\xFD"
                  "7zXZ",
                  "", "a file compressed by xz", kUnpack},
    ForeignFormat{"\x28\xB5\x2F\xFD", "", "a file compressed by zstd", kUnpack},
    ForeignFormat{"BZh91AY&SY", "", "a file compressed by bzip2", kUnpack},
};

std::string_view without_blanks_before(std::string_view text) {
  const auto begin = text.find_first_not_of(kBlanks);
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin);
}

bool fits(const ForeignFormat& format, std::string_view bytes) {
  if (!bytes.starts_with(format.start)) return false;
  return format.inside.empty() || bytes.find(format.inside) != std::string_view::npos;
}

}  // namespace

void refuse_foreign_file(std::string_view bytes, const std::string& path) {
  for (const auto& format : kFormats) {
    if (fits(format, bytes))
      throw InputError(path + ": " + std::string(format.what) + ", where a table is expected; " +
                       std::string(format.way_out));
  }
}

void refuse_carriage_returns(std::string_view text, const std::string& path) {
  if (text.find('\n') != std::string_view::npos) return;
  const auto first = text.find('\r');
  if (first == std::string_view::npos || without_blanks_before(text.substr(first)).empty()) return;
  throw InputError(path + ": lines end with carriage returns alone, as on old Macs, so that all is one row; convert " +
                   "them: tr '\\r' '\\n' < FILE > NEW");
}

bool begins_as_json_array(std::string_view text) {
  text = without_blanks_before(text);
  return text.starts_with('[') && without_blanks_before(text.substr(1)).starts_with('{');
}

void refuse_json_document(std::string_view text, const std::string& path) {
  text = without_blanks_before(text);
  const auto last = text.find_last_not_of(kBlanks);
  if (last == std::string_view::npos) return;
  const auto first_line = text.substr(0, text.find_first_of("\r\n"));
  const bool brace_alone = first_line.find_last_not_of(kBlanks) == 0 && text[0] == '{';
  if (text[0] == '[' && text[last] == ']')
    throw InputError(path + ": a JSON array; expected one object per line: jq -c '.[]' FILE > NEW.jsonl");
  if (brace_alone && text[last] == '}')
    throw InputError(path +
                     ": JSON objects over several lines; expected one object per line: jq -c . FILE > NEW.jsonl");
}

}  // namespace attune
