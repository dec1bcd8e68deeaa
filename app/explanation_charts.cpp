// SPDX-License-Identifier: Apache-2.0
#include "explanation_charts.hpp"

#include <iterator>

#include "attune/core/wording.hpp"
#include "attune/report/charts.hpp"
#include "console.hpp"
#include "model_flow.hpp"

namespace attune::app {
namespace {

std::vector<std::string> token_labels(const report::ExplainedRow& row) {
  std::vector<std::string> labels;
  for (const auto& cell : row.cells) {
    for (const auto& token : cell.tokens) labels.push_back(token.label);
  }
  return labels;
}

std::string bars(const report::Attribution& attribution, const std::vector<std::string>& labels,
                 const std::string& row) {
  report::BarChart chart{.title = attribution.name + ", " + row, .value_label = attribution.name, .bars = {}};
  for (size_t t = 0; t < labels.size(); ++t) chart.bars.push_back({labels[t], attribution.values[t]});
  return report::bar_chart(chart);
}

std::vector<ChartFile> charts_of(const report::ExplainedRow& row, int64_t number) {
  const auto begin = "row-" + std::to_string(number) + "-";
  const auto labels = token_labels(row);
  std::vector<ChartFile> files;
  for (const auto& attribution : row.attributions) {
    const auto group = attribution.group == "methods" ? "" : file_part(attribution.group) + "-";
    files.push_back({begin + group + file_part(attribution.name) + ".svg", bars(attribution, labels, row.name)});
  }
  for (const auto& matrix : row.matrices) {
    files.push_back({begin + "matrix-" + file_part(matrix.name) + ".svg",
                     report::attention_chart({.title = matrix.name + ", " + row.name,
                                              .queries = matrix.queries.empty() ? labels : matrix.queries,
                                              .keys = labels,
                                              .weights = matrix.weights})});
  }
  return files;
}

}  // namespace

void ExplanationCharts::open(const std::vector<std::string>& read, const std::string& page) {
  if (wanted()) folder_.emplace("--svg", name_, read, page);
}

void ExplanationCharts::add(const report::ExplainedRow& row, int64_t number) {
  auto files = charts_of(row, number);
  std::move(files.begin(), files.end(), std::back_inserter(files_));
  ++rows_;
}

void ExplanationCharts::write(const Model& model, const std::string& model_file) {
  if (!wanted()) return;
  files_.push_back({"flow.svg", report::flow_chart(flow_of(model, model_file))});
  const auto written = folder_->write(files_);
  print_note("wrote " + counted(std::ssize(written), "chart") + " of " + counted(rows_, "row") + " into " + name_);
}

}  // namespace attune::app
