// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "attune/core/json.hpp"
#include "attune/data/table.hpp"
#include "attune/model/model.hpp"

namespace attune::app {

/// Lines of standard input as rows (texts, or JSON objects for a model that reads several columns), in groups of those
/// that are there already, so that memory is bounded and nothing waits for a line to come. A bad line is named, and
/// left out if bad ones are to be; those before it are not lost with it.
class LineGroups {
 public:
  /// Is given rows that stand one after another, and the number of the line of the first.
  /// @throws InputError for a bad row among them, before it has done anything.
  using Take = std::function<void(const Table& rows, int64_t first)>;

  /// @param given  whether bad lines are left out (--skip-bad-rows). @throws UsageError for other flags for reading
  /// tables.
  LineGroups(const Model& model, const Json& given, Take take);

  /// To the end of input, or until interrupted. Results are flushed behind each group.
  /// @throws InputError naming a bad line; IoError.
  void read_all();

 private:
  using Cells = std::vector<std::string>;

  void add(const std::string& line);
  void take_waiting();
  void take_one_by_one(const std::vector<Cells>& group);
  void take(std::vector<Cells> group, int64_t first);
  void bad_line(const std::string& problem);

  Cells columns_;
  bool skips_bad_;
  Take take_;
  std::vector<Cells> waiting_;  ///< lines one after another, the first of which is `first_`
  int64_t first_ = 0, lines_ = 0, skipped_ = 0;
};

}  // namespace attune::app
