// SPDX-License-Identifier: Apache-2.0
// Adebayo et al. 2018, "Sanity checks for saliency maps", arXiv:1810.03292, section 3.1: what stays the same when the
// parameters are random shows the input and the architecture, not what was learned.
#include <fmt/format.h>

#include "attune/core/moments.hpp"
#include "audit_test.hpp"

namespace attune {
namespace {

/// Of the divergence from attention that is shuffled: nearer, the two look at the same.
constexpr double kLeastOfShuffled = 0.5;

}  // namespace

Finding test_randomised(const AuditContext& context) {
  Moments taus, divergences;
  for (int64_t draw = 0; draw < context.options.redraws; ++draw) {
    context.check_stop();
    const auto rows = std::ssize(context.audited.numbers);
    context.progress("randomised", draw * rows, context.options.redraws * rows);
    const auto random =
        context.task.model.redrawn(context.options.key.with("randomised").with(static_cast<uint64_t>(draw)));
    const auto distance = attention_distance(
        context.audited,
        read_audited(random, *context.task.table, context.audited.numbers, context.task.output, context.executor));
    taus.add(distance.tau);
    divergences.add(distance.divergence);
  }
  const double shuffled = context.shuffled_divergence();
  const bool learned = shuffled > 0 && divergences.mean() >= kLeastOfShuffled * shuffled;
  Finding finding{.outcome = learned ? Outcome::kFor : Outcome::kAgainst};
  finding.sentence = fmt::format(
      "Attention with random parameters is {:.3f} (Jensen-Shannon) from the trained model's, the latter shuffled "
      "{:.3f}; "
      "{}.",
      divergences.mean(), shuffled,
      learned        ? "so it depends on what was learned"
      : shuffled > 0 ? fmt::format("less than {} of that, it shows the architecture rather than what was learned",
                                   kLeastOfShuffled)
                     : "it gives every token the same");
  finding.figures = {
      {"tau", taus.mean(), "Kendall's rank correlation of the model's attention with that of random parameters"},
      {"divergence", divergences.mean(), "Jensen-Shannon divergence between the two, 0 to 0.693"},
      {"shuffled_divergence", shuffled, "the same of the model's attention and itself, shuffled among a row's tokens"}};
  return finding;
}

}  // namespace attune
