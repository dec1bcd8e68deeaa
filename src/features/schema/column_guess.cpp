// SPDX-License-Identifier: Apache-2.0
#include "schema/column_guess.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "attune/core/invisible.hpp"
#include "attune/core/wording.hpp"
#include "cells.hpp"

namespace attune {
namespace {

constexpr int64_t kRowsLookedAt = 10000;

// A column of values to choose from: each comes twice or more on average, there are few, and on average they have fewer
// than two words. What these leave out is text: that reads names as well, while sentences read as names are lost.
constexpr int64_t kMostCategories = 100, kLongestCategory = 50;
constexpr double kSpacesOfText = 1;

// Up to so many different integers are more likely grades or codes than a quantity.
constexpr int64_t kMostGrades = 20;

// Of so many numbers one other cell may be a slip; more of them are values that are meant.
constexpr int64_t kNumbersPerStray = 10;
constexpr size_t kMostStraysNamed = 3;

/// Calls visit(number, row) for the rows looked at until it returns false.
template <class Visit>
void look_at_rows(const Table& table, Visit&& visit) {
  Row cells;
  for (const int64_t number : sample_rows(table.rows(), kRowsLookedAt)) {
    table.read(number, cells);
    if (!visit(number, cells)) return;
  }
}

template <class Visit>
void look_at_cells(const Table& table, int column, Visit&& visit) {
  look_at_rows(table, [&](int64_t, const Row& cells) { return visit(cells[column]); });
}

bool may_be_number(std::string_view cell) { return is_missing_number(cell) || parse_number(cell).has_value(); }

bool is_identifier_name(std::string_view name) {
  std::string lower;
  for (const char c : name) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  constexpr std::array<std::string_view, 5> kNames = {"id", "index", "uuid", "guid", "row"};
  if (std::find(kNames.begin(), kNames.end(), lower) != kNames.end()) return true;
  return lower.ends_with("_id") || name.ends_with("Id") || name.ends_with("ID");
}

}  // namespace

ColumnGuess::ColumnGuess(const Table& table)
    : table_(table), profiles_(profile_columns(table, kRowsLookedAt)), constant_(profiles_.size()) {
  find_constants();
}

TypeGuess ColumnGuess::input(int column) const {
  const auto& look = profile(column);
  if (is_numeric(column)) return {"numbers", "for the cells are numbers"};
  const auto filled = look.rows - look.empty;
  if (look.distinct <= kMostCategories && 2 * look.distinct <= filled && look.longest <= kLongestCategory &&
      look.mean_spaces < kSpacesOfText) {
    return {"category", "for it holds " + values_in_rows(column)};
  }
  return {"text", "for it holds " + values_in_rows(column)};
}

TypeGuess ColumnGuess::output(int column) const {
  const auto& look = profile(column);
  const bool integers = look.integer == look.rows - look.empty;
  const bool many = look.distinct > 2 && (!integers || look.distinct > kMostGrades || 2 * look.distinct > look.rows);
  if (is_numeric(column) && many) return {"number", "for it holds " + values_in_rows(column) + ", all numbers"};
  return {"category", "for it holds " + values_in_rows(column)};
}

std::string ColumnGuess::stray_cells(int column) const {
  const auto rows = stray_rows(column);
  if (rows.empty()) return {};
  const auto numbers = profile(column).numeric, strays = std::ssize(rows);
  auto text = with_commas(numbers) + " of " + counted(numbers + strays, "value") + " are numbers, all but ";
  Row cells;
  for (size_t i = 0; i < std::min(rows.size(), kMostStraysNamed); ++i) {
    table_.read(rows[i], cells);
    text += (i == 0 ? "" : ", ") + in_quotes(with_escapes(cells[column])) + " (" + table_.where(rows[i]) + ")";
  }
  if (rows.size() <= kMostStraysNamed) return text;
  return text + " and " + with_commas(strays - static_cast<int64_t>(kMostStraysNamed)) + " more";
}

std::string ColumnGuess::why_leave_out(int column) const {
  const auto& look = profile(column);
  if (look.rows < 2) return {};
  if (constant_[static_cast<size_t>(column)]) return look.distinct == 0 ? "it is empty" : "it is constant";
  const bool all_differ = look.distinct == look.rows;
  if (all_differ && is_identifier_name(look.name)) return "it is an identifier, different in every row";
  if (all_differ && look.integer == look.rows && counts_up(column)) return "it is an identifier, counting up the rows";
  return {};
}

std::string ColumnGuess::why_leave_out(int column, int output) const {
  constexpr int64_t kFewestRows = 10;  // fewer may coincide
  bool tells = profile(column).rows >= kFewestRows;
  look_at_rows(table_, [&](int64_t, const Row& cells) {
    const auto cell = cells[column], label = cells[output];
    return tells =
               !label.empty() && cell.starts_with(label) && (cell.size() == label.size() || cell[label.size()] == '/');
  });
  if (tells) return "it begins with \"" + profile(output).name + "\", which is to be predicted, in every row looked at";
  return {};
}

/// Of all rows, in one pass: what is left out must not be what some other row needs.
void ColumnGuess::find_constants() {
  std::vector<int> candidates;
  for (int column = 0; column < table_.columns(); ++column) {
    const auto& look = profile(column);
    if (look.distinct == 0 || (look.distinct == 1 && look.empty == 0)) candidates.push_back(column);
  }
  if (table_.rows() == 0) return;
  Row first, cells;
  table_.read(0, first);
  for (int64_t row = 1; row < table_.rows() && !candidates.empty(); ++row) {
    table_.read(row, cells);
    std::erase_if(candidates, [&](int column) { return cells[column] != first[column]; });
  }
  for (const int column : candidates) constant_[static_cast<size_t>(column)] = true;
}

bool ColumnGuess::is_numeric(int column) const {
  const auto& look = profile(column);
  if (look.numeric == 0) return false;
  if (look.numeric == look.rows - look.empty) return true;
  bool numeric = true;
  look_at_cells(table_, column, [&](std::string_view cell) { return numeric = may_be_number(cell); });
  return numeric;
}

std::vector<int64_t> ColumnGuess::stray_rows(int column) const {
  const auto most = static_cast<size_t>(profile(column).numeric / kNumbersPerStray);
  std::vector<int64_t> rows;
  if (most == 0) return rows;
  look_at_rows(table_, [&](int64_t number, const Row& cells) {
    if (!may_be_number(cells[column])) rows.push_back(number);
    return rows.size() <= most;
  });
  if (rows.size() > most) rows.clear();
  return rows;
}

/// Ascending integers that leave few gaps: a quantity that happens to be sorted spreads wider.
bool ColumnGuess::counts_up(int column) const {
  std::optional<double> first, last;
  bool ascending = true;
  look_at_cells(table_, column, [&](std::string_view cell) {
    const auto number = parse_number(cell);
    ascending = number && (!last || *number > *last);
    if (!first) first = number;
    last = number;
    return ascending;
  });
  return ascending && *last - *first < 2.0 * static_cast<double>(table_.rows());
}

std::string ColumnGuess::values_in_rows(int column) const {
  const auto& look = profile(column);
  return counted(look.distinct, "different value") + " in " + counted(look.rows, "row") +
         (look.rows < table_.rows() ? " looked at" : "");
}

}  // namespace attune
