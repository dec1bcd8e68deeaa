// SPDX-License-Identifier: Apache-2.0
#include "report_charts.hpp"

#include <algorithm>

namespace attune::app {
namespace {

/// "-label" for each output, "-a-b-2" for the second that would be called so; nothing for one alone.
std::vector<std::string> endings(const std::vector<std::string>& outputs) {
  if (outputs.size() == 1) return {""};
  std::vector<std::string> all;
  for (const auto& output : outputs) {
    const auto plain = "-" + file_part(output);
    auto ending = plain;
    for (int number = 2; std::find(all.begin(), all.end(), ending) != all.end(); ++number)
      ending = plain + "-" + std::to_string(number);
    all.push_back(ending);
  }
  return all;
}

}  // namespace

std::vector<ChartFile> chart_files(const report::ReportPage& page, const std::vector<std::string>& outputs) {
  std::vector<ChartFile> files;
  if (page.history) {
    for (const auto& [name, chart] : report::history_charts(*page.history))
      files.push_back({name + ".svg", report::line_chart(chart)});
  }
  const auto ending = endings(outputs);
  // A file of its own has no heading above it.
  const auto titled = [&](auto chart, size_t output) {
    chart.title += ", " + outputs[output];
    return chart;
  };
  for (size_t e = 0; e < page.evaluations.size(); ++e) {
    const auto& evaluation = page.evaluations[e];
    if (evaluation.confusion)
      files.push_back({"confusion" + ending[e] + ".svg", report::confusion_chart(titled(*evaluation.confusion, e))});
    if (evaluation.reliability)
      files.push_back(
          {"reliability" + ending[e] + ".svg", report::reliability_chart(titled(*evaluation.reliability, e))});
  }
  if (page.flow) files.push_back({"flow.svg", report::flow_chart(*page.flow)});
  return files;
}

}  // namespace attune::app
