// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "attune/report/terminal.hpp"
#include "drawing.hpp"
#include "numbers.hpp"

namespace attune::report {
namespace {

// After Sugiyama, Tagawa, Toda 1981: nodes in layers, each as far down as its longest way from a source; an edge over
// several layers takes a lane of its own beside them; the order in a layer follows the layer above.

constexpr double kLineHeight = 18, kPadding = 12, kGap = 24, kLayerGap = 40, kTitleHeight = 34;
constexpr int64_t kLabelColumns = 40;

struct Box {
  const FlowNode* node = nullptr;
  size_t layer = 0;
  double width = 0, height = 0, x = 0, y = 0;  ///< of its middle at the top
  std::vector<size_t> above = {};              ///< boxes that lead to it
  bool is_outer = false;                       ///< an edge of it takes a lane, so that it stands at that side
};

struct Line {
  size_t from = 0, to = 0;  ///< boxes
  std::string label = {};
  double lane = 0;  ///< x, of an edge over several layers
};

class Layout {
 public:
  explicit Layout(const Flow& flow) {
    for (const auto& node : flow.nodes) boxes_.push_back(box_of(node));
    for (const auto& edge : flow.edges) check(edge, flow.nodes.size());
    find_layers(flow);
    for (const auto& edge : flow.edges) {
      lines_.push_back({edge.from, edge.to, edge.label});
      boxes_[edge.to].above.push_back(edge.from);
      if (is_long(lines_.back())) boxes_[edge.from].is_outer = true;
    }
    place();
    place_lanes();
    shift();
  }

  [[nodiscard]] const std::vector<Box>& boxes() const { return boxes_; }
  [[nodiscard]] const std::vector<Line>& lines() const { return lines_; }
  [[nodiscard]] bool is_long(const Line& line) const { return boxes_[line.to].layer > boxes_[line.from].layer + 1; }
  [[nodiscard]] double width() const { return width_; }
  [[nodiscard]] double height() const { return height_; }

 private:
  static Box box_of(const FlowNode& node) {
    Box box{.node = &node};
    double widest = 40;
    for (const auto& line : node.lines) widest = std::max(widest, text_width(fitted(line, kLabelColumns)));
    box.width = widest + 2 * kPadding;
    box.height = kLineHeight * static_cast<double>(node.lines.size()) + kPadding;
    return box;
  }

  static void check(const FlowEdge& edge, size_t nodes) {
    if (edge.from < edge.to && edge.to < nodes) return;
    throw UsageError("flow: expected edges to go forward among the " + counted(static_cast<int64_t>(nodes), "node") +
                     ", found one from " + std::to_string(edge.from) + " to " + std::to_string(edge.to));
  }

  void find_layers(const Flow& flow) {
    auto edges = flow.edges;  // by their start, so that a node's layer is known when its edges are looked at
    std::stable_sort(edges.begin(), edges.end(), [](const auto& a, const auto& b) { return a.from < b.from; });
    for (const auto& edge : edges) boxes_[edge.to].layer = std::max(boxes_[edge.to].layer, boxes_[edge.from].layer + 1);
  }

  void place() {
    size_t layers = 0;
    for (const auto& box : boxes_) layers = std::max(layers, box.layer + 1);
    std::vector<std::vector<size_t>> by_layer(layers);
    for (size_t i = 0; i < boxes_.size(); ++i) by_layer[boxes_[i].layer].push_back(i);
    double top = 0;
    for (auto& layer : by_layer) {
      std::stable_sort(layer.begin(), layer.end(), [&](size_t a, size_t b) { return key(a) < key(b); });
      top += place_layer(layer, top) + kLayerGap;
    }
    height_ = std::max(0.0, top - kLayerGap);
  }

  /// A box likes to stand under what leads to it, but for those whose edges leave to the right.
  [[nodiscard]] std::pair<bool, double> key(size_t i) const {
    const auto& above = boxes_[i].above;
    const auto sum =
        std::accumulate(above.begin(), above.end(), 0.0, [&](double s, size_t a) { return s + boxes_[a].x; });
    return {boxes_[i].is_outer, above.empty() ? 0 : sum / static_cast<double>(above.size())};
  }

  /// Side by side around 0. @return the height of the highest
  double place_layer(const std::vector<size_t>& layer, double top) {
    double total = -kGap, highest = 0;
    for (const auto i : layer) {
      total += boxes_[i].width + kGap;
      highest = std::max(highest, boxes_[i].height);
    }
    double left = -total / 2;
    for (const auto i : layer) {
      boxes_[i].x = left + boxes_[i].width / 2;
      boxes_[i].y = top;
      left += boxes_[i].width + kGap;
    }
    return highest;
  }

