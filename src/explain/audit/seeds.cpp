// SPDX-License-Identifier: Apache-2.0
// Wiegreffe, Pinter 2019, arXiv:1908.04626, section 3.3: what changes with the seed of the training is chance, and no
// property of task or input.
#include <fmt/format.h>

#include <algorithm>

#include "attune/core/moments.hpp"
#include "attune/core/wording.hpp"
#include "retraining.hpp"

namespace attune {
namespace {

/// Of the divergence from attention that is shuffled: further off, seeds agree hardly better than chance.
constexpr double kMostOfShuffled = 0.5;

double mean_of(const std::vector<double>& values) {
  Moments moments;
  for (const double value : values) moments.add(value);
  return moments.mean();
}

}  // namespace

Finding test_seeds(const AuditContext& context) {
  const auto seeds = context.options.seeds;
  if (seeds == 0) return {.sentence = "Not tested, for no further seeds were asked for."};
  const auto held = held_back(*context.task.training);
  Moments taus, divergences, scores;
  for (int64_t s = 1; s <= seeds; ++s) {
    auto request = *context.task.training;
    request.seed += static_cast<uint64_t>(s);
    const auto other = trained(context, request, "seeds", s - 1, seeds);
    const auto distance = attention_distance(
        context.audited,
        read_audited(other, *context.task.table, context.audited.numbers, context.task.output, context.executor));
    if (distance.rows == 0) return {.sentence = "Not tested, for other seeds cut every row into other tokens."};
    taus.add(distance.tau);
    divergences.add(distance.divergence);
    if (!held.rows.empty()) scores.add(mean_of(scores_on(other, context.task.output, held, context.executor)));
  }
  const double shuffled = context.shuffled_divergence();
  const bool stable = divergences.mean() < kMostOfShuffled * shuffled;
  Finding finding{.outcome = stable ? Outcome::kFor : Outcome::kAgainst};
  finding.sentence = fmt::format(
      "Trained with {} the model's attention is {:.3f} (Jensen-Shannon) from this one's, this one's shuffled "
      "{:.3f}; {}.",
      counted(seeds, "other seed"), divergences.mean(), shuffled,
      stable ? fmt::format("less than {} of that, it is a property of the task", kMostOfShuffled)
             : "much of it is chance");
  finding.figures = {
      {"tau", taus.mean(), "Kendall's rank correlation of the model's attention with that of other seeds"},
      {"divergence", divergences.mean(), "Jensen-Shannon divergence between the two, 0 to 0.693"},
      {"shuffled_divergence", shuffled, "the same of the model's attention and itself, shuffled among a row's tokens"}};
  if (scores.count() > 0)
    finding.figures.push_back({"held_back", scores.mean(),
                               "accuracy (of a number: mean squared error) of those models on the rows held back"});
  return finding;
}

}  // namespace attune
