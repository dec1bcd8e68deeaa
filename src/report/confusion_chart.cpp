// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numeric>

#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "attune/report/terminal.hpp"
#include "drawing.hpp"
#include "numbers.hpp"

namespace attune::report {
namespace {

constexpr size_t kMostClasses = 20;
constexpr int64_t kLabelColumns = 18;

struct Table {
  std::vector<std::string> classes;
  std::vector<int64_t> counts;  // [classes, classes]
  [[nodiscard]] int64_t at(size_t t, size_t p) const { return counts[t * classes.size() + p]; }
  [[nodiscard]] int64_t of_class(size_t t) const {
    const auto row = counts.begin() + static_cast<int64_t>(t * classes.size());
    return std::accumulate(row, row + std::ssize(classes), int64_t{0});
  }
};

/// Which class of the drawing each class becomes: those with the most rows stay, the others share the last.
std::vector<size_t> drawn_as(const Table& all) {
  std::vector<size_t> by_rows(all.classes.size()), place(all.classes.size(), kMostClasses - 1);
  std::iota(by_rows.begin(), by_rows.end(), 0);
  std::stable_sort(by_rows.begin(), by_rows.end(),
                   [&](size_t a, size_t b) { return all.of_class(a) > all.of_class(b); });
  by_rows.resize(kMostClasses - 1);
  std::sort(by_rows.begin(), by_rows.end());  // the given order among those that stay
  for (size_t i = 0; i < by_rows.size(); ++i) place[by_rows[i]] = i;
  return place;
}

Table folded(const Table& all) {
  if (all.classes.size() <= kMostClasses) return all;
  const auto place = drawn_as(all);
  Table few{std::vector<std::string>(kMostClasses), std::vector<int64_t>(kMostClasses * kMostClasses)};
  for (size_t t = 0; t < all.classes.size(); ++t) {
    few.classes[place[t]] = all.classes[t];
    for (size_t p = 0; p < all.classes.size(); ++p) few.counts[place[t] * kMostClasses + place[p]] += all.at(t, p);
  }
  few.classes.back() = with_commas(std::ssize(all.classes) - std::ssize(few.classes) + 1) + " others";
  return few;
}

std::string description_of(const Table& table) {
  int64_t right = 0;
  for (size_t c = 0; c < table.classes.size(); ++c) right += table.at(c, c);
  const auto rows = std::accumulate(table.counts.begin(), table.counts.end(), int64_t{0});
  return "Rows of each true class (a line each) by predicted class (a column each). " + with_commas(right) + " of " +
         counted(rows, "row") + " on the diagonal.";
}

class Grid {
 public:
  explicit Grid(const Table& table)
      : table_(table),
        cell_(std::clamp(330.0 / static_cast<double>(std::max<size_t>(table.classes.size(), 1)), 24.0, 64.0)) {
    for (const auto& name : table.classes) {
      labels_.push_back(fitted(name, kLabelColumns));
      label_width_ = std::max(label_width_, text_width(labels_.back()));
    }
  }

  [[nodiscard]] double size() const { return cell_ * static_cast<double>(labels_.size()); }
  [[nodiscard]] double left() const { return label_width_ + 12; }
  /// Room for the column labels, which stand on end.
  [[nodiscard]] double label_height() const { return label_width_ + 12; }

  [[nodiscard]] std::string body(double top) const {
    std::string body;
    for (size_t t = 0; t < labels_.size(); ++t) {
      const double middle = (static_cast<double>(t) + 0.5) * cell_;
      body += svg::text(left() - 8, top + middle + kFontSize * 0.35, labels_[t], svg::Anchor::kEnd);
      body += "<g transform=\"translate(" + coordinate(left() + middle + kFontSize * 0.35) + " " + coordinate(top - 8) +
              ") rotate(-90)\">" + svg::text(0, 0, labels_[t]) + "</g>";
      for (size_t p = 0; p < labels_.size(); ++p) body += square(t, p, top);
    }
    return body;
  }

 private:
  [[nodiscard]] std::string square(size_t t, size_t p, double top) const {
    const auto count = table_.at(t, p), rows = table_.of_class(t);
    const double share = rows == 0 ? 0 : static_cast<double>(count) / static_cast<double>(rows);
    const double x = left() + static_cast<double>(p) * cell_, y = top + static_cast<double>(t) * cell_;
    const auto tip = table_.classes[t] + " predicted as " + table_.classes[p] + ": " + counted(count, "row") +
                     (rows == 0 ? "" : ", " + percent(share) + " of the class");
    auto body = svg::rectangle(x, y, cell_ - 1, cell_ - 1, t == p ? "square right" : "square wrong",
                               " fill-opacity=\"" + coordinate(share == 0 ? 0.03 : 0.1 + 0.5 * share) + "\"", tip);
    const auto number = short_count(count);
    if (count > 0 && text_width(number) < cell_)
      body += svg::text(x + cell_ / 2, y + cell_ / 2 + kFontSize * 0.35, number, svg::Anchor::kMiddle, "label figure");
    return body;
  }

  /// "12k" where all digits do not fit.
  [[nodiscard]] std::string short_count(int64_t count) const {
    auto text = with_commas(count);
    return text_width(text) < cell_ ? text : significant(std::round(static_cast<double>(count) / 1000), 3) + "k";
  }

  const Table& table_;
  double cell_;
  std::vector<std::string> labels_;
  double label_width_ = 60;  // of "true class"
};

}  // namespace

Drawing draw(const ConfusionChart& chart) {
  const auto classes = chart.classes.size();
  if (chart.counts.size() != classes * classes) {
    throw UsageError("confusion chart: expected a count per pair of the " +
                     counted(std::ssize(chart.classes), "class") + ", found " +
                     counted(std::ssize(chart.counts), "count"));
  }
  const auto table = folded({chart.classes, chart.counts});
  const Grid grid(table);
  constexpr double kTitleHeight = 46;
  const double top = kTitleHeight + grid.label_height();
  Drawing drawing{.width = std::max(grid.left() + grid.size() + 4, 320.0),
                  .height = top + grid.size() + 8,
                  .title = chart.title,
                  .description = description_of(table),
                  .body = svg::text(0, kFontSize + 2, fitted(chart.title, 44), svg::Anchor::kStart, "title")};
  drawing.body += svg::text(grid.left(), kTitleHeight - 8, classes == 0 ? "nothing to draw" : "predicted as",
                            svg::Anchor::kStart, "label faint");
  if (classes > 0) drawing.body += svg::text(grid.left() - 8, top - 10, "true class", svg::Anchor::kEnd, "label faint");
  drawing.body += grid.body(top);
  return drawing;
}

std::string confusion_chart(const ConfusionChart& chart) { return standalone(draw(chart)); }

}  // namespace attune::report
