// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <string>

#include "attune/core/error.hpp"
#include "attune/core/moments.hpp"
#include "attune/explain/faithfulness.hpp"

namespace attune {
namespace {

/// Both figures, each on its own.
struct ErasureMoments {
  Moments comprehensiveness, sufficiency;
  void add(const Erasure& erasure) {
    comprehensiveness.add(erasure.comprehensiveness);
    sufficiency.add(erasure.sufficiency);
  }
  [[nodiscard]] Erasure mean() const { return {comprehensiveness.mean(), sufficiency.mean()}; }
  [[nodiscard]] Erasure deviation() const { return {comprehensiveness.deviation(), sufficiency.deviation()}; }
};

std::optional<double> mean_of(const Moments& moments) {
  return moments.count() > 0 ? std::optional(moments.mean()) : std::nullopt;
}

Erasure mean_of(std::span<const Erasure> erasures) {
  ErasureMoments moments;
  for (const auto& erasure : erasures) moments.add(erasure);
  return moments.mean();
}

/// The set's mean for each random ordering, the first of every row, the second of every row ..
ErasureMoments random_means(std::span<const FaithfulnessGround> grounds) {
  ErasureMoments of_orderings;
  for (size_t ordering = 0; ordering < grounds.front().random.size(); ++ordering) {
    ErasureMoments of_rows;
    for (const auto& ground : grounds) of_rows.add(ground.random.at(ordering));
    of_orderings.add(of_rows.mean());
  }
  return of_orderings;
}

void add_bounded(std::span<const Faithfulness> faithfulness, std::span<const FaithfulnessGround> grounds,
                 FaithfulnessSummary& summary) {
  ErasureMoments own, random, best, worst;
  Moments comprehensiveness, sufficiency;
  for (size_t r = 0; r < grounds.size(); ++r) {
    if (!grounds[r].bounds) continue;
    own.add(faithfulness[r].erasure);
    random.add(mean_of(grounds[r].random));
    best.add(grounds[r].bounds->best);
    worst.add(grounds[r].bounds->worst);
    const auto& shares = faithfulness[r].normalized;
    if (shares.comprehensiveness) comprehensiveness.add(*shares.comprehensiveness);
    if (shares.sufficiency) sufficiency.add(*shares.sufficiency);
  }
  summary.bounded_rows = own.comprehensiveness.count();
  summary.bounded = own.mean(), summary.bounded_random = random.mean();
  summary.best = best.mean(), summary.worst = worst.mean();
  summary.normalized = {mean_of(comprehensiveness), mean_of(sufficiency)};
  const double way = summary.best.comprehensiveness - summary.bounded_random.comprehensiveness;
  if (way > 0) summary.closed = (summary.bounded.comprehensiveness - summary.bounded_random.comprehensiveness) / way;
}

}  // namespace

bool beats_chance(const FaithfulnessSummary& summary) {
  if (summary.random_orderings < 2) return false;
  const auto orderings = static_cast<double>(summary.random_orderings);
  // s sqrt(1 + 1/n) of the deviation that is divided by n
  const double of_one_more = summary.random_spread.comprehensiveness * std::sqrt((orderings + 1) / (orderings - 1));
  return summary.erasure.comprehensiveness - summary.random.comprehensiveness > 2 * of_one_more;
}

FaithfulnessSummary summary_of(std::span<const Faithfulness> faithfulness,
                               std::span<const FaithfulnessGround> grounds) {
  if (faithfulness.empty() || faithfulness.size() != grounds.size()) {
    throw UsageError("summary of explanations: expected rows, and a ground for each, found " +
                     std::to_string(faithfulness.size()) + " rows and " + std::to_string(grounds.size()) + " grounds");
  }
  FaithfulnessSummary summary;
  summary.rows = std::ssize(faithfulness);
  ErasureMoments erasures;
  Moments taus, gaps;
  for (const auto& row : faithfulness) {
    erasures.add(row.erasure);
    if (!std::isnan(row.tau)) taus.add(row.tau);
    if (!row.completeness) continue;
    gaps.add(row.completeness->share);
    summary.largest_gap = std::max(summary.largest_gap.value_or(0), row.completeness->share);
  }
  summary.erasure = erasures.mean();
  const auto random = random_means(grounds);
  summary.random = random.mean(), summary.random_spread = random.deviation();
  summary.random_orderings = random.comprehensiveness.count();
  add_bounded(faithfulness, grounds, summary);
  summary.tau = mean_of(taus), summary.mean_gap = mean_of(gaps);
  return summary;
}

}  // namespace attune
