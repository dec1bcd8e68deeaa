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
// several layers takes a place of its own in each (a passage); the order in a layer follows the layer above.

constexpr double kLineHeight = 18, kPadding = 12, kGap = 24, kLayerGap = 40, kPassageWidth = 14, kTitleHeight = 34;
constexpr int64_t kLabelColumns = 40;

/// A node, or where an edge passes a layer.
struct Box {
  const FlowNode* node = nullptr;  ///< null: a passage
  size_t layer = 0;
  double width = kPassageWidth, height = 0, x = 0, y = 0;  ///< of its middle at the top
  std::vector<size_t> above = {};                          ///< boxes that lead to it
};

struct Line {
  size_t from = 0, to = 0;  ///< boxes
  std::string label = {};
  bool ends = false;  ///< at a node, with an arrow
};

class Layout {
 public:
  explicit Layout(const Flow& flow) {
    for (const auto& node : flow.nodes) boxes_.push_back(box_of(node));
    for (const auto& edge : flow.edges) check(edge, flow.nodes.size());
    find_layers(flow);
    for (const auto& edge : flow.edges) add_lines(edge);
    place();
  }

  [[nodiscard]] const std::vector<Box>& boxes() const { return boxes_; }
  [[nodiscard]] const std::vector<Line>& lines() const { return lines_; }
  [[nodiscard]] double width() const { return width_; }
  [[nodiscard]] double height() const { return height_; }

 private:
  static Box box_of(const FlowNode& node) {
    Box box{.node = &node};
    double widest = 40;
    for (const auto& line : node.lines) widest = std::max(widest, text_width(fitted(line, kLabelColumns)));
    box.width = widest + 2.4 * kPadding;
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

  void add_lines(const FlowEdge& edge) {
    auto from = edge.from;
    const auto last = boxes_[edge.to].layer;
    for (auto layer = boxes_[from].layer + 1; layer < last; ++layer) {
      boxes_.push_back({.layer = layer});
      connect(from, boxes_.size() - 1, from == edge.from ? edge.label : "", /*ends=*/false);
      from = boxes_.size() - 1;
    }
    connect(from, edge.to, from == edge.from ? edge.label : "", /*ends=*/true);
  }

  void connect(size_t from, size_t to, std::string label, bool ends) {
    lines_.push_back({from, to, std::move(label), ends});
    boxes_[to].above.push_back(from);
  }

  void place() {
    size_t layers = 0;
    for (const auto& box : boxes_) layers = std::max(layers, box.layer + 1);
    std::vector<std::vector<size_t>> by_layer(layers);
    for (size_t i = 0; i < boxes_.size(); ++i) by_layer[boxes_[i].layer].push_back(i);
    double top = 0;
    for (auto& layer : by_layer) {
      std::stable_sort(layer.begin(), layer.end(),
                       [&](size_t a, size_t b) { return middle_above(a) < middle_above(b); });
      top += place_layer(layer, top) + kLayerGap;
    }
    height_ = std::max(0.0, top - kLayerGap);
    double left = 0, right = 0;
    for (const auto& box : boxes_) {
      left = std::min(left, box.x - box.width / 2);
      right = std::max(right, box.x + box.width / 2);
    }
    for (auto& box : boxes_) box.x -= left;
    width_ = right - left;
  }

  /// Where a box would like to stand: under what leads to it.
  [[nodiscard]] double middle_above(size_t i) const {
    const auto& above = boxes_[i].above;
    if (above.empty()) return 0;
    return std::accumulate(above.begin(), above.end(), 0.0, [&](double sum, size_t a) { return sum + boxes_[a].x; }) /
           static_cast<double>(above.size());
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
      auto& box = boxes_[i];
      box.x = left + box.width / 2;
      box.y = top;
      if (box.node == nullptr) box.height = highest;
      left += box.width + kGap;
    }
    return highest;
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
  if (box.node == nullptr) {
    return svg::line(box.x, box.y, box.x, box.y + box.height, "arrow");
  }
  const auto round =
      box.node->kind == FlowKind::kInput || box.node->kind == FlowKind::kResult ? " rx=\"14\"" : " rx=\"4\"";
  auto body = svg::rectangle(box.x - box.width / 2, box.y, box.width, box.height, style_of(box.node->kind), round);
  for (size_t i = 0; i < box.node->lines.size(); ++i) {
    body += svg::text(box.x, box.y + kPadding / 2 + kLineHeight * (static_cast<double>(i) + 0.72),
                      fitted(box.node->lines[i], kLabelColumns), svg::Anchor::kMiddle,
                      i == 0 ? "label strong" : "label faint");
  }
  return body;
}

std::string drawn(const Line& line, const std::vector<Box>& boxes) {
  const auto &from = boxes[line.from], &to = boxes[line.to];
  const double top = from.y + from.height, bottom = to.y, bend = (bottom - top) / 2;
  auto body = "<path d=\"M" + coordinate(from.x) + " " + coordinate(top) + "C" + coordinate(from.x) + " " +
              coordinate(top + bend) + " " + coordinate(to.x) + " " + coordinate(bottom - bend) + " " +
              coordinate(to.x) + " " + coordinate(bottom) + "\" class=\"arrow\"/>";
  if (line.ends) {
    body += "<path d=\"M" + coordinate(to.x - 4) + " " + coordinate(bottom - 7) + "L" + coordinate(to.x) + " " +
            coordinate(bottom) + "L" + coordinate(to.x + 4) + " " + coordinate(bottom - 7) + "Z\" class=\"head\"/>";
  }
  if (!line.label.empty())
    body +=
        svg::text((from.x + to.x) / 2 + 6, (top + bottom) / 2 + 4, line.label, svg::Anchor::kStart, "label faint halo");
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
  for (const auto& line : layout.lines()) drawing.body += drawn(line, layout.boxes());
  for (const auto& box : layout.boxes()) drawing.body += drawn(box);
  drawing.body += "</g>";
  return drawing;
}

std::string flow_chart(const Flow& flow) { return standalone(draw(flow)); }

}  // namespace attune::report
