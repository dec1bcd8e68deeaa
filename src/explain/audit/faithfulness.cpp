// SPDX-License-Identifier: Apache-2.0
// The honesty figures of the method `attention`, as a test: what it puts first must matter to the answer.
#include "attune/explain/faithfulness.hpp"

#include <fmt/format.h>

#include <optional>

#include "attune/core/wording.hpp"
#include "attune/explain/method.hpp"
#include "audit_test.hpp"

namespace attune {
namespace {

/// Of the way from random orderings to the best that a search finds.
constexpr double kLeastClosed = 0.5;

/// Of the rows that can be measured; nothing where none can.
std::optional<FaithfulnessSummary> measured(const AuditContext& context) {
  const auto& subjects = context.audited.subjects;
  std::vector<FaithfulnessGround> grounds;
  std::vector<Faithfulness> faithfulness;
  for (size_t r = 0; r < subjects.size(); ++r) {
    context.check_stop();
    context.progress("faithfulness", static_cast<int64_t>(r), std::ssize(subjects));
    if (!can_be_measured(subjects[r], context.options.faithfulness)) continue;
    const auto row = static_cast<uint64_t>(context.audited.numbers[r]);
    grounds.push_back(faithfulness_ground(subjects[r], row, context.options.faithfulness, context.executor,
                                          {.should_stop = context.callbacks.should_stop}));
    Attribution attention;
    attention.values = context.audited.attention[r];
    faithfulness.push_back(faithfulness_of(subjects[r], attention, grounds.back(), context.executor));
  }
  if (grounds.empty()) return std::nullopt;
  return summary_of(faithfulness, grounds);
}

/// What keeps a summary from being judged; empty where nothing does.
std::string unjudged(const FaithfulnessSummary& summary) {
  if (summary.random_orderings < kFewestOrderingsToJudge)
    return fmt::format("{} say little of chance; set it beside {} at least",
                       counted(summary.random_orderings, "random ordering"), kFewestOrderingsToJudge);
  if (!beats_chance(summary))
    return summary.rows < kFewestRowsToJudge ? "so few rows do not tell it from chance; audit more of them" : "";
  return summary.bounded_rows > 0 ? ""
                                  : "no row is short enough to search for the best ordering, beside which it is judged";
}

}  // namespace

Outcome faithfulness_outcome(const FaithfulnessSummary& summary) {
  if (!unjudged(summary).empty()) return Outcome::kUntested;
  // Where no ordering is better than chance there is nothing that attention could find.
  return beats_chance(summary) && summary.closed.value_or(0) >= kLeastClosed ? Outcome::kFor : Outcome::kAgainst;
}

Finding test_faithfulness(const AuditContext& context) {
  const auto rows = measured(context);
  if (!rows)
    return {.sentence = fmt::format("Not tested, for every row has more than {} tokens; audit shorter ones.",
                                    context.options.faithfulness.most_tokens)};
  const auto& summary = *rows;
  const double own = summary.erasure.comprehensiveness, random = summary.random.comprehensiveness;
  Finding finding{.outcome = faithfulness_outcome(summary)};
  finding.sentence = fmt::format("Erasing what it looks at most {} by {:.3f}, a random ordering by {:.3f}{}",
                                 context.predicts_classes() ? "lowers probabilities" : "moves the scaled number", own,
                                 random, beats_chance(summary) ? "" : ": no more than chance");
  if (summary.closed)
    finding.sentence += fmt::format("; of the way to the best ordering it goes {:.2f} (on {}), {} {}", *summary.closed,
                                    counted(summary.bounded_rows, "row"),
                                    *summary.closed >= kLeastClosed ? "at least" : "less than", kLeastClosed);
  if (const auto why = unjudged(summary); !why.empty()) finding.sentence += "; not judged, for " + why;
  finding.sentence += ".";
  finding.figures = {
      {"comprehensiveness", own,
       "how far the answer falls (a number: moves) when what it looks at most is erased (AOPC)"},
      {"random_comprehensiveness", random, "the same of random orderings"},
      {"rows", static_cast<double>(summary.rows), "rows that were measured"},
      {"bounded_rows", static_cast<double>(summary.bounded_rows), "rows whose best ordering is searched"}};
  if (summary.closed)
    finding.figures.push_back({"closed", *summary.closed, "share of the way from random to the best ordering"});
  if (summary.tau)
    finding.figures.push_back({"tau", *summary.tau, "Kendall's rank correlation with leaving each token out"});
  return finding;
}

}  // namespace attune
