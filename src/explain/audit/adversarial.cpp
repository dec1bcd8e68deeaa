// SPDX-License-Identifier: Apache-2.0
// Jain, Wallace 2019, arXiv:1902.10186, section 4.2.2: if quite other weights give the same answer, the computed ones
// are one story of several. Wiegreffe, Pinter 2019, arXiv:1908.04626, section 3, hold that such weights need not be
// ones that a training would come to, for which this test alone does not decide.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numbers>

#include "adversary.hpp"
#include "attune/core/wording.hpp"
#include "attune/metrics/quantile.hpp"
#include "audit_test.hpp"

namespace attune {
namespace {

/// Half of what two weightings can be apart.
constexpr double kMostDivergence = std::numbers::ln2 / 2;

}  // namespace

Finding test_adversarial(const AuditContext& context) {
  std::vector<double> found(context.audited.subjects.size(), std::numeric_limits<double>::quiet_NaN());
  context.for_each_row("adversarial", [&](size_t r) {
    const auto& subject = context.audited.subjects[r];
    if (!fits(subject, context.site, AdversaryOptions{}.starts)) return;
    const auto key = context.options.key.with("adversarial").with(static_cast<uint64_t>(context.audited.numbers[r]));
    found[r] = adversarial_divergence(SiteRerun(subject, context.site), {.key = key});
  });
  std::erase_if(found, [](double divergence) { return divergence != divergence; });
  if (found.empty())
    return {.sentence = "Not tested, for all rows are too long to search their weights; audit shorter ones."};
  std::sort(found.begin(), found.end());
  const double median = quantile(found, 0.5);
  const bool unique = median <= kMostDivergence;
  Finding finding{.outcome = unique ? Outcome::kFor : Outcome::kAgainst};
  finding.sentence = fmt::format(
      "Weights {:.3f} away (Jensen-Shannon, at most 0.693; the median of {}) leave the answer within {}; {}.", median,
      counted(std::ssize(found), "row"), AdversaryOptions{}.most_change,
      unique ? "no quite different ones were found" : "quite different ones explain it as well");
  finding.figures = {{"divergence", median,
                      "Jensen-Shannon divergence, 0 to 0.693, of the furthest weights found that leave the answer: the "
                      "median over rows"},
                     {"rows", static_cast<double>(std::ssize(found)), "rows that were searched"}};
  return finding;
}

}  // namespace attune
