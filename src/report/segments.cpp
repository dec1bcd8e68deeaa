// SPDX-License-Identifier: Apache-2.0
#include "segments.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "attune/core/error.hpp"
#include "explained_words.hpp"
#include "graphemes.hpp"

namespace attune::report {
namespace {

/// A range of UTF-16 units, and the tokens in it.
struct Range {
  int32_t begin = 0, end = 0;
  std::vector<int64_t> tokens;
};

/// UTF-16 index of each code point, and of the end.
std::vector<int32_t> code_point_starts(const icu::UnicodeString& text) {
  std::vector<int32_t> starts;
  starts.reserve(static_cast<size_t>(text.length()) + 1);
  for (int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) starts.push_back(at);
  starts.push_back(text.length());
  return starts;
}

class CellReader {
 public:
  CellReader(const Cell& cell, int64_t first_token, const std::string& where)
      : cell_(cell),
        first_token_(first_token),
        where_(where),
        text_(decode(cell.text)),
        starts_(code_point_starts(text_)),
        boundaries_(grapheme_boundaries(text_)) {}

  /// In the order of the text; no two overlap.
  [[nodiscard]] std::vector<Range> ranges() const {
    std::vector<Range> joined;
    for (const auto token : in_text_order()) {
      const auto range = whole_graphemes(token);
      if (!joined.empty() && range.begin < joined.back().end) {
        joined.back().end = std::max(joined.back().end, range.end);
        joined.back().tokens.push_back(first_token_ + token);
      } else {
        joined.push_back(range);
      }
    }
    return joined;
  }

  [[nodiscard]] bool has_place(int64_t token) const {
    const auto place = cell_.tokens[static_cast<size_t>(token)].place;
    return !cell_.text.empty() && place.begin != place.end;
  }

  [[nodiscard]] std::string utf8(int32_t begin, int32_t end) const {
    std::string bytes;
    text_.tempSubStringBetween(begin, end).toUTF8String(bytes);
    return bytes;
  }
  [[nodiscard]] int32_t length() const { return text_.length(); }

 private:
  [[nodiscard]] std::vector<int64_t> in_text_order() const {
    std::vector<int64_t> order;
    for (int64_t i = 0; i < std::ssize(cell_.tokens); ++i) {
      if (has_place(i)) order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return place(a).begin < place(b).begin; });
    return order;
  }

  [[nodiscard]] Place place(int64_t token) const { return cell_.tokens[static_cast<size_t>(token)].place; }

  [[nodiscard]] Range whole_graphemes(int64_t token) const {
    const auto [begin, end] = place(token);
    if (begin < 0 || end < begin || end >= std::ssize(starts_)) {
      throw UsageError(where_ + ", column \"" + cell_.column + "\", token " + std::to_string(token) +
                       ": expected a place within the " + std::to_string(starts_.size() - 1) +
                       " characters of the text, found " + std::to_string(begin) + " to " + std::to_string(end));
    }
    const auto first = starts_[static_cast<size_t>(begin)], last = starts_[static_cast<size_t>(end)];
    return {*std::prev(std::upper_bound(boundaries_.begin(), boundaries_.end(), first)),
            *std::lower_bound(boundaries_.begin(), boundaries_.end(), last),
            {first_token_ + token}};
  }

  const Cell& cell_;
  int64_t first_token_;
  const std::string& where_;
  icu::UnicodeString text_;
  std::vector<int32_t> starts_, boundaries_;
};

ShownCell shown_cell(const Cell& cell, int64_t first_token, const std::string& where, ShownRow& row) {
  const CellReader reader(cell, first_token, where);
  ShownCell shown{cell.column, {}, cut_sentence(cell)};
  const auto mark = [&](std::string text, std::vector<int64_t> tokens, bool placed) {
    shown.segments.push_back({std::move(text), std::ssize(row.marks), placed});
    row.marks.push_back(std::move(tokens));
  };
  int32_t at = 0;
  for (const auto& range : reader.ranges()) {
    if (range.begin > at) shown.segments.push_back({reader.utf8(at, range.begin)});
    mark(reader.utf8(range.begin, range.end), range.tokens, /*placed=*/true);
    at = range.end;
  }
  if (at < reader.length())
    shown.segments.push_back({.text = reader.utf8(at, reader.length()), .unread = cell.cut_off > 0});
  for (int64_t i = 0; i < std::ssize(cell.tokens); ++i) {
    if (!reader.has_place(i)) mark(cell.tokens[static_cast<size_t>(i)].label, {first_token + i}, /*placed=*/false);
  }
  return shown;
}

}  // namespace

ShownRow shown_row(std::span<const Cell> cells, const std::string& where) {
  ShownRow row;
  int64_t first_token = 0;
  for (const auto& cell : cells) {
    row.cells.push_back(shown_cell(cell, first_token, where, row));
    first_token += std::ssize(cell.tokens);
  }
  return row;
}

int64_t token_count(std::span<const Cell> cells) {
  return std::accumulate(cells.begin(), cells.end(), int64_t{0},
                         [](int64_t sum, const Cell& cell) { return sum + std::ssize(cell.tokens); });
}

std::vector<double> summed(const ShownRow& row, std::span<const double> values) {
  std::vector<double> sums;
  for (const auto& tokens : row.marks) {
    double sum = 0;
    bool any = false;
    for (const auto token : tokens) {
      const double value = values[static_cast<size_t>(token)];
      if (!std::isfinite(value)) continue;
      sum += value;
      any = true;
    }
    sums.push_back(any ? sum : std::numeric_limits<double>::quiet_NaN());
  }
  return sums;
}

}  // namespace attune::report
