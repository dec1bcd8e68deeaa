// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "attune/report/charts.hpp"
#include "attune/report/flow.hpp"

namespace attune::report {

/// A picture before it is wrapped as a file or as a part of a page.
struct Drawing {
  double width = 0, height = 0;
  std::string title, description;  ///< plain text
  std::string body;                ///< SVG
};

[[nodiscard]] Drawing draw(const LineChart& chart);
[[nodiscard]] Drawing draw(const ConfusionChart& chart);
[[nodiscard]] Drawing draw(const ReliabilityChart& chart);
[[nodiscard]] Drawing draw(const BarChart& chart);
[[nodiscard]] Drawing draw(const AttentionChart& chart);
[[nodiscard]] Drawing draw(const Flow& flow);

/// A file of its own, with its colours.
[[nodiscard]] std::string standalone(const Drawing& drawing);
/// An element of a page, whose style sheet colours it. @param id unique in the page
[[nodiscard]] std::string inlined(const Drawing& drawing, const std::string& id);

inline constexpr double kFontSize = 13;  ///< of all text in drawings
/// About as wide as so many columns of a terminal, in this font.
inline constexpr double kColumnWidth = 7.7;
[[nodiscard]] double text_width(std::string_view text);

/// Elements, with the classes of assets/chart.css.
namespace svg {
enum class Anchor { kStart, kMiddle, kEnd };
[[nodiscard]] std::string text(double x, double y, std::string_view content, Anchor anchor = Anchor::kStart,
                               const std::string& style = "label");
[[nodiscard]] std::string line(double x1, double y1, double x2, double y2, const std::string& style);
[[nodiscard]] std::string rectangle(double x, double y, double width, double height, const std::string& style,
                                    const std::string& further = "", std::string_view tooltip = {});
}  // namespace svg

}  // namespace attune::report
