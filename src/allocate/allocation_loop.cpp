// SPDX-License-Identifier: Apache-2.0
#include "attune/allocate/allocation_loop.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "attune/core/error.hpp"
#include "attune/core/random.hpp"
#include "attune/core/wording.hpp"

namespace attune {
namespace {

std::vector<int64_t> permuted(std::vector<int64_t> numbers, const RandomKey& key) {
  std::vector<int64_t> order(numbers.size());
  key.permutation(order);
  for (auto& place : order) place = numbers[static_cast<size_t>(place)];
  return order;
}

/// How many groups are only measured: the share rounded down, but at least one.
int64_t validation_groups(int64_t groups, double fraction) {
  return fraction == 0 ? 0 : std::max<int64_t>(1, static_cast<int64_t>(fraction * static_cast<double>(groups)));
}

void check_split(int64_t groups, double fraction) {
  if (validation_groups(groups, fraction) < groups) return;
  throw UsageError("--validation-fraction " + Json(fraction).dump() +
                   ": expected a group to train on beside those to " + "validate on, found " +
                   counted(groups, "group") + " in all; give more groups, or no fraction");
}

/// Fills in which groups are trained on and which are only measured.
void split_groups(int64_t groups, double fraction, uint64_t seed, LoopResult& result) {
  std::vector<int64_t> all(static_cast<size_t>(groups));
  std::iota(all.begin(), all.end(), 0);
  if (fraction == 0) {
    result.training = std::move(all);
    return;
  }
  const auto count = validation_groups(groups, fraction);
  const auto order = permuted(std::move(all), RandomKey(seed).with("allocation validation"));
  result.validation.assign(order.begin(), order.begin() + count);
  result.training.assign(order.begin() + count, order.end());
  std::sort(result.validation.begin(), result.validation.end());
  std::sort(result.training.begin(), result.training.end());
}

/// A context lies between the values of its group, so that only numbers beyond double's range get here.
[[noreturn]] void refuse_loss(int64_t epoch, double rate) {
  if (epoch == 0)
    throw NumericError(
        "the loss is not finite before the first step: values and targets are too large to be squared, or features to "
        "be "
        "multiplied with the parameters; divide them");
  throw NumericError("the loss is no longer finite after epoch " + std::to_string(epoch) + " with learning rate " +
                     Json(rate).dump() + "; try a smaller one, or features of mean 0 and deviation 1");
}

/// Knows the best epoch so far and when to give up hope.
class BestEpoch {
 public:
  BestEpoch(int64_t patience, double least_gain) : patience_(patience), least_gain_(least_gain) {}

  /// Whether this is the best one so far.
  bool add(const LoopEpoch& epoch) {
    const double loss = epoch.watched();
    if (loss < reference_ - least_gain_ * std::abs(reference_) || reference_ == kNone) {
      reference_ = loss;
      gained_ = epoch.epoch;
    }
    if (!(loss < least_)) return false;
    least_ = loss;
    return true;
  }
  [[nodiscard]] bool hopeless(int64_t epoch) const { return patience_ > 0 && epoch - gained_ >= patience_; }

