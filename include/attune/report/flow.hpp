// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "attune/core/json.hpp"

namespace attune::report {

/// What a box of a flow diagram stands for; decides its outline.
enum class FlowKind { kInput, kStep, kAttention, kResult };

struct FlowNode {
  FlowKind kind = FlowKind::kStep;
  std::vector<std::string> lines;  ///< the first names it, the others say its sizes
};

struct FlowEdge {
  size_t from = 0, to = 0;  ///< nodes by number; `from` < `to`
  std::string label = "";
};

/// A directed graph, its nodes in an order in which every edge goes forward.
struct Flow {
  std::string title;
  std::vector<FlowNode> nodes;
  std::vector<FlowEdge> edges;
};

/// What the description of a network (docs/architecture.md, section 6) does not know of the model around it.
struct FlowNames {
  std::string model = {};                   ///< the title
  std::vector<std::string> inputs = {};     ///< "review (text)", one per input of the network, or none
  std::vector<std::string> outputs = {};    ///< "label (category)", one per head, or none
  std::vector<double> linear_weights = {};  ///< per head the weight of its linear part; 0, or none: it has none
};

/// Inputs, embeddings, convolution, blocks, pool, heads and linear parts of a network. Equal blocks one after another
/// are one node that is counted. @throws UsageError naming the part for a description that is none, or names of another
/// number.
[[nodiscard]] Flow network_flow(const Json& description, const FlowNames& names = {});

/// How scores become weights and weights a context in one mechanism: `additive`, `dot`, `multiplicative`, `scaled_dot`
/// or `split`. @throws UsageError for another name, with the nearest one.
[[nodiscard]] Flow mechanism_flow(std::string_view mechanism);

/// The names that mechanism_flow knows.
[[nodiscard]] std::vector<std::string> drawn_mechanisms();

/// A Mermaid flowchart (mermaid.js.org/syntax/flowchart.html), which many viewers of Markdown draw; ends with a line
/// end. Labels are quoted and their special characters written as entity codes.
[[nodiscard]] std::string mermaid(const Flow& flow);

/// The same as a picture of its own: a standalone SVG, from top to bottom. @throws UsageError for an edge that names no
/// node or goes backward.
[[nodiscard]] std::string flow_chart(const Flow& flow);

}  // namespace attune::report
