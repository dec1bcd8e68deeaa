// SPDX-License-Identifier: Apache-2.0
#include "measured_faithfulness.hpp"

#include <iterator>

#include "interrupt.hpp"
#include "progress_bar.hpp"

namespace attune::app {

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
  for (size_t s = 0; s < subjects.size() && !is_full() && !interrupted(); ++s) {
    const auto& subject = subjects[s];
    if (subject.tokens().size() < 2) continue;
    effect_ = subject.question().of_class ? "lowers the probability" : "moves the scaled number";
    progress.show("measuring", std::ssize(subjects), static_cast<int64_t>(s));
    // Rows were numbered from 0 when the random orderings of the documented figures were drawn.
    const auto row_id = static_cast<uint64_t>(numbers[s] - 1);
    const auto& ground = grounds_.emplace_back(faithfulness_ground(subject, row_id, options_, executor));
    for (size_t m = 0; m < results.size(); ++m)
      methods_[m].rows.push_back(faithfulness_of(subject, results[m].attributions[s], ground, executor));
  }
}

std::vector<Honesty> MeasuredFaithfulness::summary() const {
  std::vector<Honesty> honesty;
  if (grounds_.empty()) return honesty;
  for (const auto& [method, rows] : methods_) honesty.push_back({method->name, effect_, summary_of(rows, grounds_)});
  return honesty;
}

bool MeasuredFaithfulness::is_full() const { return most_rows_ > 0 && std::ssize(grounds_) >= most_rows_; }

}  // namespace attune::app
