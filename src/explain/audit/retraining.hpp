// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "audit_test.hpp"

namespace attune {

/// The rows that the training validates on; with which it was chosen, so that they flatter all models alike.
struct HeldBackRows {
  std::shared_ptr<const Table> table;
  std::vector<int64_t> rows;
};
[[nodiscard]] HeldBackRows held_back(const FitRequest& request);

/// Why the model cannot be trained anew, as far as can be told beforehand: its file of word vectors is gone, or has
/// changed. A clause; empty where nothing stands against it. Reads that file from front to end. @throws StoppedError
[[nodiscard]] std::string obstacle_to_training(const AuditTask& task, const AuditCallbacks& callbacks);

/// The training that made the model, under the intervention that the model is under.
[[nodiscard]] FitRequest request_of(const AuditContext& context);

/// Trains, and tells the progress as that of `test`. @param part of so many `parts` that the test trains
/// @throws as fit(); StoppedError.
[[nodiscard]] Model trained(const AuditContext& context, const FitRequest& request, const char* test, int64_t part,
                            int64_t parts);

/// As row_scores(), of the model's answers to rows whose truth is known.
[[nodiscard]] std::vector<double> scores_on(const Model& model, size_t output, const HeldBackRows& rows,
                                            Executor& executor);
/// Their mean: the accuracy, or the mean squared error.
[[nodiscard]] double mean_score(const std::vector<double>& scores);

}  // namespace attune
