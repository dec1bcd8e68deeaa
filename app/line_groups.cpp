// SPDX-License-Identifier: Apache-2.0
#include "line_groups.hpp"

#include <utility>

#include "asked_rows.hpp"
#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "attune/data/json_row.hpp"
#include "console.hpp"
#include "line_reader.hpp"

namespace attune::app {
namespace {

/// Lines that are taken together when they are there already.
constexpr size_t kLinesAtOnce = 256;

}  // namespace

LineGroups::LineGroups(const Model& model, const Json& given, Take take)
    : columns_(input_columns(model)),
      skips_bad_(given.value("/data/skip_bad_rows"_json_pointer, false)),
      take_(std::move(take)) {
  refuse_reading_flags_for_lines(given);
}

void LineGroups::read_all() {
  LineReader reader;
  for (std::string line; reader.next(line);) {
    add(line);
    if (waiting_.size() >= kLinesAtOnce || !reader.waits()) take_waiting();
  }
  take_waiting();
  if (skipped_ > 0) print_note("standard input: " + counted(skipped_, "bad line") + " left out");
}

void LineGroups::add(const std::string& line) {
  ++lines_;
  const bool is_text = columns_.size() == 1;
  if (!is_text && is_blank_line(line)) {
    take_waiting();  // which are numbered one after another
    return;
  }
  try {
    auto cells = is_text ? Cells{line} : read_json_row(line, columns_);
    if (waiting_.empty()) first_ = lines_;
    waiting_.push_back(std::move(cells));
  } catch (const InputError& error) {
    take_waiting();  // the lines before the bad one are not lost with it
    bad_line("standard input, line " + std::to_string(lines_) + ": " + error.what());
  }
}

void LineGroups::take_waiting() {
  const auto group = std::exchange(waiting_, {});
  if (group.empty()) return;
  try {
    take(group, first_);
  } catch (const InputError&) {
    take_one_by_one(group);
  }
  flush_results();
}

/// Finds the bad lines among those of which one is.
void LineGroups::take_one_by_one(const std::vector<Cells>& group) {
  for (int64_t i = 0; i < std::ssize(group); ++i) {
    try {
      take({group[static_cast<size_t>(i)]}, first_ + i);
    } catch (const InputError& error) {
      bad_line(error.what());
    }
  }
}

void LineGroups::take(std::vector<Cells> group, int64_t first) {
  take_(*make_table(columns_, std::move(group), "standard input", {.noun = "line", .first = first}), first);
}

void LineGroups::bad_line(const std::string& problem) {
  flush_results();
  if (!skips_bad_) throw InputError(problem + "; mend the line, or pass --skip-bad-rows");
  ++skipped_;
  print_note(problem + "; left out");
}

}  // namespace attune::app
