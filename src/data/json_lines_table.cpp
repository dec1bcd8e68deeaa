// SPDX-License-Identifier: Apache-2.0
#include "json_lines_table.hpp"

#include <map>
#include <utility>

#include "attune/core/error.hpp"
#include "attune/core/nearest_name.hpp"
#include "attune/data/json_row.hpp"
#include "column_names.hpp"
#include "file_table.hpp"
#include "foreign_file.hpp"
#include "json_members.hpp"
#include "utf8.hpp"

namespace attune {
namespace {

constexpr int64_t kRowsThatNameColumns = 1000;

std::string_view line_at(std::string_view text, size_t begin) {
  return text.substr(begin, text.find('\n', begin) - begin);
}

class JsonLinesTable final : public FileTable {
 public:
  JsonLinesTable(const std::filesystem::path& path, TextSource source, const TableOptions& options)
      : FileTable(path, std::move(source), options) {
    for (size_t begin = 0; begin < text().size();) {
      const auto line = line_at(text(), begin);
      if (!is_blank_line(line)) index_line(begin, line);
      begin += line.size() + 1;
    }
    finish_index("the file is empty; expected one JSON object a line");
    check_column_names(names_, name());
  }

  void read(int64_t row, Row& out) const override {
    std::vector<std::string_view> values(names_.size(), "null");
    JsonMembers members(line_at(text(), start(row)));
    int guess = 0;
    for (JsonMember member; members.next(member);) {
      guess = column_of(member.key, guess);
      values[static_cast<size_t>(guess++)] = member.value;
    }
    out.clear();
    for (const auto value : values) add_cell(value, out);
  }

 private:
  static void add_cell(std::string_view value, Row& out) {
    if (value == "null") {
      out.add_view({});
    } else if (!value.starts_with('"')) {
      out.add_view(value);
    } else if (is_plain_string(value)) {
      out.add_view(value.substr(1, value.size() - 2));
    } else {
      out.add_owned(decode_json_string(value));
    }
  }

  void index_line(size_t begin, std::string_view line) {
    if (invalid_utf8(line) != std::string_view::npos) return bad_text(begin, line, Row());
    if (!is_json_object(line))
      return bad_row(begin, describe_no_object(line), "mend the line, or pass --skip-bad-rows");
    if (const auto key = take_keys(line); !key.empty()) {
      return bad_row(
          begin, "key " + std::string(key) + " is none of the columns" + suggestion(decode_json_string(key), names_),
          "columns are the keys of the first " + std::to_string(kRowsThatNameColumns) +
              " rows: name it there (null will do), or pass --skip-bad-rows");
    }
    add_row(begin);
  }

  /// Makes columns of the keys of early rows. Later, returns the first key that is no column, as it is written.
  std::string_view take_keys(std::string_view line) {
    JsonMembers members(line);
    int guess = 0;
    for (JsonMember member; members.next(member);) {
      guess = column_of(member.key, guess);
      if (guess < 0 && rows() >= kRowsThatNameColumns) return member.key;
      if (guess < 0) guess = add_column(decode_json_string(member.key));
      ++guess;
    }
    return {};
  }

  int add_column(std::string column_name) {
    const auto column = columns();
    numbers_.emplace(column_name, column);
    names_.push_back(std::move(column_name));
    return column;
  }

  /// The column of a key token, -1 when there is none. Rows mostly have their keys in one order, so `guess` is tried
  /// first.
  [[nodiscard]] int column_of(std::string_view key, int guess) const {
    if (!is_plain_string(key)) return find_column(decode_json_string(key));
    const auto plain = key.substr(1, key.size() - 2);
    if (guess < columns() && names_[static_cast<size_t>(guess)] == plain) return guess;
    return find_column(plain);
  }

  [[nodiscard]] int find_column(std::string_view column_name) const {
    const auto found = numbers_.find(column_name);
    return found == numbers_.end() ? -1 : found->second;
  }

  std::map<std::string, int, std::less<>> numbers_;
};

}  // namespace

std::shared_ptr<const Table> open_json_lines_table(const std::filesystem::path& path, TextSource source,
                                                   const TableOptions& options) {
  if (!options.header) {
    throw UsageError(path.string() + ": JSON Lines has no header that could be missing; leave out --no-header");
  }
  refuse_json_document(source.text(), path.string());
  return std::make_shared<JsonLinesTable>(path, std::move(source), options);
}

}  // namespace attune
