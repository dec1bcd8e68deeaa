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

/// Of the divergence from the other seeds' attention that is shuffled: further off, they hardly agree.
constexpr double kMostOfShuffled = 0.5;

}  // namespace

Finding test_seeds(const AuditContext& context) {
  const auto seeds = context.options.seeds;
  if (seeds == 0) return {.sentence = "Not tested, for no other seeds were asked for; ask for one at least."};
  const auto held = held_back(*context.task.training);
  Moments taus, divergences, shares, scores;
  for (int64_t s = 1; s <= seeds; ++s) {
    auto request = request_of(context);
    request.seed += static_cast<uint64_t>(s);
    const auto other = trained(context, request, "seeds", s - 1, seeds);
    const auto distance = context.distance_to(other);
    if (distance.rows == 0) return {.sentence = "Not tested, for other seeds cut every row into other tokens."};
    taus.add(distance.tau);
    divergences.add(distance.divergence);
    shares.add(distance.of_shuffled());
    if (!held.rows.empty()) scores.add(mean_score(scores_on(other, context.task.output, held, context.executor)));
  }
  const bool stable = shares.mean() < kMostOfShuffled;
  Finding finding{.outcome = stable ? Outcome::kFor : Outcome::kAgainst};
  finding.sentence = fmt::format(
      "Trained with {} the model's attention is {:.3f} (Jensen-Shannon) from this one's, {:.2f} of what it is when "
      "shuffled; {}.",
      counted(seeds, "other seed"), divergences.mean(), shares.mean(),
      stable ? fmt::format("less than {}, so it is a property of the task", kMostOfShuffled)
             : fmt::format("at least {}, so much of it is chance", kMostOfShuffled));
  finding.figures = {{"divergence", divergences.mean(),
                      "Jensen-Shannon divergence, 0 to 0.693, of the model's attention and that of other seeds"},
                     {"of_shuffled", shares.mean(),
                      "its share of the same with the latter shuffled: 1 where they have nothing in common"},
                     {"tau", taus.mean(), "Kendall's rank correlation of the two"}};
  if (scores.count() > 0)
    finding.figures.push_back({"held_back", scores.mean(),
                               "accuracy (of a number: mean squared error) of those models on the rows held back"});
  return finding;
}

}  // namespace attune
