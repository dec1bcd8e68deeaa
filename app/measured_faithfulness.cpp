// SPDX-License-Identifier: Apache-2.0
#include "measured_faithfulness.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "attune/core/wording.hpp"
#include "interrupt.hpp"
#include "progress_bar.hpp"

namespace attune::app {
namespace {

/// What the ground of the row would work out again; null where that method was not asked for.
const Attribution* leave_one_out(std::span<const MethodResult> results, size_t index) {
  const auto found = std::find_if(results.begin(), results.end(), [](const MethodResult& result) {
    return std::string_view(result.method->name) == "leave_one_out";
  });
  return found == results.end() ? nullptr : &found->attributions[index];
}

}  // namespace

MeasuredFaithfulness::MeasuredFaithfulness(const ExplainConfig& config)
    : most_rows_(config.honesty_rows),
      options_{.random_orderings = config.orderings,
               .beam_width = config.beam,
               .key = RandomKey(static_cast<uint64_t>(config.seed))} {}

void MeasuredFaithfulness::add(std::span<const Subject> subjects, std::span<const int64_t> numbers,
                               std::span<const MethodResult> results, Executor& executor) {
  if (methods_.empty()) {
    for (const auto& result : results) methods_.push_back({result.method, {}});
  }
  ProgressBar progress;
  for (size_t s = 0; s < subjects.size() && !is_full(); ++s) {
    if (std::ssize(subjects[s].tokens()) > options_.most_tokens) ++too_long_;
    if (!can_be_measured(subjects[s], options_)) continue;
    progress.show("measuring", std::ssize(subjects), static_cast<int64_t>(s));
    add(subjects[s], s, numbers[s], results, executor);
  }
}

void MeasuredFaithfulness::add(const Subject& subject, size_t index, int64_t number,
                               std::span<const MethodResult> results, Executor& executor) {
  effect_ = subject.question().of_class ? "lowers the probability" : "moves the scaled number";
  // Rows were numbered from 0 when the random orderings of the documented figures were drawn.
  const auto row_id = static_cast<uint64_t>(number - 1);
  const auto& ground = grounds_.emplace_back(
      faithfulness_ground(subject, row_id, options_, executor,
                          {.leave_one_out = leave_one_out(results, index), .should_stop = interrupted}));
  for (size_t m = 0; m < results.size(); ++m)
    methods_[m].rows.push_back(faithfulness_of(subject, results[m].attributions[index], ground, executor));
}

std::string MeasuredFaithfulness::note() const {
  if (too_long_ == 0) return "";
  return "not measured: " + counted(too_long_, "row") + " of more than " + std::to_string(options_.most_tokens) +
         " tokens, for it takes a pass of the row without each of them";
}

std::vector<Honesty> MeasuredFaithfulness::summary() const {
  std::vector<Honesty> honesty;
  if (grounds_.empty()) return honesty;
  for (const auto& [method, rows] : methods_) honesty.push_back({method->name, effect_, summary_of(rows, grounds_)});
  return honesty;
}

bool MeasuredFaithfulness::is_full() const { return most_rows_ > 0 && std::ssize(grounds_) >= most_rows_; }

}  // namespace attune::app
