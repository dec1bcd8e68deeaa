// SPDX-License-Identifier: Apache-2.0
#include "attune/report/report_page.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <span>

#include "attune/core/wording.hpp"
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

/// The outputs of a model share what a page may hold: the figures of each come first, then charts and tables, in their
/// order and as far as they fit, and rows get even parts of the rest.
class Evaluations {
 public:
  /// @param bytes that all of them may take
  Evaluations(std::span<const Evaluation> all, size_t bytes) : all_(all), bytes_(bytes) {
    add_figures();
    for (size_t e = 0; e < parts_.size(); ++e) {
      add_where_it_fits(e, charts(e), "Its charts do not fit into this page.");
      add_where_it_fits(e, class_table(all_[e].classes), "Its table of classes does not fit into this page.");
    }
    add_rows();
  }

  [[nodiscard]] std::string html() const {
    std::string text;
    if (parts_.size() < all_.size())
      text = element("p", "warning",
                     "Of " + counted(std::ssize(all_), "output") + " the first " + with_commas(std::ssize(parts_)) +
                         " are in this page, which is kept below 2 MB.") +
             "\n";
    for (const auto& part : parts_) text += part;
    return text;
  }

 private:
  /// For an output's sentences about what is left out, and the headings of its rows.
  static constexpr size_t kSpare = 1000;

  void add_figures() {
    for (const auto& evaluation : all_) {
      auto part = heading(evaluation.title) + figures(evaluation.metrics, "The model") +
                  figures(evaluation.baselines, "Simple models on the same rows");
      if (part.size() + kSpare > bytes_) return;
      bytes_ -= part.size() + kSpare;
      parts_.push_back(std::move(part));
    }
  }

  [[nodiscard]] std::string charts(size_t e) const {
    std::string pictures;
    if (const auto& confusion = all_[e].confusion)
      pictures += "<div>" + picture(draw(*confusion), id(e) + "-confusion") + confusion_table(*confusion) + "</div>\n";
    if (const auto& reliability = all_[e].reliability) pictures += picture(draw(*reliability), id(e) + "-reliability");
    return pictures.empty() ? "" : "<div class=\"columns\">\n" + pictures + "</div>\n";
  }

  void add_where_it_fits(size_t e, const std::string& html, const char* otherwise) {
    if (html.size() > bytes_) {
      parts_[e] += element("p", "warning", otherwise) + "\n";
      return;
    }
    bytes_ -= html.size();
    parts_[e] += html;
  }

  void add_rows() {
    size_t lists = 0;
    for (size_t e = 0; e < parts_.size(); ++e) lists += !all_[e].most_wrong.empty() + !all_[e].least_certain.empty();
    const auto add = [&](size_t e, const std::vector<ExplainedRow>& rows, const char* title, const char* suffix) {
      if (rows.empty()) return;
      auto part = bytes_ / lists--;
      bytes_ -= part;
      parts_[e] += rows_html(rows, title, id(e) + suffix, part);
      bytes_ += part;  // what it left
    };
    for (size_t e = 0; e < parts_.size(); ++e) {
      add(e, all_[e].most_wrong, "Most wrong", "-wrong");
      add(e, all_[e].least_certain, "Least certain", "-uncertain");
    }
  }

  static std::string id(size_t e) { return "evaluation-" + std::to_string(e); }

  std::span<const Evaluation> all_;
  size_t bytes_;
  std::vector<std::string> parts_;  ///< of the page, one per output that is in it
};

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
  constexpr size_t kSpare = 400;  // for the sentence about outputs left out
  const auto fixed = report::page(title, before + after, {}, "", kGenerator).size() + kSpare;
  const Evaluations evaluations(page.evaluations, kMostPageBytes - std::min(kMostPageBytes, fixed));
  return report::page(title, before + evaluations.html() + after, {}, "", kGenerator);
}

}  // namespace attune::report
