// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "attune/core/executor.hpp"
#include "attune/data/table.hpp"
#include "attune/explain/faithfulness.hpp"
#include "attune/explain/finding.hpp"
#include "attune/model/model.hpp"
#include "attune/train/fit.hpp"

namespace attune {

/// How much an audit does. What its tests hold attention to are constants of theirs, listed in docs/explain.md.
struct AuditOptions {
  int64_t rows = 200;                     ///< audited at most, spread evenly over the table
  int64_t permutations = 20;              ///< of each row's weights
  int64_t redraws = 3;                    ///< networks of random parameters
  int64_t seeds = 2;                      ///< trainings with other seeds; 0: that test is left out
  FaithfulnessOptions faithfulness = {};  ///< of the method `attention`
  RandomKey key = RandomKey(1);           ///< of rows' permutations, starts and redraws
};

/// What is audited: the attention that the method `attention` shows, as an explanation of the answers that one model
/// gives for one output. An intervention that the model is under stays in all that is done, gates on the judged heads
/// among it.
struct AuditTask {
  const Model& model;
  std::shared_ptr<const Table> table;  ///< whose rows are audited; need not hold the right answers
  size_t output = 0;
  /// The training that made the model (recorded_request()), for the tests that train it anew, under the intervention
  /// that the model is under. None: they are left out.
  std::optional<FitRequest> training = {};
  std::string no_training_why = "it was not given";  ///< a clause for those: "its training table is not there"
};

struct AuditProgress {
  std::string test;
  int64_t done = 0, total = 0;
};

struct AuditCallbacks {
  std::function<void(const AuditProgress&)> on_progress;  ///< by the calling thread
  std::function<bool()> should_stop;                      ///< by several threads
};

struct Audit {
  std::string site;  ///< whose attention is judged: "pool", "block.1.self"
  int64_t rows = 0;  ///< audited
  std::vector<Finding> findings;
  AuditVerdict verdict;
};

/// What audit() refuses, found before hours of training. @throws UsageError for a model or output without attention to
/// judge, or under an intervention that sets its weights; for options out of range, and a table without rows of at
/// least two tokens; InputError naming file and row. Thread-safe.
void check_audit(const AuditTask& task, const AuditOptions& options, Executor& executor);

/// Runs every test of audit_tests(), cheapest first. The same task and options give the same audit, for every number of
/// threads. What cannot be trained anew, for its word vectors are gone or have changed, or as the training fails,
/// leaves the tests that train untested, the former before the first step.
///
/// Holds the audited rows throughout, embedded and as the backbone left them: 8 W bytes a token, for the model and for
/// one other whose attention is set beside it; and while it trains, two models and what fit() takes. Thread-safe
/// as long as nobody changes the model.
/// @throws as check_audit(); StoppedError when should_stop says so.
[[nodiscard]] Audit audit(const AuditTask& task, const AuditOptions& options, Executor& executor,
                          const AuditCallbacks& callbacks = {});

/// A test as a person is told of it.
struct AuditTestDescription {
  const char* name;      ///< "permuted"
  const char* question;  ///< what it asks, with the paper
  bool decisive;         ///< attention that fails it explains nothing, whatever the others say
  bool trains;           ///< needs AuditTask::training
};
[[nodiscard]] std::vector<AuditTestDescription> audit_tests();

}  // namespace attune
