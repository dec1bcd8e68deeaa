// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>

#include "attune/explain/audit.hpp"
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

  /// As shuffled_divergence(), of the audited rows: how far apart attention is that has nothing in common.
  [[nodiscard]] double shuffled_divergence() const;

  /// @throws StoppedError
  void check_stop() const;
  void progress(const char* test, int64_t done, int64_t total) const;
  /// The executor runs `of_row` of every audited row. @throws StoppedError between some of them.
  void for_each_row(const char* test, const std::function<void(size_t row)>& of_row) const;
};

/// One of the questions put to attention.
struct AuditTest {
  AuditTestDescription description;
  Finding (*run)(const AuditContext& context);  ///< gives outcome, sentence and figures
};

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
