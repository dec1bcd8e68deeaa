// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "attune/report/charts.hpp"
#include "attune/report/explained_row.hpp"
#include "attune/report/flow.hpp"

namespace attune::report {

struct Epoch {
  double epoch = 0;
  double loss = 0;  ///< of the training rows
  std::optional<double> validation_loss, metric, learning_rate;
};

struct History {
  std::vector<Epoch> epochs;
  std::string metric;                ///< what the metric is: "validation accuracy"
  std::optional<double> best_epoch;  ///< whose weights were kept
};

/// A curve of a training, and what a file of it would be called.
struct HistoryChart {
  std::string name;  ///< "loss", "metric", "learning-rate"
  LineChart chart;
};
/// Loss, metric and learning rate over the epochs; those that no epoch knows are left out.
[[nodiscard]] std::vector<HistoryChart> history_charts(const History& history);

/// One class against the rest.
struct ClassRow {
  std::string name;
  double precision = 0, recall = 0, f1 = 0;
  int64_t support = 0;
};

/// What one output of the model reached on one table.
struct Evaluation {
  std::string title;            ///< "label, on reviews-test.csv (1,000 rows)"
  std::vector<Figure> metrics;  ///< with their definitions
  std::vector<Figure> baselines = {};
  std::optional<ConfusionChart> confusion = {};
  std::optional<ReliabilityChart> reliability = {};
  std::vector<ClassRow> classes = {};
  std::vector<ExplainedRow> most_wrong = {};     ///< the first attribution of each is shown
  std::vector<ExplainedRow> least_certain = {};  ///< likewise
};

/// Options under a heading, in their order.
struct Settings {
  std::string heading;
  std::vector<std::pair<std::string, std::string>> values;
};

struct ReportPage {
  std::string model;                      ///< its name
  std::vector<std::string> summary = {};  ///< sentences
  std::vector<std::string> warnings = {};
  std::vector<Evaluation> evaluations = {};
  std::optional<History> history = {};
  std::vector<Settings> settings = {};
  std::optional<Flow> flow = {};  ///< of the network
  std::vector<std::string> notes = {};
};

/// One HTML file in the style of the page of explanations, and as bounded: the figures of each output come first, then
/// charts and tables as far as they fit, and rows get even parts of the rest; the page says what was left out. Of more
/// than 200 classes the table shows the 200 with the most rows, and long names of classes are cut. @throws UsageError
/// as html(const ExplainPage&) and the charts do.
[[nodiscard]] std::string html(const ReportPage& page);

}  // namespace attune::report
