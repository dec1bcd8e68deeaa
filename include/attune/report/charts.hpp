// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace attune::report {

/// Charts as standalone SVG files, in light and dark (what the viewer prefers), with colours and dashes that those who
/// do not see red or green tell apart, a title and a description in words for screen readers. Numbers that are not
/// finite are left out, which breaks a line; a chart of nothing says that there is nothing.

struct Series {
  std::string name;
  std::vector<double> x, y;  ///< as many of both
};

struct LineChart {
  std::string title, x_label, y_label;
  std::vector<Series> series;
  std::optional<double> marked_x = {};  ///< a vertical line there ..
  std::string mark = {};                ///< .. and what it says
};
/// @throws UsageError naming the series whose x and y differ in number.
[[nodiscard]] std::string line_chart(const LineChart& chart);

struct ConfusionChart {
  std::string title;
  std::vector<std::string> classes;
  std::vector<int64_t> counts;  ///< [classes, classes] row-major: rows of true class i predicted as j
};
/// Of more than 20 classes the 19 with the most rows, and all others as one; what of these was answered rightly is
/// told by number, as no square holds it alone. Long names are cut.
/// @throws UsageError for another number of counts.
[[nodiscard]] std::string confusion_chart(const ConfusionChart& chart);

/// Rows of about the same confidence, and how often they were right.
struct CalibrationBin {
  double confidence = 0, accuracy = 0;  ///< means, 0 to 1
  int64_t rows = 0;
};

struct ReliabilityChart {
  std::string title;
  std::vector<CalibrationBin> before = {};  ///< calibration; none: not drawn
  std::vector<CalibrationBin> after;
};
/// Accuracy over confidence with the diagonal of perfect calibration, and below it the rows of each bin.
[[nodiscard]] std::string reliability_chart(const ReliabilityChart& chart);

struct Bar {
  std::string label;
  double value = 0;
};
struct BarChart {
  std::string title, value_label;
  std::vector<Bar> bars;
  std::vector<std::string> notes = {};  ///< a line each below the bars
};
/// A line per bar, from zero to the right, to the left where negative. Of more than 60 bars the first 60.
[[nodiscard]] std::string bar_chart(const BarChart& chart);

struct AttentionChart {
  std::string title;
  std::vector<std::string> queries, keys;  ///< their labels
  std::vector<double> weights;             ///< [queries, keys] row-major
};
/// One square per weight, darker for more. @throws UsageError for another number of weights, and for more than 128
/// queries or keys, which nobody could read.
[[nodiscard]] std::string attention_chart(const AttentionChart& chart);

}  // namespace attune::report
