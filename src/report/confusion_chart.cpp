// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "attune/core/wording.hpp"
#include "attune/report/terminal.hpp"
#include "confusion.hpp"
#include "drawing.hpp"
#include "numbers.hpp"

namespace attune::report {
namespace {

constexpr int64_t kLabelColumns = 18;

std::string description_of(const ShownConfusion& table) {
  return "Rows of each true class (a line each) by predicted class (a column each). " + table.sentences();
}

class Grid {
 public:
  explicit Grid(const ShownConfusion& table)
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
    auto tip = table_.classes[t] + " predicted as " + table_.classes[p] + ": " + counted(count, "row");
    if (rows > 0)
      tip += ", " + percent(share) + " of the " + (t + 1 == labels_.size() && table_.folded > 0 ? "classes" : "class");
    if (table_.is_mixed(t, p)) tip += "; " + with_commas(table_.folded_right) + " of them rightly";
    auto body = svg::rectangle(x, y, cell_ - 1, cell_ - 1, style_of(t, p),
                               " fill-opacity=\"" + coordinate(share == 0 ? 0.03 : 0.1 + 0.5 * share) + "\"", tip);
    const auto number = short_count(count);
    if (count > 0 && text_width(number) < cell_)
      body += svg::text(x + cell_ / 2, y + cell_ / 2 + kFontSize * 0.35, number, svg::Anchor::kMiddle, "label figure");
    return body;
  }

  [[nodiscard]] std::string style_of(size_t t, size_t p) const {
    if (table_.is_mixed(t, p)) return "square mixed";
    return t == p ? "square right" : "square wrong";
  }

  /// "12k" where all digits do not fit.
  [[nodiscard]] std::string short_count(int64_t count) const {
    auto text = with_commas(count);
    return text_width(text) < cell_ ? text : significant(std::round(static_cast<double>(count) / 1000), 3) + "k";
  }

  const ShownConfusion& table_;
  double cell_;
  std::vector<std::string> labels_;
  double label_width_ = 60;  // of "true class"
};

}  // namespace

Drawing draw(const ConfusionChart& chart) {
  const auto table = shown_confusion(chart);
  const Grid grid(table);
  constexpr double kTitleHeight = 46;
  const double top = kTitleHeight + grid.label_height();
  Drawing drawing{.width = std::max(grid.left() + grid.size() + 4, 320.0),
                  .height = top + grid.size() + 8,
                  .title = chart.title,
                  .description = description_of(table),
                  .body = svg::text(0, kFontSize + 2, fitted(chart.title, 44), svg::Anchor::kStart, "title")};
  drawing.body += svg::text(grid.left(), kTitleHeight - 8, table.classes.empty() ? "nothing to draw" : "predicted as",
                            svg::Anchor::kStart, "label faint");
  if (!table.classes.empty())
    drawing.body += svg::text(grid.left() - 8, top - 10, "true class", svg::Anchor::kEnd, "label faint");
  drawing.body += grid.body(top);
  return drawing;
}

std::string confusion_chart(const ConfusionChart& chart) { return standalone(draw(chart)); }

}  // namespace attune::report
