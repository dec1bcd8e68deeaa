// SPDX-License-Identifier: Apache-2.0
#include "attune/data/column_profile.hpp"

#include <algorithm>
#include <unordered_set>

#include "attune/core/error.hpp"
#include "attune/core/random.hpp"
#include "numbers.hpp"
#include "utf8.hpp"

namespace attune {
namespace {

constexpr size_t kExamples = 3;

/// Gathers one column's profile cell by cell; the means hold sums until finish().
class Profiler {
 public:
  explicit Profiler(const std::string& name) { profile_.name = name; }

  void add(std::string_view cell) {
    ++profile_.rows;
    if (cell.empty()) {
      ++profile_.empty;
      return;
    }
    const auto length = count_characters(cell);
    profile_.mean_length += static_cast<double>(length);
    profile_.mean_spaces += static_cast<double>(count_white_space(cell));
    profile_.longest = std::max(profile_.longest, length);
    profile_.numeric += parse_number(cell).has_value() ? 1 : 0;
    profile_.integer += is_integer(cell) ? 1 : 0;
    note_value(cell);
  }

  ColumnProfile finish() {
    const auto filled = static_cast<double>(std::max<int64_t>(profile_.rows - profile_.empty, 1));
    profile_.mean_length /= filled;
    profile_.mean_spaces /= filled;
    profile_.distinct = static_cast<int64_t>(values_.size());
    return std::move(profile_);
  }

 private:
  void note_value(std::string_view cell) {
    if (std::ssize(values_) == kMostDistinct) return;
    const bool is_new = values_.emplace(cell).second;
    if (is_new && profile_.examples.size() < kExamples) profile_.examples.emplace_back(cell);
  }

  ColumnProfile profile_;
  std::unordered_set<std::string> values_;
};

}  // namespace

std::vector<int64_t> sample_rows(int64_t rows, int64_t limit) {
  const RandomKey key(0);
  const auto taken = std::min(rows, limit);
  std::vector<int64_t> sample;
  for (int64_t i = 0; i < taken; ++i) {
    const int64_t begin = i * rows / taken, end = (i + 1) * rows / taken;
    const auto within = static_cast<int64_t>(key.uniform(static_cast<uint64_t>(i)) * static_cast<double>(end - begin));
    sample.push_back(std::min(begin + within, end - 1));
  }
  return sample;
}

std::vector<ColumnProfile> profile_columns(const Table& table, int64_t limit) {
  if (limit < 1) throw UsageError("profile_columns: limit " + std::to_string(limit) + ", expected at least 1 row");
  std::vector<Profiler> profilers(table.names().begin(), table.names().end());
  Row row;
  for (const int64_t number : sample_rows(table.rows(), limit)) {
    table.read(number, row);
    for (int column = 0; column < row.size(); ++column) profilers[static_cast<size_t>(column)].add(row[column]);
  }
  std::vector<ColumnProfile> profiles;
  for (auto& profiler : profilers) profiles.push_back(profiler.finish());
  return profiles;
}

}  // namespace attune
