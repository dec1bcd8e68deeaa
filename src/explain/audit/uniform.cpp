// SPDX-License-Identifier: Apache-2.0
// Wiegreffe, Pinter 2019, "Attention is not not explanation", arXiv:1908.04626, section 3.2: where a model trained with
// uniform weights is as good, attention is not needed for the task, and what it looks at explains little.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "attune/core/wording.hpp"
#include "attune/metrics/bootstrap.hpp"
#include "retraining.hpp"

namespace attune {
namespace {

constexpr int64_t kFewestRows = 30;  // to tell two models apart on

bool all_finite(const std::vector<double>& numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [](double number) { return std::isfinite(number); });
}

}  // namespace

Finding test_uniform(const AuditContext& context) {
  auto request = *context.task.training;
  const auto held = held_back(request);
  if (std::ssize(held.rows) < kFewestRows)
    return {.sentence = fmt::format("Not tested, for the training held back {} to compare on, fewer than {}.",
                                    counted(std::ssize(held.rows), "row"), kFewestRows)};
  if (request.training.kernels == "fused") request.training.kernels = "automatic";  // which compute their own weights
  request.intervention = [site = context.site](std::string_view at) {
    return at == site ? Intervention{.weights = Intervention::Weights::kUniform} : Intervention{};
  };
  const auto uniform = trained(context, request, "uniform", 0, 1);
  const auto output = context.task.output;
  const auto own = scores_on(context.task.model, output, held, context.executor);
  const auto others = scores_on(uniform, output, held, context.executor);

  if (!all_finite(own) || !all_finite(others))
    return {.sentence = "Not tested, for squared errors on the rows held back are beyond what a double holds."};
  const bool classes = context.predicts_classes();
  const auto key = context.options.key.with("uniform");
  // The first is the one that is better when the difference is above 0: more right answers, a smaller error.
  const auto advantage = classes ? paired_bootstrap(own, others, key) : paired_bootstrap(others, own, key);
  Finding finding{.outcome = advantage.low > 0 ? Outcome::kFor : Outcome::kAgainst};
  finding.sentence = fmt::format(
      "Trained with uniform weights at {}, the model's {} {:.3g} {} on {} held back (95 % interval {:.3g} to {:.3g}); "
      "{}.",
      context.site, classes ? "accuracy is" : "mean squared error is",
      advantage.difference < 0 ? -advantage.difference : advantage.difference,
      (advantage.difference < 0) == classes ? "higher" : "lower", counted(std::ssize(held.rows), "row"), advantage.low,
      advantage.high,
      advantage.low > 0 ? "so the task needs attention there"
                        : "so it is not shown that the task needs attention there");
  finding.figures = {
      {"advantage", advantage.difference,
       "accuracy of the model less that of one trained with uniform weights (of a number: the latter's mean squared "
       "error less the former's), on the rows that training held back"},
      {"advantage_low", advantage.low, "lower end of its 95 % interval, of the paired bootstrap"},
      {"advantage_high", advantage.high, "upper end"}};
  return finding;
}

}  // namespace attune
