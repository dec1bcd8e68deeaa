// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numeric>

#include "gauss_legendre.hpp"
#include "gradient_path.hpp"
#include "methods.hpp"

namespace attune {
namespace {

constexpr int64_t kCheapSteps = 4, kFirstSteps = 8, kMostSteps = 1024;
constexpr double kSmallGap = 0.01;  // of the change
constexpr const char* kBaseline = "baseline: every token masked, and nothing for the linear part";

/// Nodes lie densest at the baseline, where a normalised network turns fastest: share = u^2 for u of Gauss and
/// Legendre.
std::vector<PathPoint> path_points(int64_t steps) {
  std::vector<PathPoint> points;
  for (const auto& node : gauss_legendre(steps))
    points.push_back({.share = node.at * node.at, .weight = 2 * node.at * node.weight});
  return points;
}

Completeness completeness_of(const Attribution& attribution, double change, double typical_change) {
  const double sum = std::accumulate(attribution.values.begin(), attribution.values.end(), attribution.elsewhere);
  const double gap = std::abs(change - sum), beside = std::max(std::abs(change), typical_change);
  return {.change = change, .gap = gap, .share = beside > 0 ? gap / beside : 0};
}

/// @param steps of the path
Attribution integrated(const GradientPath& path, int64_t steps, double change, const MethodControl& control) {
  Attribution attribution;
  path.add(path_points(steps), control, attribution);
  attribution.steps = steps;
  attribution.completeness = completeness_of(attribution, change, control.typical_change);
  return attribution;
}

}  // namespace

double mean_change(std::span<const Subject> subjects, Executor& executor) {
  std::vector<double> changes(subjects.size());
  executor.run(std::ssize(subjects), [&](int64_t s) {
    changes[static_cast<size_t>(s)] = std::abs(GradientPath(subjects[static_cast<size_t>(s)]).change());
  });
  return subjects.empty() ? 0
                          : std::accumulate(changes.begin(), changes.end(), 0.0) / static_cast<double>(changes.size());
}

Attribution explain_by_gradient_input(const Subject& subject, const MethodControl& control) {
  const GradientPath path(subject);
  Attribution attribution;
  const PathPoint row;
  path.add({&row, 1}, control, attribution);
  return attribution;
}

Attribution explain_by_gradient_path(const Subject& subject, const MethodControl& control) {
  const GradientPath path(subject);
  auto attribution = integrated(path, kCheapSteps, path.change(), control);
  ++attribution.forward_passes;  // of the baseline
  attribution.notes.emplace_back(kBaseline);
  return attribution;
}

/// Steps are doubled until the gap is small; the passes of all attempts are counted.
Attribution explain_by_integrated_gradients(const Subject& subject, const MethodControl& control) {
  const GradientPath path(subject);
  const double change = path.change();
  int64_t forward = 1, backward = 0;  // of the baseline
  for (int64_t steps = kFirstSteps;; steps *= 2) {
    auto attribution = integrated(path, steps, change, control);
    forward += attribution.forward_passes, backward += attribution.backward_passes;
    const bool small = attribution.completeness->share < kSmallGap;
    if (!small && steps < kMostSteps) continue;
    attribution.forward_passes = forward, attribution.backward_passes = backward;
    attribution.notes.emplace_back(kBaseline);
    if (!small) attribution.notes.push_back("the gap is not below 1 % after " + std::to_string(steps) + " steps");
    return attribution;
  }
}

}  // namespace attune
