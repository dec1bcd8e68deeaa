// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "attune/report/terminal.hpp"
#include "drawing.hpp"
#include "numbers.hpp"

namespace attune::report {
namespace {

constexpr size_t kMost = 128;
constexpr int64_t kLabelColumns = 14;

void check(const AttentionChart& chart) {
  const auto queries = chart.queries.size(), keys = chart.keys.size();
  if (chart.weights.size() != queries * keys) {
    throw UsageError("attention chart: expected " + std::to_string(queries) + " x " + std::to_string(keys) +
                     " weights, found " + std::to_string(chart.weights.size()));
  }
  if (queries > kMost || keys > kMost) {
    throw UsageError("attention chart: expected at most " + std::to_string(kMost) + " queries and keys, found " +
                     std::to_string(queries) + " and " + std::to_string(keys) + "; choose a part of them");
  }
}

double widest(const std::vector<std::string>& labels) {
  double width = 0;
  for (const auto& label : labels) width = std::max(width, text_width(fitted(label, kLabelColumns)));
  return width;
}

}  // namespace

Drawing draw(const AttentionChart& chart) {
  check(chart);
  const double left = widest(chart.queries) + 12, top = 40 + widest(chart.keys) + 10;
  const double most = static_cast<double>(std::max({chart.keys.size(), chart.queries.size(), size_t{1}}));
  const double cell = std::clamp(400 / most, 15.0, 30.0);
  double strongest = 0;
  for (const double weight : chart.weights) strongest = std::isfinite(weight) ? std::max(strongest, weight) : strongest;
  Drawing drawing{.width = std::max(left + cell * static_cast<double>(chart.keys.size()) + 4, 280.0),
                  .height = top + cell * static_cast<double>(chart.queries.size()) + 8,
                  .title = chart.title,
                  .description = "How much each of " + with_commas(std::ssize(chart.queries)) +
                                 " queries (lines) attends to " + counted(std::ssize(chart.keys), "token") +
                                 " (columns); the greatest weight is " + significant(strongest) + ".",
                  .body = svg::text(0, kFontSize + 2, fitted(chart.title, 38), svg::Anchor::kStart, "title")};
  for (size_t k = 0; k < chart.keys.size(); ++k) {
    drawing.body +=
        "<g transform=\"translate(" + coordinate(left + (static_cast<double>(k) + 0.5) * cell + kFontSize * 0.35) +
        " " + coordinate(top - 7) + ") rotate(-90)\">" + svg::text(0, 0, fitted(chart.keys[k], kLabelColumns)) + "</g>";
  }
  for (size_t q = 0; q < chart.queries.size(); ++q) {
    const double y = top + static_cast<double>(q) * cell;
    drawing.body += svg::text(left - 7, y + cell / 2 + kFontSize * 0.35, fitted(chart.queries[q], kLabelColumns),
                              svg::Anchor::kEnd);
    for (size_t k = 0; k < chart.keys.size(); ++k) {
      const double weight = chart.weights[q * chart.keys.size() + k];
      const double share = strongest > 0 && std::isfinite(weight) ? weight / strongest : 0;
      drawing.body += svg::rectangle(left + static_cast<double>(k) * cell, y, cell - 1, cell - 1, "square right",
                                     " fill-opacity=\"" + coordinate(0.04 + 0.9 * share) + "\"",
                                     chart.queries[q] + " to " + chart.keys[k] + ": " + significant(weight));
    }
  }
  return drawing;
}

std::string attention_chart(const AttentionChart& chart) { return standalone(draw(chart)); }

}  // namespace attune::report
