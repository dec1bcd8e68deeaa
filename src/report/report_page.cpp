// SPDX-License-Identifier: Apache-2.0
#include "attune/report/report_page.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "attune/report/explain_page.hpp"
#include "page.hpp"
#include "report_tables.hpp"

namespace attune::report {
namespace {

constexpr std::string_view kGenerator = "attune report";

using Value = std::function<std::optional<double>(const Epoch&)>;

/// Nothing where no epoch has the value.
std::optional<Series> series_of(const History& history, const std::string& name, const Value& value) {
  Series series{name, {}, {}};
  bool any = false;
  for (const auto& epoch : history.epochs) {
    const auto y = value(epoch);
    any = any || y;
    series.x.push_back(epoch.epoch);
    series.y.push_back(y.value_or(std::numeric_limits<double>::quiet_NaN()));
  }
  if (!any) return {};
  return series;
}

std::string curves(const History& history) {
  std::string html;
  for (const auto& [name, chart] : history_charts(history)) html += picture(draw(chart), "curve-" + name);
  return heading("Training") + "<div class=\"columns\">\n" + html + "</div>\n";
}

std::string evaluation_html(const Evaluation& evaluation, const std::string& id, size_t& bytes) {
  auto html = heading(evaluation.title) + figures(evaluation.metrics, "The model") +
              figures(evaluation.baselines, "Simple models on the same rows");
  std::string pictures;
  if (evaluation.confusion)
    pictures += "<div>" + picture(draw(*evaluation.confusion), id + "-confusion") +
                confusion_table(*evaluation.confusion) + "</div>\n";
  if (evaluation.reliability) pictures += picture(draw(*evaluation.reliability), id + "-reliability");
  if (!pictures.empty()) html += "<div class=\"columns\">\n" + pictures + "</div>\n";
  html += class_table(evaluation.classes);
  bytes -= std::min(bytes, html.size());
  html += rows_html(evaluation.most_wrong, "Most wrong", id + "-wrong", bytes);
  return html + rows_html(evaluation.least_certain, "Least certain", id + "-uncertain", bytes);
}

}  // namespace

std::vector<HistoryChart> history_charts(const History& history) {
  std::vector<HistoryChart> charts;
  const auto add = [&](const std::string& name, const std::string& title, const std::string& unit,
                       const std::vector<std::pair<std::string, Value>>& lines) {
    LineChart chart{.title = title,
                    .x_label = "epoch",
                    .y_label = unit,
                    .series = {},
                    .marked_x = history.best_epoch,
                    .mark = "weights kept"};
    for (const auto& [line, value] : lines) {
      if (auto series = series_of(history, line, value)) chart.series.push_back(std::move(*series));
    }
    if (!chart.series.empty()) charts.push_back({name, std::move(chart)});
  };
  add("loss", "Loss", "loss",
      {{"training rows", [](const Epoch& e) { return std::optional<double>(e.loss); }},
       {"validation rows", [](const Epoch& e) { return e.validation_loss; }}});
  add("metric", history.metric, history.metric, {{history.metric, [](const Epoch& e) { return e.metric; }}});
  add("learning-rate", "Learning rate", "learning rate",
      {{"learning rate", [](const Epoch& e) { return e.learning_rate; }}});
  return charts;
}

std::string html(const ReportPage& page) {
  const auto title = "Report on " + page.model;
  auto before = page_head(title, page.summary) + sentences(page.warnings, "warning") + "<main>\n";
  std::string after;
  if (page.history && !page.history->epochs.empty()) after += curves(*page.history);
  if (page.flow) after += heading("Network") + diagram(draw(*page.flow), "flow");
  if (!page.settings.empty()) after += heading("Configuration") + settings_html(page.settings);
  if (!page.notes.empty()) after += heading("Notes") + bullets(page.notes);
  after += "</main>\n";
  constexpr size_t kSpare = 4000;  // for headings and sentences about rows left out
  const auto fixed = report::page(title, before + after, {}, "", kGenerator).size() + kSpare;
  auto bytes = kMostPageBytes - std::min(kMostPageBytes, fixed);
  std::string middle;
  for (size_t e = 0; e < page.evaluations.size(); ++e)
    middle += evaluation_html(page.evaluations[e], "evaluation-" + std::to_string(e), bytes);
  return report::page(title, before + middle + after, {}, "", kGenerator);
}

}  // namespace attune::report
