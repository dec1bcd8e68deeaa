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

constexpr double kUsefulAccuracy = 0.02;
constexpr double kUsefulShareOfError = 0.05;  // of the mean squared error with uniform weights

bool all_finite(const std::vector<double>& numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [](double number) { return std::isfinite(number); });
}

std::string meaning_of(Outcome outcome, double useful) {
  switch (outcome) {
    case Outcome::kFor:
      return "so the task needs attention there";
    case Outcome::kAgainst:
      return fmt::format("less than a useful {:.3g}, so the task hardly needs attention there", useful);
    case Outcome::kUntested:
      break;
  }
  return fmt::format("too few rows to tell no lead from a useful one of {:.3g}; hold back more", useful);
}

}  // namespace

PairedDifference lead_in_accuracy(std::vector<double> own, std::vector<double> others, RandomKey key) {
  const double lead = mean_score(own) - mean_score(others);
  for (const double right : {1.0, 0.0}) own.push_back(right), others.push_back(1 - right);
  auto interval = paired_bootstrap(own, others, key);
  interval.difference = lead;
  return interval;
}

Outcome uniform_outcome(const PairedDifference& advantage, double useful) {
  if (advantage.low > 0) return Outcome::kFor;
  return advantage.high < useful ? Outcome::kAgainst : Outcome::kUntested;
}

Finding test_uniform(const AuditContext& context) {
  auto request = request_of(context);
  const auto held = held_back(request);
  if (std::ssize(held.rows) < kFewestRowsToJudge)
    return {.sentence =
                fmt::format("Not tested, for the training held back {} to compare on, fewer than {}; hold back more.",
                            counted(std::ssize(held.rows), "row"), kFewestRowsToJudge)};
  if (request.training.kernels == "fused") request.training.kernels = "automatic";  // which compute their own weights
  request.intervention = [own = request.intervention, site = context.site](std::string_view at) {
    auto change = own ? own(at) : Intervention{};
    if (at == site) change.weights = Intervention::Weights::kUniform;
    return change;
  };
  const auto uniform = trained(context, request, "uniform", 0, 1);
  const auto output = context.task.output;
  const auto own = scores_on(context.task.model, output, held, context.executor);
  const auto others = scores_on(uniform, output, held, context.executor);

  if (!all_finite(own) || !all_finite(others))
    return {.sentence = "Not tested, for squared errors on the rows held back are beyond what a double holds."};
  const bool classes = context.predicts_classes();
  const auto key = context.options.key.with("uniform");
  // Above 0 the model is the better one: more right answers, a smaller error.
  const auto advantage = classes ? lead_in_accuracy(own, others, key) : paired_bootstrap(others, own, key);
  const double useful = classes ? kUsefulAccuracy : kUsefulShareOfError * mean_score(others);
  Finding finding{.outcome = uniform_outcome(advantage, useful)};
  finding.sentence = fmt::format(
      "The model's {} one trained with uniform weights at {} is {:+.3g} on {} held back (95 % interval {:+.3g} to "
      "{:+.3g}); {}.",
      classes ? "lead in accuracy over" : "lead in mean squared error over", context.site, advantage.difference,
      counted(std::ssize(held.rows), "row"), advantage.low, advantage.high, meaning_of(finding.outcome, useful));
  finding.figures = {
      {"advantage", advantage.difference,
       "accuracy of the model less that of one trained with uniform weights (of a number: the latter's mean squared "
       "error less the former's), on the rows that training held back"},
      {"advantage_low", advantage.low,
       "lower end of its 95 % interval, of the paired bootstrap (of classes with a row more for each model)"},
      {"advantage_high", advantage.high, "upper end"},
      {"useful", useful, "an advantage below which attention is not needed"}};
  return finding;
}

}  // namespace attune
