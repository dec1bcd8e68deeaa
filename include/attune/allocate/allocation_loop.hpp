// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "attune/allocate/allocation_parameters.hpp"
#include "attune/allocate/allocation_step.hpp"
#include "attune/allocate/item_groups.hpp"
#include "attune/core/fields.hpp"

namespace attune {

/// How the loop goes; each field with its meaning and limits in visit_fields.
struct AllocationLoopConfig {
  std::string score = "scaled_dot";
  std::string loss = "mean_squared_error";
  double learning_rate = 0.1;
  int64_t epochs = 100;
  int64_t batch_size = 32;  ///< groups; 0: all
  int64_t patience = 10;    ///< epochs; 0: no early stop
  double least_gain = 1e-4;
  double validation_fraction = 0;
  double initial_mean = 0;
  double initial_deviation = 0.1;
  void visit_fields(FieldVisitor& v);

  /// @throws UsageError for a name that is none.
  [[nodiscard]] AllocationLoss loss_kind() const;
};

/// How well the contexts of some groups meet their targets.
struct GroupFigures {
  double loss = 0;                 ///< mean over the groups
  std::optional<double> accuracy;  ///< with classes: share of the groups whose right class has the greatest context
};

/// @param numbers of the groups, at least one
[[nodiscard]] GroupFigures measure_groups(const ItemGroups& groups, std::span<const int64_t> numbers,
                                          const AllocationParameters& parameters, AllocationLoss loss);

/// Where the loop stands, after every step.
struct LoopProgress {
  int64_t epoch = 0;   ///< from 1
  int64_t groups = 0;  ///< done in this epoch
  int64_t groups_total = 0;
};

/// The mean losses over groups with the parameters at the end of an epoch.
struct LoopEpoch {
  int64_t epoch = 0;  ///< 0: before the first step
  double training_loss = 0;
  std::optional<double> validation_loss;  ///< none without validation groups
  /// What decides about the best epoch and the early stop.
  [[nodiscard]] double watched() const { return validation_loss.value_or(training_loss); }
};

struct LoopCallbacks {
  std::function<void(const LoopProgress&)> on_step;
  std::function<void(const LoopEpoch&)> on_epoch;
  /// Asked after every step.
  std::function<bool()> should_stop;
};

enum class LoopEnd {
  kFinished,     ///< all epochs
  kEarly,        ///< no gain for `patience` epochs
  kInterrupted,  ///< should_stop said so; the epoch at work does not count
};

/// "finished", "stopped early", "interrupted".
[[nodiscard]] const char* loop_end_name(LoopEnd end);

struct LoopResult {
  LoopEnd end = LoopEnd::kFinished;
  int64_t best_epoch = 0;           ///< whose parameters the loop has at its end
  std::vector<LoopEpoch> history;   ///< from epoch 0
  std::vector<int64_t> training;    ///< numbers of the groups, ascending
  std::vector<int64_t> validation;  ///< the same; drawn by the seed
};

/// The allocation loop: learns by gradient descent how much attention each item of a group deserves.
///
/// (1) W is drawn; then for every batch of groups: (2) scores s = x W / sqrt(K) or tanh(x W_a + b_a); (3) weights =
/// softmax of the scores over the items of a group; (4) context = sum over items of weight x value; (5) W -= learning
/// rate x gradient of the mean loss of the batch. Batches are drawn anew in each epoch, from the seed alone.
///
/// Takes one pass over the items per epoch and one more to measure, in double, in the calling thread; beside the groups
/// it needs memory for one group and the numbers of all. The same numbers for the same groups, configuration and seed.
class AllocationLoop {
 public:
  /// @param groups must outlive the loop and stay as they are
  /// @param start parameters to begin with; none: drawn. Their score is the one that counts.
  /// @throws UsageError for a configuration out of range, or too few groups to validate on some; ShapeError for start
  /// parameters that do not fit; what check(groups) throws.
  AllocationLoop(const ItemGroups& groups, AllocationLoopConfig config, uint64_t seed,
                 std::optional<AllocationParameters> start = std::nullopt);

  [[nodiscard]] const AllocationParameters& parameters() const { return parameters_; }

  /// One update on a batch of groups, at least one. Returns its mean loss before it.
  double step(std::span<const int64_t> groups);

  /// All epochs; the parameters are then those of the epoch with the least watched loss.
  /// @throws NumericError naming the epoch and the way out when the loss is not finite.
  LoopResult run(const LoopCallbacks& callbacks = {});

 private:
  [[nodiscard]] LoopEpoch measure_epoch(int64_t epoch, const LoopResult& result) const;
  bool run_epoch(int64_t epoch, const LoopResult& result, const LoopCallbacks& callbacks);

  const ItemGroups& groups_;
  AllocationLoopConfig config_;
  AllocationLoss loss_;
  uint64_t seed_;
  AllocationParameters parameters_;
  AllocationPass pass_;          // of step(); kept for its memory
  AllocationGradient gradient_;  // the same
};

}  // namespace attune
