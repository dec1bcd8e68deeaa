// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "attune/report/flow.hpp"
#include "numbers.hpp"

namespace attune::report {
namespace {

// What a description leaves unsaid is left out of the drawing: the defaults are nn's.
template <class T>
T value_or(const Json& json, const char* key, T otherwise) {
  try {
    return json.value(key, std::move(otherwise));
  } catch (const Json::exception&) {
    throw UsageError(std::string("description of a network: field \"") + key + "\" is of another type than expected");
  }
}
std::string name_of(const Json& json, const char* key) { return value_or(json, key, std::string()); }
int64_t number_of(const Json& json, const char* key) { return value_or(json, key, int64_t{0}); }

const Json& part(const Json& description, const char* key, Json::value_t type) {
  if (!description.is_object() || !description.contains(key) || description.at(key).type() != type) {
    throw UsageError(std::string("description of a network: expected \"") + key + "\" to be a JSON " +
                     Json(type).type_name() + ", as in docs/architecture.md");
  }
  return description.at(key);
}

void check_count(size_t names, size_t parts, const char* what) {
  if (names == 0 || names == parts) return;
  throw UsageError(std::string("names of a flow: expected one per ") + what + " (" + std::to_string(parts) +
                   ") or none, found " + std::to_string(names));
}

std::vector<std::string> embedding_lines(const Json& input, int64_t width) {
  if (name_of(input, "kind") == "scalars")
    return {"embedding", "value x weight + bias per column", "width " + with_commas(width)};
  std::vector<std::string> lines{"embedding", with_commas(number_of(input, "vocabulary")) + " x " + with_commas(width)};
  if (const auto further = number_of(input, "further"); further > 0)
    lines.push_back("+ mean of n-grams, " + with_commas(further) + " x " + with_commas(width));
  if (const auto vectors = number_of(input, "vector_width"); vectors > 0)
    lines.push_back("+ pretrained vectors of " + with_commas(vectors) +
                    (value_or(input, "vectors_frozen", false) ? " (frozen)" : ""));
  if (const auto positions = name_of(input, "positions"); !positions.empty() && positions != "none")
    lines.push_back("+ positions, " + positions);
  return lines;
}

std::vector<std::string> input_lines(const Json& input, const std::string& name) {
  if (name_of(input, "kind") == "scalars") return {name, counted(number_of(input, "columns"), "number")};
  return {name, "ids, " + counted(number_of(input, "vocabulary"), "id")};
}

/// "scaled_dot, 4 heads" and "D 24, Dv 24"; a split has neither heads nor keys.
std::vector<std::string> allocation_lines(const Json& allocation, bool in_block) {
  const auto mechanism = name_of(allocation, "mechanism");
  if (mechanism == "split") {
    if (!in_block) return {"split among mean, max, first, learned query"};
    std::vector<std::string> reaches;
    for (const auto reach : value_or(allocation, "reaches", std::vector<int64_t>{}))
      reaches.push_back(with_commas(reach));
    return {"split among reaches of " + listed(reaches) +
            (reaches == std::vector<std::string>{"1"} ? " token" : " tokens")};
  }
  const bool is_additive = mechanism == "additive";
  std::vector<std::string> lines{mechanism + ", " + counted(number_of(allocation, "heads"), "head") +
                                 (value_or(allocation, "causal", false) ? ", causal" : "")};
  lines.push_back((is_additive ? "A " : "D ") + with_commas(number_of(allocation, "key_width")) + ", Dv " +
                  with_commas(number_of(allocation, "value_width")));
  return lines;
}

FlowNode block_node(const Json& block, const std::string& name) {
  FlowNode node{FlowKind::kStep, {name}};
  if (value_or(block, "attention", true)) {
    node.kind = FlowKind::kAttention;
    for (auto& line : allocation_lines(part(block, "allocation", Json::value_t::object), /*in_block=*/true))
      node.lines.push_back(std::move(line));
  }
  if (value_or(block, "feed_forward", true)) {
    const auto activation = name_of(block, "activation");
    node.lines.push_back("feed-forward " + with_commas(number_of(block, "feed_forward_width")) +
                         (activation.empty() ? "" : ", " + activation));
  }
  if (value_or(block, "residual", true)) node.lines.emplace_back("each added to its input");
  return node;
}

FlowNode pool_node(const Json& pool) {
  const auto kind = name_of(pool, "kind");
  if (kind != "attention") return {FlowKind::kStep, {"pool", kind + " of the tokens"}};
  FlowNode node{FlowKind::kAttention, {"pool", "a learned query attends"}};
  const auto lines = allocation_lines(part(pool, "allocation", Json::value_t::object), /*in_block=*/false);
  if (lines.size() == 1) node.lines.pop_back();  // a split, which says what it weighs
  node.lines.insert(node.lines.end(), lines.begin(), lines.end());
  return node;
}

std::vector<std::string> head_lines(const Json& head, const std::string& name, int64_t width) {
  std::string sizes = with_commas(width);
  for (const auto hidden : value_or(head, "hidden", std::vector<int64_t>{})) sizes += " → " + with_commas(hidden);
  if (name_of(head, "kind") == "class") return {name, sizes + " → " + counted(number_of(head, "classes"), "class")};
  return {name, sizes + " → 1 number"};
}

class Builder {
 public:
  Builder(const Json& description, const FlowNames& names)
      : names_(names),
        inputs_(part(description, "inputs", Json::value_t::array)),
        blocks_(part(description, "blocks", Json::value_t::array)),
        heads_(part(description, "heads", Json::value_t::array)),
        description_(description),
        width_(number_of(description, "width")) {
    check_count(names.inputs.size(), inputs_.size(), "input");
    check_count(names.outputs.size(), heads_.size(), "head");
    check_count(names.linear_weights.size(), heads_.size(), "head");
    flow_.title = names.model.empty() ? "network" : names.model;
  }

