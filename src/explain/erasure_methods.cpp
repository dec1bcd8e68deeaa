// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <cstdint>

#include "attune/core/error.hpp"
#include "methods.hpp"

namespace attune {
namespace {

/// The subset whose tokens are the bits of `set`.
Keep keep_of(uint32_t set, size_t tokens) {
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
  std::vector<Keep> keeps(tokens + 1, Keep(tokens, true));  // the last one is whole
  for (size_t t = 0; t < tokens; ++t) keeps[t][t] = false;
  const auto scores = subject.scores(keeps, control.executor);
  Attribution attribution;
  for (size_t t = 0; t < tokens; ++t) attribution.values.push_back(scores.back().score - scores[t].score);
  attribution.forward_passes = std::ssize(keeps);
  return attribution;
}

Attribution explain_by_shapley(const Subject& subject, const MethodControl& control) {
  const auto tokens = subject.tokens().size();
  if (tokens > kMostShapleyTokens) {
    throw UsageError(
        "method \"shapley\": expected a row of at most 12 tokens, for all of whose subsets are scored; found " +
        std::to_string(tokens) + "; take leave_one_out or integrated_gradients");
  }
  const auto sets = uint32_t{1} << tokens;
  std::vector<Keep> keeps;
  for (uint32_t set = 0; set < sets; ++set) keeps.push_back(keep_of(set, tokens));
  const auto scores = subject.scores(keeps, control.executor);
  const auto shares = order_shares(tokens);
  Attribution attribution;
  attribution.values.assign(tokens, 0);
  for (uint32_t set = 0; set < sets; ++set) {
    for (size_t t = 0; t < tokens; ++t) {
      if ((set >> t & 1) != 0) continue;
      const double gain = scores[set | uint32_t{1} << t].score - scores[set].score;
      attribution.values[t] += shares[static_cast<size_t>(std::popcount(set))] * gain;
    }
  }
  attribution.completeness = exactly(scores.back().score - scores.front().score);
  attribution.forward_passes = static_cast<int64_t>(sets);
  return attribution;
}

}  // namespace attune
