// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <vector>

#include "attune/core/error.hpp"
#include "attune/core/nearest_name.hpp"
#include "attune/report/flow.hpp"

namespace attune::report {
namespace {

/// How a mechanism that allocates among positions makes scores of a query and a key.
struct Score {
  const char* name;
  std::vector<std::string> steps;  ///< one after another; the last gives the scores
  const char* key_width;
};

std::vector<Score> scores() {
  return {{"additive", {"sum: q_i + k_j", "tanh", "score s_ij = u · tanh(q_i + k_j)"}, "A"},
          {"dot", {"score s_ij = q_i · k_j"}, "D"},
          {"multiplicative", {"W k_j", "score s_ij = q_i · W k_j"}, "D"},
          {"scaled_dot", {"q_i · k_j", "score s_ij = q_i · k_j / sqrt(D)"}, "D"}};
}

size_t add(Flow& flow, FlowKind kind, std::vector<std::string> lines) {
  flow.nodes.push_back({kind, std::move(lines)});
  return flow.nodes.size() - 1;
}

Flow position_flow(const Score& score) {
  Flow flow{score.name, {}, {}};
  const auto width = std::string(score.key_width);
  const auto query = add(flow, FlowKind::kInput, {"query q", "[Tq, H, " + width + "]"});
  const auto key = add(flow, FlowKind::kInput, {"key k", "[Tk, H, " + width + "]"});
  const auto value = add(flow, FlowKind::kInput, {"value v", "[Tk, H, Dv]"});
  auto last = add(flow, FlowKind::kStep, {score.steps.front()});
  // W k_j needs no query: it meets the query in the next step.
  const bool key_alone = score.steps.front().find("q_i") == std::string::npos;
  flow.edges.push_back({key, last, ""});
  if (!key_alone) flow.edges.push_back({query, last, ""});
  for (size_t i = 1; i < score.steps.size(); ++i) {
    const auto step = add(flow, FlowKind::kStep, {score.steps[i]});
    if (key_alone && i == 1) flow.edges.push_back({query, step, ""});
    flow.edges.push_back({last, step, ""});
    last = step;
  }
  flow.nodes[last].lines.emplace_back("[H, Tq, Tk]");
  const auto weights =
      add(flow, FlowKind::kAttention, {"softmax over j: weights w_ij", "may attend only where the mask says"});
  flow.edges.push_back({last, weights, "scores"});
  const auto sum = add(flow, FlowKind::kStep, {"weighted sum over j of w_ij v_j"});
  flow.edges.push_back({weights, sum, "weights"});
  flow.edges.push_back({value, sum, "values"});
  flow.edges.push_back({sum, add(flow, FlowKind::kResult, {"context c_i", "[Tq, H, Dv]"}), ""});
  return flow;
}

Flow split_flow() {
  Flow flow{"split", {}, {}};
  const auto branches = add(flow, FlowKind::kInput, {"branches x", "[N, R, W]"});
  const std::vector<std::vector<std::string>> steps = {{"sum over branches, mean over the row's tokens", "z [B, W]"},
                                                       {"reduce, relu", "[B, E]"},
                                                       {"expand: scores", "[B, R, G]"}};
  auto last = branches;
  for (const auto& lines : steps) {
    const auto step = add(flow, FlowKind::kStep, lines);
    flow.edges.push_back({last, step, ""});
    last = step;
  }
  const auto weights =
      add(flow, FlowKind::kAttention, {"softmax over the branches: weights", "per row and channel group"});
  flow.edges.push_back({last, weights, "scores"});
  const auto sum = add(flow, FlowKind::kStep, {"weighted sum over the branches", "at each token"});
  flow.edges.push_back({weights, sum, "weights"});
  flow.edges.push_back({branches, sum, "values"});
  flow.edges.push_back({sum, add(flow, FlowKind::kResult, {"context", "[N, W]"}), ""});
  return flow;
}

}  // namespace

std::vector<std::string> drawn_mechanisms() {
  std::vector<std::string> names;
  for (const auto& score : scores()) names.emplace_back(score.name);
  names.emplace_back("split");
  return names;
}

Flow mechanism_flow(std::string_view mechanism) {
  if (mechanism == "split") return split_flow();
  for (const auto& score : scores()) {
    if (mechanism == score.name) return position_flow(score);
  }
  throw UsageError("unknown mechanism \"" + std::string(mechanism) + "\"" + suggestion(mechanism, drawn_mechanisms()));
}

}  // namespace attune::report
