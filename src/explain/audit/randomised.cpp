// SPDX-License-Identifier: Apache-2.0
// Adebayo et al. 2018, "Sanity checks for saliency maps", arXiv:1810.03292, section 3.1: what stays the same when the
// parameters are random shows the input and the architecture, not what was learned. Random networks alone do not tell
// whether anything was learned: an untrained one may be further from them than a trained one. So attention is also set
// beside that of the network which the training began with.
#include <fmt/format.h>

#include <numbers>
#include <optional>

#include "attune/core/moments.hpp"
#include "audit_test.hpp"

namespace attune {
namespace {

/// Of the divergence from the other attention when that is shuffled: nearer, the two look at the same.
constexpr double kLeastOfShuffled = 0.5;
/// Nearer to that of random parameters, both give every token nearly the same.
constexpr double kLeastDivergence = std::numbers::ln2 / 100;

/// Of the model's attention to that of networks of random parameters, means over these.
struct FromRandom {
  Moments taus, divergences, shares;
};

FromRandom distance_from_random(const AuditContext& context) {
  FromRandom from;
  const auto key = context.options.key.with("randomised");
  for (int64_t draw = 0; draw < context.options.redraws; ++draw) {
    context.check_stop();
    const auto rows = std::ssize(context.audited.numbers);
    context.progress("randomised", draw * rows, context.options.redraws * rows);
    const auto distance = context.distance_to(context.task.model.redrawn(key.with(static_cast<uint64_t>(draw))));
    from.taus.add(distance.tau);
    from.divergences.add(distance.divergence);
    from.shares.add(distance.of_shuffled());
  }
  return from;
}

/// The network that the training began with, as fit() draws it; nothing where the record does not tell the seed.
std::optional<Model> start_of(const Model& model) {
  const auto seed = model.record.value(Json::json_pointer("/training/seed"), Json());
  if (!seed.is_number_integer()) return std::nullopt;
  return model.redrawn(RandomKey(seed.get<uint64_t>()).with("initialisation"));
}

}  // namespace

RandomisedConclusion randomised_conclusion(double divergence, double of_shuffled,
                                           const std::optional<double>& of_start) {
  if (divergence < kLeastDivergence)
    return {Outcome::kAgainst,
            fmt::format("less than {:.3f}, so what was learned does not show in it", kLeastDivergence)};
  if (of_shuffled < kLeastOfShuffled)
    return {Outcome::kAgainst,
            fmt::format("less than {}, so it shows the architecture rather than what was learned", kLeastOfShuffled)};
  if (!of_start)
    return {
        Outcome::kUntested,
        "so it depends on the parameters; whether on what was learned is not judged, for the model's record does not "
        "tell with which ones its training began"};
  if (*of_start < kLeastOfShuffled)
    return {Outcome::kAgainst,
            fmt::format("the latter is less than {}, so it shows what was drawn rather than what was "
                        "learned",
                        kLeastOfShuffled)};
  return {Outcome::kFor, "so it depends on what was learned"};
}

Finding test_randomised(const AuditContext& context) {
  const auto from = distance_from_random(context);
  std::optional<double> of_start;
  if (const auto start = start_of(context.task.model)) of_start = context.distance_to(*start).of_shuffled();
  const auto [outcome, clause] = randomised_conclusion(from.divergences.mean(), from.shares.mean(), of_start);
  Finding finding{.outcome = outcome};
  finding.sentence = fmt::format(
      "Attention with random parameters is {:.3f} (Jensen-Shannon) from the trained model's, {:.2f} of what it is when "
      "shuffled{}; {}.",
      from.divergences.mean(), from.shares.mean(),
      of_start ? fmt::format(", and with those that training began with {:.2f} of it", *of_start) : "", clause);
  finding.figures = {{"divergence", from.divergences.mean(),
                      "Jensen-Shannon divergence, 0 to 0.693, of the model's attention and that of random parameters"},
                     {"of_shuffled", from.shares.mean(),
                      "its share of the same with the latter shuffled: 1 where they have nothing in common"},
                     {"tau", from.taus.mean(), "Kendall's rank correlation of the two"}};
  if (of_start)
    finding.figures.push_back({"of_start", *of_start,
                               "the same share beside the parameters that training began with: 0 where nothing was "
                               "learned"});
  return finding;
}

}  // namespace attune
