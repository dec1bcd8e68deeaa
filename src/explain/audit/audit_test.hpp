// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "attune/explain/audit.hpp"
#include "attune/metrics/bootstrap.hpp"
#include "audited_rows.hpp"

namespace attune {

/// What every test is given.
struct AuditContext {
  const AuditTask& task;
  const AuditOptions& options;
  const AuditedRows& audited;
  const std::string& site;
  Executor& executor;
  const AuditCallbacks& callbacks;

  [[nodiscard]] bool predicts_classes() const { return !task.model.outputs()[task.output]->classes().empty(); }
  /// What moves when answers do, for sentences.
  [[nodiscard]] std::string quantity() const { return predicts_classes() ? "probabilities" : "the scaled number"; }

  /// How far another model's attention to the same rows is from the audited one's.
  [[nodiscard]] AttentionDistance distance_to(const Model& other) const;

  /// @throws StoppedError
  void check_stop() const;
  void progress(const char* test, int64_t done, int64_t total) const;
  /// The executor runs `of_row` of every audited row. @throws StoppedError between rows.
  void for_each_row(const char* test, const std::function<void(size_t row)>& of_row) const;
};

/// One of the questions put to attention.
struct AuditTest {
  AuditTestDescription description;
  Finding (*run)(const AuditContext& context);  ///< gives outcome, sentence and figures
};

// What three of the tests conclude from figures.

/// For: better than chance, and at least half of the way to the best ordering. Untested: beside fewer orderings than
/// kFewestOrderingsToJudge; on fewer rows than kFewestRowsToJudge no better than chance; or no row was short enough to
/// search for its best ordering.
[[nodiscard]] Outcome faithfulness_outcome(const FaithfulnessSummary& summary);
/// By the paired bootstrap, each model being taken to be right alone on one row more (Bonett, Price 2012, "Adjusted
/// Wald confidence interval for a difference of binomial proportions based on paired data"). For where both are right
/// on the same rows, or nearly so, the rows alone do not tell how often one may be right alone: of n rows on which they
/// agree the interval would have no width, and so reaches to 3 / (n + 2), about the rule of three's.
/// @param own, others [rows] 1 where a model is right, else 0
[[nodiscard]] PairedDifference lead_in_accuracy(std::vector<double> own, std::vector<double> others, RandomKey key);
/// For: the interval lies above 0. Against: it lies below `useful`. Untested: it holds both.
[[nodiscard]] Outcome uniform_outcome(const PairedDifference& advantage, double useful);
struct RandomisedConclusion {
  Outcome outcome;
  std::string clause;  ///< of a sentence, why
};
/// @param divergence   from networks of random parameters, 0 to ln 2, and its share of the same shuffled
/// @param of_start     that share beside the network which training began with; nothing where it is not known
[[nodiscard]] RandomisedConclusion randomised_conclusion(double divergence, double of_shuffled,
                                                         const std::optional<double>& of_start);

/// The table of audit_tests.cpp, cheapest first.
[[nodiscard]] std::span<const AuditTest> audit_test_table();

// Its functions; each has a file of its own.
[[nodiscard]] Finding test_permuted(const AuditContext& context);
[[nodiscard]] Finding test_randomised(const AuditContext& context);
[[nodiscard]] Finding test_adversarial(const AuditContext& context);
[[nodiscard]] Finding test_faithfulness(const AuditContext& context);
[[nodiscard]] Finding test_uniform(const AuditContext& context);
[[nodiscard]] Finding test_seeds(const AuditContext& context);

}  // namespace attune
