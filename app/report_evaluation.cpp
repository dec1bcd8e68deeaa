// SPDX-License-Identifier: Apache-2.0
#include "report_evaluation.hpp"

#include <limits>

#include "attune/core/wording.hpp"
#include "baselines_text.hpp"
#include "console.hpp"
#include "metrics_text.hpp"

namespace attune::app {
namespace {

/// A class of its own for all labels that training never saw, which none is predicted as.
constexpr const char* kNeverSeen = "(never seen in training)";

int64_t rows_of(const Json& metrics) { return metrics.at("rows").get<int64_t>(); }

std::string title_of(const Json& metrics, const std::string& where) {
  return on_one_line(metrics.at("output").get<std::string>()) + ", " + where + " (" + counted(rows_of(metrics), "row") +
         ")";
}

std::vector<report::ClassRow> classes_of(const Json& metrics) {
  std::vector<report::ClassRow> classes;
  for (const auto& one : metrics.at("per_class"))
    classes.push_back({.name = one.at("class"),
                       .precision = one.at("precision"),
                       .recall = one.at("recall"),
                       .f1 = one.at("f1"),
                       .support = one.at("support")});
  const auto unseen = metrics.value("unseen_labels", int64_t{0});
  if (unseen > 0)
    classes.push_back({.name = kNeverSeen,
                       .precision = std::numeric_limits<double>::quiet_NaN(),
                       .recall = 0,
                       .f1 = 0,
                       .support = unseen});
  return classes;
}

/// Counts of each true class by each predicted one; a line more for labels that were never seen, and its column.
report::ConfusionChart confusion_of(const Json& metrics) {
  report::ConfusionChart chart{.title = "Confusion matrix", .classes = {}, .counts = {}};
  for (const auto& one : metrics.at("per_class")) chart.classes.push_back(one.at("class"));
  const bool unseen = metrics.value("unseen_labels", int64_t{0}) > 0;
  const auto add_line = [&](const Json& counts) {
    for (const auto& count : counts) chart.counts.push_back(count);
    if (unseen) chart.counts.push_back(0);
  };
  for (const auto& line : metrics.at("confusion")) add_line(line);
  if (unseen) {
    chart.classes.emplace_back(kNeverSeen);
    add_line(metrics.at("unseen_predicted_as"));
  }
  return chart;
}

std::vector<report::CalibrationBin> bins_of(const Json& bins) {
  std::vector<report::CalibrationBin> drawn;
  for (const auto& bin : bins)
    drawn.push_back({.confidence = bin.at("mean_confidence"), .accuracy = bin.at("accuracy"), .rows = bin.at("rows")});
  return drawn;
}

/// Before calibration too, if it changed anything.
report::ReliabilityChart reliability_of(const Json& metrics) {
  const auto& after = metrics.at("reliability");
  const auto before = metrics.value("uncalibrated", Json::object()).value("reliability", Json::array());
  return {.title = "Reliability",
          .before = before == after ? std::vector<report::CalibrationBin>() : bins_of(before),
          .after = bins_of(after)};
}

}  // namespace

report::Evaluation drawn_evaluation(const Json& metrics, const std::string& where) {
  report::Evaluation drawn{
      .title = title_of(metrics, where), .metrics = metric_figures(metrics), .baselines = baseline_figures(metrics)};
  if (metrics.contains("confusion")) drawn.confusion = confusion_of(metrics);
  if (metrics.contains("reliability")) drawn.reliability = reliability_of(metrics);
  if (metrics.contains("per_class")) drawn.classes = classes_of(metrics);
  return drawn;
}

std::string evaluation_sentence(const Json& metrics, const std::string& where) {
  auto text = on_one_line(metrics.at("output").get<std::string>()) + ": " + headline(metrics) + " " + where + " (" +
              counted(rows_of(metrics), "row") + ")";
  const auto verdict = baselines_verdict(metrics);
  return text + (verdict.empty() ? "" : "; " + verdict) + ".";
}

}  // namespace attune::app
