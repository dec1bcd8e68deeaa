// SPDX-License-Identifier: Apache-2.0
#include "attune/explain/faithfulness.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "attune/core/error.hpp"
#include "attune/metrics/kendall_tau.hpp"
#include "methods.hpp"

namespace attune {
namespace {

bool is_number(const Subject& subject) { return !subject.question().of_class; }

/// A class's probability; of a number how near it stays to the answer, 0 being there: a token that lowers it matters as
/// much as one that raises it.
EraseAndScore erasing(const Subject& subject, Executor& executor, const std::function<bool()>& should_stop = {}) {
  return [&subject, &executor, should_stop](std::span<const Keep> keeps) {
    check_stop(should_stop);
    std::vector<double> values;
    for (const auto& scored : subject.scores(keeps, executor))
      values.push_back(is_number(subject) ? -std::abs(scored.score - subject.scored().score) : scored.probability);
    return values;
  };
}

/// How much each token counts for what erasing(): of a number, whichever way.
std::vector<double> importance(const Subject& subject, std::vector<double> values) {
  if (is_number(subject))
    std::transform(values.begin(), values.end(), values.begin(), [](double value) { return std::abs(value); });
  return values;
}

std::vector<double> left_out_values(const Subject& subject, Executor& executor, const GroundControl& control) {
  if (control.leave_one_out == nullptr)
    return explain_by_leave_one_out(subject, {.executor = executor, .should_stop = control.should_stop}).values;
  const auto& known = control.leave_one_out->values;
  if (known.size() != subject.tokens().size()) {
    throw UsageError("ground of explanations: expected a value of leave_one_out for each of the " +
                     std::to_string(subject.tokens().size()) + " tokens, found " + std::to_string(known.size()));
  }
  return known;
}

}  // namespace

bool can_be_measured(const Subject& subject, const FaithfulnessOptions& options) {
  const auto tokens = std::ssize(subject.tokens());
  return tokens >= 2 && tokens <= options.most_tokens;
}

FaithfulnessGround faithfulness_ground(const Subject& subject, uint64_t row_id, const FaithfulnessOptions& options,
                                       Executor& executor, const GroundControl& control) {
  if (options.random_orderings < 1 || options.beam_width < 1) {
    throw UsageError("ground of explanations: expected at least 1 random ordering and a beam of at least 1, found " +
                     std::to_string(options.random_orderings) + " and " + std::to_string(options.beam_width));
  }
  const auto tokens = std::ssize(subject.tokens());
  const auto score = erasing(subject, executor, control.should_stop);
  FaithfulnessGround ground;
  ground.leave_one_out = importance(subject, left_out_values(subject, executor, control));
  ground.random = random_erasures(tokens, options.random_orderings, options.key.with(row_id), score);
  if (tokens <= options.most_beam_tokens) ground.bounds = erasure_bounds(tokens, options.beam_width, score);
  return ground;
}

Faithfulness faithfulness_of(const Subject& subject, const Attribution& attribution, const FaithfulnessGround& ground,
                             Executor& executor) {
  Faithfulness faithfulness;
  const auto values = importance(subject, attribution.values);
  faithfulness.erasure = erasure_of(ordering_of(values), erasing(subject, executor));
  if (ground.bounds) faithfulness.normalized = normalized(faithfulness.erasure, *ground.bounds);
  faithfulness.tau = kendall_tau(values, ground.leave_one_out);
  faithfulness.completeness = attribution.completeness;
  return faithfulness;
}

}  // namespace attune
