// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <cstdint>
#include <functional>

#include "attune/core/error.hpp"
#include "methods.hpp"
#include "row_copies.hpp"

namespace attune {
namespace {

/// The scores of subsets whose flags are made chunk by chunk, for those of a row of T tokens would be T^2 together. May
/// be stopped before each chunk but the first, before which explain() has asked.
std::vector<double> scores_of(const Subject& subject, size_t count, const std::function<Keep(size_t)>& keep_of,
                              const MethodControl& control) {
  const auto at_once = static_cast<size_t>(rows_at_once(std::ssize(subject.tokens())));
  std::vector<double> scores(count);
  control.executor.run(static_cast<int64_t>((count + at_once - 1) / at_once), [&](int64_t chunk) {
    if (chunk > 0) check_stop(control.should_stop);
    const size_t begin = static_cast<size_t>(chunk) * at_once, end = std::min(begin + at_once, count);
    std::vector<Keep> keeps;
    for (size_t i = begin; i < end; ++i) keeps.push_back(keep_of(i));
    const auto scored = subject.scores(keeps, control.executor);
    for (size_t i = begin; i < end; ++i) scores[i] = scored[i - begin].score;
  });
  return scores;
}

/// The subset whose tokens are the bits of `set`.
Keep keep_of(size_t set, size_t tokens) {
  Keep keep(tokens);
  for (size_t t = 0; t < tokens; ++t) keep[t] = (set >> t & 1) != 0;
  return keep;
}

/// By the size of a subset without the token, the share of all orders in which exactly it comes before the token:
/// size! (tokens - 1 - size)! / tokens!.
std::vector<double> order_shares(size_t tokens) {
  std::vector<double> shares(tokens, 1.0 / static_cast<double>(tokens));
  for (size_t size = 1; size < tokens; ++size)
    shares[size] = shares[size - 1] * static_cast<double>(size) / static_cast<double>(tokens - size);
  return shares;
}

Completeness exactly(double change) { return {.change = change, .gap = 0, .share = 0}; }

}  // namespace

Attribution explain_by_leave_one_out(const Subject& subject, const MethodControl& control) {
  const auto tokens = subject.tokens().size();
  const auto all_but = [tokens](size_t t) {
    Keep keep(tokens, true);
    if (t < tokens) keep[t] = false;  // the last one is whole
    return keep;
  };
  const auto scores = scores_of(subject, tokens + 1, all_but, control);
  Attribution attribution;
  for (size_t t = 0; t < tokens; ++t) attribution.values.push_back(scores.back() - scores[t]);
  attribution.forward_passes = std::ssize(scores);
  return attribution;
}

Attribution explain_by_shapley(const Subject& subject, const MethodControl& control) {
  const auto tokens = subject.tokens().size();
  if (tokens > kMostShapleyTokens) {
    throw UsageError(
        "method \"shapley\": expected a row of at most 12 tokens, for all of whose subsets are scored; found " +
        std::to_string(tokens) + "; take leave_one_out or integrated_gradients");
  }
  const auto sets = size_t{1} << tokens;
  const auto scores = scores_of(
      subject, sets, [tokens](size_t set) { return keep_of(set, tokens); }, control);
  const auto shares = order_shares(tokens);
  Attribution attribution;
  attribution.values.assign(tokens, 0);
  for (size_t set = 0; set < sets; ++set) {
    for (size_t t = 0; t < tokens; ++t) {
      if ((set >> t & 1) != 0) continue;
      const double gain = scores[set | size_t{1} << t] - scores[set];
      attribution.values[t] += shares[static_cast<size_t>(std::popcount(set))] * gain;
    }
  }
  attribution.completeness = exactly(scores.back() - scores.front());
  attribution.forward_passes = static_cast<int64_t>(sets);
  return attribution;
}

}  // namespace attune
