// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "attune/core/executor.hpp"
#include "attune/core/fields.hpp"
#include "attune/train/fit.hpp"

namespace attune {

/// How often a table is fitted, to learn how much a result owes to chance.
struct RepeatConfig {
  int64_t seeds = 1;  ///< trainings, the first with the seed asked for, each further one with the next
  int64_t folds = 0;  ///< parts of the table, each of which is validated on once with each seed; 0: none
  void visit_fields(FieldVisitor& v);
  [[nodiscard]] bool repeats() const { return seeds > 1 || folds != 0; }
};

/// What repeated_fit() refuses of options alone, besides what check_options(request) does.
/// @param validation_table whether there is to be one. @throws UsageError
void check_options(const FitRequest& request, const RepeatConfig& config, bool validation_table);

/// Which of several trainings.
struct RunId {
  uint64_t seed = 0;
  std::optional<int64_t> fold = {};  ///< from 1; none: of the usual split
};
[[nodiscard]] Json to_json(const RunId& id);
/// `seed 3`, `seed 3, fold 2`
[[nodiscard]] std::string run_name(const RunId& id);

/// What one training came to.
struct RunRecord {
  RunId id;
  TrainEnd end = TrainEnd::kFinished;
  int64_t best_epoch = 0;
  std::string failure = {};      ///< kNotFinite, which is of no count in the summary
  Json metrics = Json::array();  ///< per output its name, rows and figures; without tables and curves
};
[[nodiscard]] Json to_json(const RunRecord& run);

struct RepeatedResult {
  std::vector<RunRecord> runs;  ///< those that came to an end, in order
  /// Per output {"output", "runs", FIGURE: {"mean", "standard_deviation", "interval"}, ..}; a figure that some run has
  /// not is left out. Over seeds alone the interval says what other seeds would do, not other rows. Over folds it is
  /// rough: they share training rows, so that their figures are not independent (Bengio, Grandvalet 2004, "No unbiased
  /// estimator of the variance of k-fold cross-validation").
  Json summary = Json::array();
  /// The model to keep; none when no training came so far. Its record holds "runs" and "summary".
  std::optional<FitResult> kept;
  RunId kept_id;
  bool interrupted = false;
};

struct RepeatedCallbacks {
  FitCallbacks fit;  ///< a note that an earlier run has made is not repeated
  std::function<void(const RunId&)> on_begin;
  /// After each training, of the folds, the seeds, or the model after the folds.
  std::function<void(const RunId&, const FitResult&)> on_end;
  /// One that is of count, after on_end.
  std::function<void(const RunRecord&)> on_run;
  /// Another model is the one to keep so far. Who writes it loses nothing to a crash in a later run.
  std::function<void(Model&)> on_kept;
};

/// fit() several times. With seeds alone every run has the same training and validation rows, and the run of the best
/// score on them is kept: by the sum over outputs of the negative log likelihood (of numbers: 1 - R2), or with
/// training.select = metric the mean of accuracy (R2). With folds each row is validated once with each seed, no fold's
/// model is kept, and after them a last one is trained on the usual split with the first seed. All rows are split by
/// request.split.seed, whatever the run's seed. A time limit is for all runs together; each has an equal part of what
/// is left. Baselines are not measured on folds. No checkpoints are written.
///
/// When should_stop says so, the training at work is given up, and the result holds those before it; if it was to be
/// kept, or there is no other, its best epoch.
/// @throws UsageError for a resumed request, folds beside a validation table, seeds without validation rows; and as
/// fit(), but for StoppedError.
[[nodiscard]] RepeatedResult repeated_fit(const FitRequest& request, const RepeatConfig& config, Executor& executor,
                                          const RepeatedCallbacks& callbacks = {});

}  // namespace attune
