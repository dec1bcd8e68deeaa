// SPDX-License-Identifier: Apache-2.0
#include "explanation_charts.hpp"

#include <iterator>

#include "attune/core/wording.hpp"
#include "attune/report/charts.hpp"
#include "attune/report/explained_charts.hpp"
#include "console.hpp"
#include "model_flow.hpp"

namespace attune::app {
namespace {

std::vector<ChartFile> charts_of(const report::ExplainedRow& row, int64_t number) {
  const auto begin = "row-" + std::to_string(number) + "-";
  std::vector<ChartFile> files;
  for (const auto& attribution : row.attributions) {
    const auto group = attribution.group == report::kMethodGroup ? "" : file_part(attribution.group) + "-";
    files.push_back({begin + group + file_part(attribution.name) + ".svg",
                     report::bar_chart(report::token_bars(row, attribution))});
  }
  for (const auto& matrix : row.matrices) {
    files.push_back({begin + "matrix-" + file_part(matrix.name) + ".svg",
                     report::attention_chart(report::matrix_chart(row, matrix))});
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