  Flow build() {
    add_inputs();
    if (const auto reach = number_of(description_, "convolution"); reach > 0)
      follow({FlowKind::kStep, {"convolution", counted(reach, "token") + " wide, added to its input"}});
    add_blocks();
    if (value_or(description_, "final_norm", false)) follow({FlowKind::kStep, {"layer normalisation"}});
    follow(pool_node(part(description_, "pool", Json::value_t::object)), width_ > 0 ? "all tokens" : "");
    const auto pool = last_;
    for (size_t h = 0; h < heads_.size(); ++h) add_head(h, pool);
    return std::move(flow_);
  }

 private:
  size_t add(FlowNode node) {
    flow_.nodes.push_back(std::move(node));
    return flow_.nodes.size() - 1;
  }
  void connect(size_t from, size_t to, std::string label = "") { flow_.edges.push_back({from, to, std::move(label)}); }

  /// A node behind the last one.
  void follow(FlowNode node, std::string label = "") {
    const auto to = add(std::move(node));
    connect(last_, to, std::move(label));
    last_ = to;
  }

  void add_inputs() {
    if (inputs_.empty()) throw UsageError("description of a network: expected at least one input, found none");
    std::vector<size_t> embeddings;
    for (size_t i = 0; i < inputs_.size(); ++i) {
      const auto name = names_.inputs.empty() ? "input " + std::to_string(i) : names_.inputs[i];
      columns_.push_back(add({FlowKind::kInput, input_lines(inputs_[i], name)}));
      embeddings.push_back(add({FlowKind::kStep, embedding_lines(inputs_[i], width_)}));
      connect(columns_.back(), embeddings.back());
    }
    last_ = embeddings.front();
    if (embeddings.size() == 1) return;
    last_ = add({FlowKind::kStep, {"tokens of all inputs", "+ a vector per input"}});
    for (const auto embedding : embeddings) connect(embedding, last_);
  }

  void add_blocks() {
    for (size_t first = 0, next = 0; first < blocks_.size(); first = next) {
      while (next < blocks_.size() && blocks_[next] == blocks_[first]) ++next;
      const auto name = next - first == 1 ? "block " + std::to_string(first)
                                          : "blocks " + std::to_string(first) + " to " + std::to_string(next - 1) +
                                                ", one after another";
      follow(block_node(blocks_[first], name));
    }
  }

  void add_head(size_t h, size_t pool) {
    const bool has_classes = name_of(heads_[h], "kind") == "class";
    const auto name = names_.outputs.empty() ? "output " + std::to_string(h) : names_.outputs[h];
    const auto of_output = heads_.size() > 1 ? " of " + name : "";
    auto answer = add({FlowKind::kStep, head_lines(heads_[h], "head" + of_output, width_)});
    connect(pool, answer);
    const double weight = names_.linear_weights.empty() ? 0 : names_.linear_weights[h];
    if (weight > 0) {
      // The weight stands in the box: labels of edges that run side by side would cover one another.
      const auto linear =
          add({FlowKind::kStep,
               {"linear part" + of_output, "logistic regression of the inputs", "weight " + significant(weight)}});
      for (const auto column : columns_) connect(column, linear);
      const auto both = add({FlowKind::kStep, {"logarithmic pool", "of both opinions"}});
      connect(answer, both);
      connect(linear, both);
      answer = both;
    }
    connect(answer, add({FlowKind::kResult, {name, has_classes ? "a probability per class" : "a number"}}));
  }

  const FlowNames& names_;
  const Json &inputs_, &blocks_, &heads_, &description_;
  int64_t width_;
  Flow flow_;
  std::vector<size_t> columns_;  // the inputs' nodes
  size_t last_ = 0;
};

}  // namespace

Flow network_flow(const Json& description, const FlowNames& names) { return Builder(description, names).build(); }

}  // namespace attune::report