  /// Right of all boxes that they pass, side by side.
  void place_lanes() {
    double offset = kGap;
    for (auto& line : lines_) {
      if (!is_long(line)) continue;
      for (const auto& box : boxes_) {
        if (box.layer > boxes_[line.from].layer && box.layer < boxes_[line.to].layer)
          line.lane = std::max(line.lane, box.x + box.width / 2);
      }
      line.lane += offset;
      offset += kGap / 2;
    }
  }

  /// So that the leftmost begins at 0.
  void shift() {
    double left = 0, right = 0;
    for (const auto& box : boxes_) {
      left = std::min(left, box.x - box.width / 2);
      right = std::max(right, box.x + box.width / 2);
    }
    for (const auto& line : lines_) {
      if (is_long(line)) right = std::max(right, line.lane + 6 + text_width(line.label));
    }
    for (auto& box : boxes_) box.x -= left;
    for (auto& line : lines_) line.lane -= left;
    width_ = right - left;
  }

  std::vector<Box> boxes_;
  std::vector<Line> lines_;
  double width_ = 0, height_ = 0;
};

const char* style_of(FlowKind kind) {
  switch (kind) {
    case FlowKind::kInput:
      return "node input";
    case FlowKind::kAttention:
      return "node attention";
    case FlowKind::kResult:
      return "node result";
    case FlowKind::kStep:
      break;
  }
  return "node";
}

std::string drawn(const Box& box) {
  const bool is_end = box.node->kind == FlowKind::kInput || box.node->kind == FlowKind::kResult;
  auto body = svg::rectangle(box.x - box.width / 2, box.y, box.width, box.height, style_of(box.node->kind),
                             is_end ? " rx=\"14\"" : " rx=\"4\"");
  for (size_t i = 0; i < box.node->lines.size(); ++i) {
    body += svg::text(box.x, box.y + kPadding / 2 + kLineHeight * (static_cast<double>(i) + 0.72),
                      fitted(box.node->lines[i], kLabelColumns), svg::Anchor::kMiddle,
                      i == 0 ? "label strong" : "label faint");
  }
  return body;
}

/// A bend that leaves and arrives upright.
std::string bend(double x1, double y1, double x2, double y2) {
  const auto middle = coordinate((y1 + y2) / 2);
  return "C" + coordinate(x1) + " " + middle + " " + coordinate(x2) + " " + middle + " " + coordinate(x2) + " " +
         coordinate(y2);
}

std::string drawn(const Line& line, const Layout& layout) {
  const auto &from = layout.boxes()[line.from], &to = layout.boxes()[line.to];
  const double top = from.y + from.height, bottom = to.y;
  auto path = "M" + coordinate(from.x) + " " + coordinate(top);
  double label_x = (from.x + to.x) / 2, label_y = (top + bottom) / 2;
  if (layout.is_long(line)) {
    path += bend(from.x, top, line.lane, top + kLayerGap) + "V" + coordinate(bottom - kLayerGap) +
            bend(line.lane, bottom - kLayerGap, to.x, bottom);
    label_x = line.lane;
    label_y = top + kLayerGap + kFontSize;
  } else {
    path += bend(from.x, top, to.x, bottom);
  }
  auto body = "<path d=\"" + path + "\" class=\"arrow\"/><path d=\"M" + coordinate(to.x - 4) + " " +
              coordinate(bottom - 7) + "L" + coordinate(to.x) + " " + coordinate(bottom) + "L" + coordinate(to.x + 4) +
              " " + coordinate(bottom - 7) + "Z\" class=\"head\"/>";
  if (!line.label.empty())
    body += svg::text(label_x + 6, label_y + 4, line.label, svg::Anchor::kStart, "label faint halo");
  return body;
}

std::string description_of(const Flow& flow) {
  std::vector<std::string> names;
  for (const auto& node : flow.nodes) names.push_back(listed(node.lines, ","));
  return "From top to bottom: " + listed(names, "and at last") + ".";
}

}  // namespace

Drawing draw(const Flow& flow) {
  const Layout layout(flow);
  Drawing drawing{.width = std::max(layout.width(), 240.0) + 16,
                  .height = layout.height() + kTitleHeight + 12,
                  .title = flow.title,
                  .description = description_of(flow),
                  .body = svg::text(8, kFontSize + 2, fitted(flow.title, 32), svg::Anchor::kStart, "title")};
  drawing.body += "<g transform=\"translate(" + coordinate((drawing.width - layout.width()) / 2) + " " +
                  coordinate(kTitleHeight) + ")\">";
  for (const auto& line : layout.lines()) drawing.body += drawn(line, layout);
  for (const auto& box : layout.boxes()) drawing.body += drawn(box);
  drawing.body += "</g>";
  return drawing;
}

std::string flow_chart(const Flow& flow) { return standalone(draw(flow)); }

}  // namespace attune::report