 private:
  static constexpr double kNone = std::numeric_limits<double>::infinity();
  int64_t patience_;
  double least_gain_;
  int64_t gained_ = 0;
  double reference_ = kNone;  // what the next gain is measured from
  double least_ = kNone;
};

}  // namespace

GroupFigures measure_groups(const ItemGroups& groups, std::span<const int64_t> numbers,
                            const AllocationParameters& parameters, AllocationLoss loss) {
  AllocationPass pass;
  double sum = 0;
  int64_t right = 0;
  for (const auto number : numbers) {
    const auto group = groups.group(number);
    measure_group(group, parameters, loss, pass);
    sum += pass.loss;
    const auto greatest = std::max_element(pass.context.begin(), pass.context.end());
    if (greatest - pass.context.begin() == group.target_class) ++right;
  }
  const auto count = static_cast<double>(numbers.size());
  GroupFigures figures{.loss = sum / count, .accuracy = {}};
  if (loss == AllocationLoss::kCrossEntropy) figures.accuracy = static_cast<double>(right) / count;
  return figures;
}

const char* loop_end_name(LoopEnd end) {
  switch (end) {
    case LoopEnd::kFinished:
      return "finished";
    case LoopEnd::kEarly:
      return "stopped early";
    case LoopEnd::kInterrupted:
      return "interrupted";
  }
  return "";
}

AllocationLoop::AllocationLoop(const ItemGroups& groups, AllocationLoopConfig config, uint64_t seed,
                               std::optional<AllocationParameters> start)
    : groups_(groups), config_(std::move(config)), loss_(config_.loss_kind()), seed_(seed) {
  check(config_, "allocation loop");
  check(groups, loss_);
  check_split(groups.groups(), config_.validation_fraction);
  parameters_ = start ? std::move(*start)
                      : draw_parameters(parse_item_score(config_.score), groups.key_width, groups.value_width,
                                        config_.initial_mean, config_.initial_deviation, seed);
  if (config_.batch_size == 0) config_.batch_size = groups.groups();
  weigh_items(groups.group(0), parameters_, pass_);  // whether they fit
}

double AllocationLoop::step(std::span<const int64_t> groups) {
  gradient_.weights.assign(parameters_.weights.size(), 0);
  gradient_.bias = 0;
  double sum = 0;
  for (const auto number : groups) {
    add_group_gradient(groups_.group(number), parameters_, loss_, pass_, gradient_);
    sum += pass_.loss;
  }
  const auto count = static_cast<double>(groups.size());
  descend(parameters_, gradient_, config_.learning_rate / count);
  return sum / count;
}

LoopEpoch AllocationLoop::measure_epoch(int64_t epoch, const LoopResult& result) const {
  const auto loss_of = [&](const std::vector<int64_t>& numbers) {
    return measure_groups(groups_, numbers, parameters_, loss_).loss;
  };
  LoopEpoch measured{.epoch = epoch, .training_loss = loss_of(result.training), .validation_loss = {}};
  if (!result.validation.empty()) measured.validation_loss = loss_of(result.validation);
  if (!std::isfinite(measured.training_loss) || !std::isfinite(measured.watched()))
    refuse_loss(epoch, config_.learning_rate);
  return measured;
}

/// False when the caller wants it to stop.
bool AllocationLoop::run_epoch(int64_t epoch, const LoopResult& result, const LoopCallbacks& callbacks) {
  const auto key = RandomKey(seed_).with("allocation order").with(static_cast<uint64_t>(epoch));
  const auto order = permuted(result.training, key);
  const auto size = static_cast<size_t>(config_.batch_size);
  for (size_t begin = 0; begin < order.size(); begin += size) {
    if (callbacks.should_stop && callbacks.should_stop()) return false;
    const auto batch = std::span(order).subspan(begin, std::min(size, order.size() - begin));
    step(batch);
    if (callbacks.on_step)
      callbacks.on_step({.epoch = epoch,
                         .groups = static_cast<int64_t>(begin + batch.size()),
                         .groups_total = static_cast<int64_t>(order.size())});
  }
  return true;
}

LoopResult AllocationLoop::run(const LoopCallbacks& callbacks) {
  LoopResult result;
  split_groups(groups_.groups(), config_.validation_fraction, seed_, result);
  BestEpoch best(config_.patience, config_.least_gain);
  auto kept = parameters_;
  const auto keep = [&](int64_t epoch) {
    result.history.push_back(measure_epoch(epoch, result));
    if (best.add(result.history.back())) {
      kept = parameters_;
      result.best_epoch = epoch;
    }
    if (callbacks.on_epoch) callbacks.on_epoch(result.history.back());
  };
  keep(0);
  for (int64_t epoch = 1; epoch <= config_.epochs && result.end == LoopEnd::kFinished; ++epoch) {
    if (!run_epoch(epoch, result, callbacks)) {
      result.end = LoopEnd::kInterrupted;
      break;
    }
    keep(epoch);
    if (best.hopeless(epoch) && epoch < config_.epochs) result.end = LoopEnd::kEarly;
  }
  parameters_ = std::move(kept);
  return result;
}

}  // namespace attune
