// SPDX-License-Identifier: Apache-2.0
#include "drawing.hpp"

#include <string>

#include "assets.hpp"
#include "attune/report/terminal.hpp"
#include "escape.hpp"
#include "numbers.hpp"

namespace attune::report {
namespace {

std::string attribute(const char* name, const std::string& value) {
  return " " + std::string(name) + "=\"" + value + "\"";
}

std::string titles(const Drawing& drawing, const std::string& id) {
  return "<title id=\"" + id + "-title\">" + markup(drawing.title) + "</title><desc id=\"" + id + "-desc\">" +
         markup(drawing.description) + "</desc>";
}

/// @param further attributes
std::string opening(const Drawing& drawing, const std::string& id, const std::string& further) {
  const auto width = coordinate(drawing.width), height = coordinate(drawing.height);
  return "<svg" + further + attribute("viewBox", "0 0 " + width + " " + height) + attribute("width", width) +
         attribute("height", height) + attribute("role", "img") +
         attribute("aria-labelledby", id + "-title " + id + "-desc") + ">" + titles(drawing, id);
}

}  // namespace

std::string standalone(const Drawing& drawing) {
  return opening(drawing, "chart", attribute("xmlns", "http://www.w3.org/2000/svg") + attribute("class", "chart")) +
         "<style>" + std::string(kThemeStyle) + std::string(kChartStyle) + "</style>" +
         svg::rectangle(0, 0, drawing.width, drawing.height, "paper") + drawing.body + "</svg>\n";
}

std::string inlined(const Drawing& drawing, const std::string& id) {
  return opening(drawing, id, attribute("class", "chart")) + drawing.body + "</svg>\n";
}

double text_width(std::string_view text) { return kColumnWidth * static_cast<double>(display_width(text)); }

namespace svg {

std::string text(double x, double y, std::string_view content, Anchor anchor, const std::string& style) {
  const char* place = anchor == Anchor::kStart ? "start" : anchor == Anchor::kMiddle ? "middle" : "end";
  return "<text" + attribute("x", coordinate(x)) + attribute("y", coordinate(y)) + attribute("text-anchor", place) +
         attribute("class", style) + ">" + markup(content) + "</text>";
}

std::string line(double x1, double y1, double x2, double y2, const std::string& style) {
  return "<line" + attribute("x1", coordinate(x1)) + attribute("y1", coordinate(y1)) + attribute("x2", coordinate(x2)) +
         attribute("y2", coordinate(y2)) + attribute("class", style) + "/>";
}

std::string rectangle(double x, double y, double width, double height, const std::string& style,
                      const std::string& further, std::string_view tooltip) {
  const auto start = "<rect" + attribute("x", coordinate(x)) + attribute("y", coordinate(y)) +
                     attribute("width", coordinate(width)) + attribute("height", coordinate(height)) +
                     attribute("class", style) + further;
  return tooltip.empty() ? start + "/>" : start + "><title>" + markup(tooltip) + "</title></rect>";
}

}  // namespace svg
}  // namespace attune::report
