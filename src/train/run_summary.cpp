// SPDX-License-Identifier: Apache-2.0
#include "run_summary.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "attune/metrics/spread.hpp"

namespace attune {
namespace {

struct Figure {
  const char* key;
  FigureRange range;
};

constexpr double kNoLimit = std::numeric_limits<double>::infinity();
constexpr FigureRange kShare{0, 1}, kLoss{0, kNoLimit};
constexpr std::array kFigures = {Figure{"accuracy", kShare},           Figure{"balanced_accuracy", kShare},
                                 Figure{"macro_f1", kShare},           Figure{"negative_log_likelihood", kLoss},
                                 Figure{"brier_score", {0, 2}},        Figure{"expected_calibration_error", kShare},
                                 Figure{"mean_squared_error", kLoss},  Figure{"root_mean_squared_error", kLoss},
                                 Figure{"mean_absolute_error", kLoss}, Figure{"r2", {-kNoLimit, 1}}};

std::optional<double> figure(const Json& metrics, const char* key) {
  const auto found = metrics.find(key);
  if (found == metrics.end() || !found->is_number() || !std::isfinite(found->get<double>())) return std::nullopt;
  return found->get<double>();
}

bool counts(const RunRecord& run) { return run.end != TrainEnd::kNotFinite && !run.metrics.empty(); }

/// The figure in every run; none when one of them has it not.
std::optional<Spread> spread_over(const std::vector<const Json*>& runs, size_t output, const Figure& of) {
  std::vector<double> values;
  for (const auto* metrics : runs) {
    const auto value = figure(metrics->at(output), of.key);
    if (!value) return std::nullopt;
    values.push_back(*value);
  }
  return spread_of(values, of.range);
}

Json summary_of_output(const std::vector<const Json*>& runs, size_t output) {
  Json summary{{"output", runs.front()->at(output).at("output")}, {"runs", runs.size()}};
  for (const auto& of : kFigures) {
    if (const auto spread = spread_over(runs, output, of)) summary[of.key] = to_json(*spread);
  }
  return summary;
}

}  // namespace

Json figures_of(const Json& metrics) {
  Json figures{{"output", metrics.at("output")}, {"rows", metrics.at("rows")}};
  for (const auto& [key, range] : kFigures) {
    if (metrics.contains(key)) figures[key] = metrics.at(key);
  }
  return figures;
}

Json summary_of(const std::vector<RunRecord>& runs) {
  std::vector<const Json*> measured;
  for (const auto& run : runs) {
    if (counts(run)) measured.push_back(&run.metrics);
  }
  Json summary = Json::array();
  if (measured.empty()) return summary;
  for (size_t output = 0; output < measured.front()->size(); ++output)
    summary.push_back(summary_of_output(measured, output));
  return summary;
}

double run_score(const Json& metrics, const std::string& select) {
  constexpr double kWorst = -std::numeric_limits<double>::infinity();
  if (metrics.empty()) return kWorst;
  double score = 0;
  for (const auto& output : metrics) {
    const bool is_number = output.contains("r2");
    const auto share = figure(output, is_number ? "r2" : "accuracy");
    const auto loss = is_number ? figure(output, "r2") : figure(output, "negative_log_likelihood");
    if (!share || !loss) return kWorst;
    score += select == "metric" ? *share : is_number ? *loss - 1 : -*loss;
  }
  return score;
}

}  // namespace attune
