// SPDX-License-Identifier: Apache-2.0
#include "baselines_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "attune/train/baseline_comparison.hpp"
#include "metrics_text.hpp"

namespace attune::app {
namespace {

bool of_classes(const Json& baseline) { return baseline.contains("accuracy"); }

/// A share in points, its hundredths, without the sign of what is rounded to 0.
double points(double share) { return std::round(share * 1000) / 10 + 0.0; }

/// In points; numbers in the square of their unit.
std::string signed_text(const Json& baseline, double number) {
  if (of_classes(baseline)) return fmt::format("{:+.1f}", points(number));
  const auto text = number_text(std::abs(number));
  return (number < 0 ? "-" : "+") + text;
}

/// "+3.2 [1.9, 4.6]"
std::string difference_text(const Json& baseline) {
  if (baseline.at("difference").is_null()) return "-";
  const auto end = [&](size_t i) {
    const auto number = baseline.at("interval")[i].get<double>();
    return of_classes(baseline) ? fmt::format("{:.1f}", points(number)) : number_text(number);
  };
  return fmt::format("{} [{}, {}]", signed_text(baseline, baseline.at("difference").get<double>()), end(0), end(1));
}

/// Of numbers too large for a figure.
std::string figure(const Json& baseline, const char* key) {
  return baseline.at(key).is_null() ? "overflows" : number_text(baseline.at(key));
}

/// The first of the best.
const Json& strongest(const Json& baselines) {
  const auto weaker = [](const Json& a, const Json& b) {
    if (of_classes(a)) return a.at("accuracy").get<double>() < b.at("accuracy").get<double>();
    const auto error = [](const Json& one) {
      const auto& figure = one.at("mean_squared_error");
      return figure.is_null() ? HUGE_VAL : figure.get<double>();
    };
    return error(a) > error(b);
  };
  return *std::max_element(baselines.begin(), baselines.end(), weaker);
}

bool has_baselines(const Json& metrics) { return metrics.contains("baselines") && !metrics.at("baselines").empty(); }

}  // namespace

std::string baselines_table(const Json& metrics) {
  if (!has_baselines(metrics)) return "";
  const auto& baselines = metrics.at("baselines");
  size_t width = 0;
  for (const auto& baseline : baselines) width = std::max(width, baseline.at("name").get<std::string>().size());
  const bool classes = of_classes(baselines.front());
  auto text = fmt::format("  {:<{}}  {:<19} {:<17}  {}\n", "baseline", width,
                          classes ? "accuracy" : "mean squared error", classes ? "balanced accuracy" : "R2",
                          classes ? "model less baseline, points" : "model less baseline, squared error");
  for (const auto& baseline : baselines) {
    text += fmt::format("  {:<{}}  {:<19} {:<17}  {}\n", baseline.at("name").get<std::string>(), width,
                        figure(baseline, classes ? "accuracy" : "mean_squared_error"),
                        figure(baseline, classes ? "balanced_accuracy" : "r2"), difference_text(baseline));
  }
  return text + "  " + baselines_verdict(metrics) + "\n";
}

std::vector<report::Figure> baseline_figures(const Json& metrics) {
  std::vector<report::Figure> figures;
  if (!has_baselines(metrics)) return figures;
  for (const auto& baseline : metrics.at("baselines")) {
    const bool classes = of_classes(baseline);
    auto meaning =
        fmt::format("{}, and {} {}.", classes ? "Accuracy" : "Mean squared error", classes ? "balanced accuracy" : "R2",
                    figure(baseline, classes ? "balanced_accuracy" : "r2"));
    if (!baseline.at("difference").is_null())
      meaning += fmt::format(" Model less baseline, with its 95 % interval: {}{}.", difference_text(baseline),
                             classes ? " points" : "");
    figures.push_back({baseline.at("name").get<std::string>(),
                       figure(baseline, classes ? "accuracy" : "mean_squared_error"), meaning});
  }
  return figures;
}

std::string baselines_verdict(const Json& metrics) {
  if (!has_baselines(metrics)) return "";
  const auto& best = strongest(metrics.at("baselines"));
  const auto name = best.at("name").get<std::string>();
  const auto& better = best.at("better");
  if (better.is_boolean() && better.get<bool>()) return "the model is better than the strongest baseline, " + name;
  if (better.is_boolean())
    return "the model is not better than " + name +
           " here: use that, or train longer, on more rows or with other settings";
  const auto apart = "the model cannot be told apart from the strongest baseline, " + name + ": ";
  if (best.at("difference").is_null()) return apart + "squared errors overflow";
  if (metrics.at("rows").get<int64_t>() < kFewestToCompare)
    return apart + fmt::format("that takes {} rows to measure on", kFewestToCompare);
  return apart + "the interval of the difference holds 0";
}

std::string baselines_summary(const Json& metrics) {
  if (metrics.at("baselines").empty()) return "none";
  const auto& best = strongest(metrics.at("baselines"));
  const bool classes = of_classes(best);
  return fmt::format("{} {} {}, model {}{}; {}", best.at("name").get<std::string>(),
                     classes ? "accuracy" : "mean squared error",
                     figure(best, classes ? "accuracy" : "mean_squared_error"), difference_text(best),
                     classes ? " points" : "", baselines_verdict(metrics));
}

}  // namespace attune::app
