// SPDX-License-Identifier: Apache-2.0
// Adebayo et al. 2018, "Sanity checks for saliency maps", arXiv:1810.03292, section 3.1: what stays the same when the
// parameters are random shows the input and the architecture, not what was learned.
#include <fmt/format.h>

#include <numbers>

#include "attune/core/moments.hpp"
#include "audit_test.hpp"

namespace attune {
namespace {

/// Of the divergence from random attention that is shuffled: nearer, the two look at the same.
constexpr double kLeastOfShuffled = 0.5;
/// Nearer, both give every token nearly the same.
constexpr double kLeastDivergence = std::numbers::ln2 / 100;

}  // namespace

Finding test_randomised(const AuditContext& context) {
  Moments taus, divergences, shares;
  for (int64_t draw = 0; draw < context.options.redraws; ++draw) {
    context.check_stop();
    const auto rows = std::ssize(context.audited.numbers);
    context.progress("randomised", draw * rows, context.options.redraws * rows);
    const auto distance = context.distance_to(context.task.model.redrawn(random_key(context.options, draw)));
    taus.add(distance.tau);
    divergences.add(distance.divergence);
    shares.add(distance.of_shuffled());
  }
  const bool flat = divergences.mean() < kLeastDivergence, alike = shares.mean() < kLeastOfShuffled;
  Finding finding{.outcome = flat || alike ? Outcome::kAgainst : Outcome::kFor};
  finding.sentence = fmt::format(
      "Attention with random parameters is {:.3f} (Jensen-Shannon) from the trained model's, {:.2f} of what it is when "
      "shuffled; {}.",
      divergences.mean(), shares.mean(),
      flat    ? fmt::format("less than {:.3f}, so what was learned does not show in it", kLeastDivergence)
      : alike ? fmt::format("less than {}, so it shows the architecture rather than what was learned", kLeastOfShuffled)
              : "so it depends on what was learned");
  finding.figures = {{"divergence", divergences.mean(),
                      "Jensen-Shannon divergence, 0 to 0.693, of the model's attention and that of random parameters"},
                     {"of_shuffled", shares.mean(),
                      "its share of the same with the latter shuffled: 1 where they have nothing in common"},
                     {"tau", taus.mean(), "Kendall's rank correlation of the two"}};
  return finding;
}

RandomKey random_key(const AuditOptions& options, int64_t draw) {
  return options.key.with("randomised").with(static_cast<uint64_t>(draw));
}

}  // namespace attune
