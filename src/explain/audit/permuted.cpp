// SPDX-License-Identifier: Apache-2.0
// Jain, Wallace 2019, "Attention is not explanation", arXiv:1902.10186, section 4.2.1: if the answer stays when the
// weights are shuffled, it does not rest on which token got which weight.
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <algorithm>

#include "attune/core/moments.hpp"
#include "attune/metrics/quantile.hpp"
#include "audit_test.hpp"
#include "row_copies.hpp"
#include "site_rerun.hpp"

namespace attune {
namespace {

/// Of a probability, or of a number in deviations: an answer that moves by less is the same to a reader.
constexpr double kLeastChange = 0.05;
/// Half of the permutations of two tokens leave them where they are, which a median would take for the answer's doing.
constexpr int64_t kFewestTokens = 3;

std::vector<double> changes_when_permuted(const SiteRerun& rerun, RandomKey key, int64_t tokens, int64_t count) {
  const at::NoGradGuard no_gradients;
  std::vector<double> changes;
  for (uint64_t part = 0; std::ssize(changes) < count; ++part) {
    const auto copies = std::min(rows_at_once(tokens), count - std::ssize(changes));
    const Intervention shuffled{.weights = Intervention::Weights::kPermuted, .permutation = key.with(part)};
    const auto moved = rerun.change(shuffled, copies).contiguous();
    changes.insert(changes.end(), moved.const_data_ptr<double>(), moved.const_data_ptr<double>() + copies);
  }
  return changes;
}

}  // namespace

Finding test_permuted(const AuditContext& context) {
  constexpr double kNotTested = -1;
  std::vector<double> medians(context.audited.subjects.size(), kNotTested);
  context.for_each_row("permuted", [&](size_t r) {
    const auto& subject = context.audited.subjects[r];
    if (std::ssize(subject.tokens()) < kFewestTokens || !fits(subject, context.site, 1)) return;
    const auto key = context.options.key.with("permuted").with(static_cast<uint64_t>(context.audited.numbers[r]));
    auto changes = changes_when_permuted(SiteRerun(subject, context.site), key, std::ssize(subject.tokens()),
                                         context.options.permutations);
    std::sort(changes.begin(), changes.end());
    medians[r] = quantile(changes, 0.5);
  });
  std::erase(medians, kNotTested);
  if (medians.empty())
    return {.sentence =
                fmt::format("Not tested, for every row has fewer than {} tokens, or too many to hold the weights of; "
                            "audit other ones.",
                            kFewestTokens)};
  Moments change;
  for (const double median : medians) change.add(median);
  const bool moves = change.mean() >= kLeastChange;
  Finding finding{.outcome = moves ? Outcome::kFor : Outcome::kAgainst};
  finding.sentence = fmt::format("Shuffling the weights among a row's tokens moves {} by {:.3f} on average; {} {}.",
                                 context.quantity(), change.mean(),
                                 moves ? "the answer rests on which token got them: at least"
                                       : "answers hardly rest on which token got them: less than",
                                 kLeastChange);
  finding.figures = {
      {"change", change.mean(),
       "how far the answer moves (classes: total variation, 0 to 1; a number: deviations) when the weights of a row "
       "are shuffled: the median of a row's permutations, averaged over rows"},
      {"rows", static_cast<double>(change.count()), "rows of at least three tokens"}};
  return finding;
}

}  // namespace attune
