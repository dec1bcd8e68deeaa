// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <map>
#include <utility>

#include "attune/core/error.hpp"
#include "attune/core/files.hpp"
#include "attune/core/nearest_name.hpp"
#include "attune/data/table.hpp"
#include "class_folder.hpp"
#include "delimited_table.hpp"
#include "encoding_conversion.hpp"
#include "foreign_file.hpp"
#include "joined_table.hpp"
#include "json_lines_table.hpp"
#include "text_source.hpp"

namespace attune {
namespace {

namespace fs = std::filesystem;

char delimiter_of(const TableOptions& options) {
  const auto& text = options.delimiter;
  if (text.empty()) return ',';
  if (text == "tab") return '\t';
  constexpr std::string_view kNoDelimiters = "\"\r\n";
  const auto is_delimiter = [&](unsigned char c) {
    return c < 0x80 && c != 0 && std::isalnum(c) == 0 && kNoDelimiters.find(static_cast<char>(c)) == std::string::npos;
  };
  if (text.size() == 1 && is_delimiter(static_cast<unsigned char>(text.front()))) return text.front();
  throw UsageError("--delimiter \"" + text + "\": expected tab, or one character such as ; or |");
}

void check_options(const TableOptions& options) {
  static const std::vector<std::string> formats{"auto", "csv", "tsv", "jsonl"};
  if (std::find(formats.begin(), formats.end(), options.format) == formats.end()) {
    throw UsageError("--format " + options.format + ": unknown format" + suggestion(options.format, formats));
  }
  (void)delimiter_of(options);
  (void)is_utf8_name(options.encoding);
}

/// The dialect of a file that is read as `format`, csv or tsv.
Dialect dialect_of(const std::string& format, const TableOptions& options) {
  return format == "csv" ? Dialect{.delimiter = delimiter_of(options), .quotes = true} : kTabSeparated;
}

void check_delimiter_is_meant(const std::string& format, const fs::path& path, const TableOptions& options) {
  if (format == "csv" || options.delimiter.empty()) return;
  throw UsageError("--delimiter " + options.delimiter + ": is for CSV, and " + path.string() + " is read as " + format +
                   "; add --format csv, or leave it out");
}

/// A name's ending in small letters.
std::string extension_of(const fs::path& path) {
  auto extension = path.extension().string();
  for (auto& letter : extension) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return extension;
}

/// The format that the file's name says, or "".
std::string format_by_name(const fs::path& path) {
  static const std::map<std::string, std::string> formats{
      {".csv", "csv"}, {".tsv", "tsv"}, {".tab", "tsv"}, {".jsonl", "jsonl"}, {".ndjson", "jsonl"}};
  const auto found = formats.find(extension_of(extension_of(path) == ".gz" ? path.stem() : path));
  return found == formats.end() ? "" : found->second;
}

std::string format_by_content(std::string_view text) {
  const auto begin = text.find_first_not_of("\r\n");
  if (begin == std::string_view::npos) return "csv";
  const auto line = text.substr(begin, text.find('\n', begin) - begin);
  if (line.starts_with('{') || begins_as_json_array(text)) return "jsonl";
  return line.find('\t') == std::string_view::npos ? "csv" : "tsv";
}

std::shared_ptr<const Table> open_file(const fs::path& path, const TableOptions& options) {
  TextSource source(path, options.encoding);
  auto format = options.format == "auto" ? format_by_name(path) : options.format;
  if (format.empty()) format = format_by_content(source.text());
  check_delimiter_is_meant(format, path, options);
  refuse_carriage_returns(source.text(), path.string());
  if (format == "jsonl") return open_json_lines_table(path, std::move(source), options);
  return open_delimited_table(path, std::move(source), dialect_of(format, options), options);
}

/// A folder's files that are tables by their names, of the format asked for.
std::vector<fs::path> table_files(const fs::path& folder, const std::string& format) {
  std::vector<fs::path> tables;
  for (const auto& path : visible_files(folder)) {
    const auto found = format_by_name(path);
    if (!found.empty() && (format == "auto" || format == found)) tables.push_back(path);
  }
  return tables;
}

std::shared_ptr<const Table> open_class_folder_checked(const fs::path& folder, const TableOptions& options) {
  if (options.format != "auto") return nullptr;
  auto table = open_class_folder(folder, options);
  if (table != nullptr && !options.header) {
    throw UsageError(folder.string() + ": a folder of text files has no header; leave out --no-header");
  }
  if (table != nullptr && !options.delimiter.empty()) {
    throw UsageError("--delimiter " + options.delimiter + ": is for CSV, and " + folder.string() +
                     " is a folder of text files; leave it out");
  }
  return table;
}

std::shared_ptr<const Table> open_folder(const fs::path& folder, const TableOptions& options) {
  const auto files = table_files(folder, options.format);
  if (files.empty()) {
    if (auto table = open_class_folder_checked(folder, options)) return table;
    throw InputError(folder.string() + ": a folder without tables; expected " +
                     (options.format == "auto" ? ".csv, .tsv or .jsonl files (also .gz), or sub-folders with text files"
                                               : "." + options.format + " files (also .gz)"));
  }
  std::vector<std::shared_ptr<const Table>> parts;
  for (const auto& file : files) parts.push_back(open_file(file, options));
  return join_tables(folder, std::move(parts));
}

std::shared_ptr<const Table> open_path(const fs::path& path, const TableOptions& options) {
  std::error_code refused;
  const auto status = fs::status(path, refused);
  if (status.type() == fs::file_type::not_found) throw_missing_file(path);
  if (refused) throw InputError(path.string() + ": cannot be read: " + refused.message());
  if (fs::is_directory(status)) return open_folder(path, options);
  if (!fs::is_regular_file(status)) {
    throw InputError(path.string() + ": neither a file nor a folder; write a pipe's content to a file first");
  }
  return open_file(path, options);
}

}  // namespace

bool has_table_name(const std::filesystem::path& path) { return !format_by_name(path).empty(); }

std::shared_ptr<const Table> open_table(const std::filesystem::path& path, const TableOptions& options) {
  check_options(options);
  try {
    return open_path(path, options);
  } catch (const fs::filesystem_error& error) {  // a folder whose content may not be seen
    throw InputError(error.path1().string() + ": cannot be read: " + error.code().message());
  }
}

}  // namespace attune
