// SPDX-License-Identifier: Apache-2.0
// Jain, Wallace 2019, arXiv:1902.10186, section 4.2.2: if quite other weights give the same answer, the computed ones
// are one story of several. Wiegreffe, Pinter 2019, arXiv:1908.04626, section 3, hold that such weights need not be
// ones that a training would come to, for which this test alone does not decide.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "adversary.hpp"
#include "attune/core/wording.hpp"
#include "attune/metrics/quantile.hpp"
#include "audit_test.hpp"

namespace attune {
namespace {

/// Of what weights that may change the answer can be apart, which depends on the row: of two tokens with even weights
/// no others are further off than 0.216, of many tokens nearly ln 2.
constexpr double kMostOfReachable = 0.5;

struct Search {
  double divergence = 0;
  double of_reachable = 0;  // 0 to 1
};

Search searched(const AuditContext& context, size_t r) {
  const SiteRerun rerun(context.audited.subjects[r], context.site);
  const auto key = context.options.key.with("adversarial").with(static_cast<uint64_t>(context.audited.numbers[r]));
  const double found = adversarial_divergence(rerun, {.key = key});
  const double reachable = std::max(reachable_divergence(rerun), found);
  return {.divergence = found, .of_reachable = reachable > 0 ? found / reachable : 0};
}

double median_of(const std::vector<Search>& searches, double Search::*figure) {
  std::vector<double> values;
  for (const auto& search : searches) values.push_back(search.*figure);
  std::sort(values.begin(), values.end());
  return quantile(values, 0.5);
}

}  // namespace

Finding test_adversarial(const AuditContext& context) {
  std::vector<std::optional<Search>> by_row(context.audited.subjects.size());
  context.for_each_row("adversarial", [&](size_t r) {
    if (fits(context.audited.subjects[r], context.site, AdversaryOptions{}.starts)) by_row[r] = searched(context, r);
  });
  std::vector<Search> searches;
  for (const auto& search : by_row) {
    if (search) searches.push_back(*search);
  }
  if (searches.empty())
    return {.sentence = "Not tested, for all rows are too long to search their weights; audit shorter ones."};
  const double share = median_of(searches, &Search::of_reachable);
  const double divergence = median_of(searches, &Search::divergence);
  const bool unique = share <= kMostOfReachable;
  Finding finding{.outcome = unique ? Outcome::kFor : Outcome::kAgainst};
  finding.sentence = fmt::format(
      "Weights {:.3f} away (Jensen-Shannon), {:.2f} of how far weights can go at all (medians of {}), leave the answer "
      "within {}; {} {}.",
      divergence, share, counted(std::ssize(searches), "row"), AdversaryOptions{}.most_change,
      unique ? "no quite different ones were found: at most" : "quite different ones explain it as well: more than",
      kMostOfReachable);
  finding.figures = {{"divergence", divergence,
                      "Jensen-Shannon divergence, 0 to 0.693, of the furthest weights found that leave the answer: the "
                      "median over rows"},
                     {"of_reachable", share,
                      "its share of the divergence of the furthest weights when the answer may change, 0 to 1: the "
                      "median over rows"},
                     {"rows", static_cast<double>(std::ssize(searches)), "rows that were searched"}};
  return finding;
}

}  // namespace attune
