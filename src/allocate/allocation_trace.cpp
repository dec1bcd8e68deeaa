// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "attune/allocate/allocation_step.hpp"

namespace attune {
namespace {

/// The arrays of a step in their order, named after the score.
class Trace {
 public:
  Trace(const ItemGroup& group, const AllocationParameters& parameters)
      : items_(group.items()),
        keys_(group.key_width),
        values_(group.value_width),
        columns_(parameters.score_columns()),
        additive_(parameters.score == ItemScore::kAdditive),
        matrix_(additive_ ? "W_a" : "W") {}

  void add(std::string name, std::string formula, std::vector<int64_t> shape, std::vector<double> numbers) {
    arrays_.push_back({std::move(name), std::move(formula), std::move(shape), std::move(numbers)});
  }

  void add_of_items(std::string name, std::string formula, std::vector<int64_t> shape, std::vector<double> numbers) {
    add(std::move(name), std::move(formula), std::move(shape), std::move(numbers));
    arrays_.back().of_items = true;
  }

  void add_inputs(const ItemGroup& group, const AllocationParameters& parameters) {
    add_of_items("x", "features of the items", {items_, keys_}, {group.features.begin(), group.features.end()});
    add_of_items("v", "values of the items", {items_, values_}, {group.values.begin(), group.values.end()});
    if (group.target.empty()) {
      add("y", "class of the group, from 0", {}, {static_cast<double>(group.target_class)});
    } else {
      add("y", "target of the group", {values_}, {group.target.begin(), group.target.end()});
    }
    add_parameters("", "at first", parameters);
  }

  void add_forward(const AllocationPass& pass) {
    const auto root = "sqrt(" + std::to_string(keys_) + ")";
    if (additive_) add_of_items("a", "x W_a + b_a", {items_}, pass.activations);
    add_of_items("s", additive_ ? "tanh(a)" : "x W / " + root, scores_shape(), pass.scores);
    add_of_items("w", "softmax of s over the items", scores_shape(), pass.weights);
    add("context", "sum over items of w v", {values_}, pass.context);
    if (!pass.probabilities.empty()) add("p", "softmax(context)", {values_}, pass.probabilities);
    add("loss", pass.probabilities.empty() ? "mean of (context - y)^2" : "-ln p[y]", {}, {pass.loss});
  }

  void add_backward(const AllocationPass& pass, const AllocationGradient& gradient) {
    const auto share = "2 / " + std::to_string(values_) + " (context - y)";
    add("d_context", pass.probabilities.empty() ? share : "p - [class is y]", {values_}, pass.d_context);
    add_of_items("d_w", additive_ ? "sum over value columns of d_context v" : "d_context v", scores_shape(),
                 pass.d_weights);
    add_of_items("d_s", "w (d_w - sum over items of w d_w)", scores_shape(), pass.d_scores);
    if (additive_) add_of_items("d_a", "d_s (1 - s^2)", {items_}, pass.d_activations);
    const auto formula = additive_ ? "x^T d_a" : "x^T d_s / sqrt(" + std::to_string(keys_) + ")";
    add("d_" + matrix_, formula, matrix_shape(), gradient.weights);
    if (additive_) add("d_b_a", "sum over items of d_a", {}, {gradient.bias});
  }

  void add_parameters(const std::string& prefix, const std::string& formula, const AllocationParameters& parameters) {
    add(prefix + matrix_, formula, matrix_shape(), parameters.weights);
    if (additive_) add(prefix + "b_a", formula, {}, {parameters.bias});
  }

  [[nodiscard]] std::vector<TracedArray> take() && { return std::move(arrays_); }

 private:
  [[nodiscard]] std::vector<int64_t> scores_shape() const {
    return additive_ ? std::vector{items_} : std::vector{items_, columns_};
  }
  [[nodiscard]] std::vector<int64_t> matrix_shape() const {
    return additive_ ? std::vector{keys_} : std::vector{keys_, columns_};
  }

  int64_t items_, keys_, values_, columns_;
  bool additive_;
  std::string matrix_;
  std::vector<TracedArray> arrays_;
};

}  // namespace

std::vector<TracedArray> trace_step(const ItemGroup& group, const AllocationParameters& parameters, AllocationLoss loss,
                                    double learning_rate) {
  AllocationPass pass;
  AllocationGradient gradient;
  add_group_gradient(group, parameters, loss, pass, gradient);
  auto updated = parameters;
  descend(updated, gradient, learning_rate);
  Trace trace(group, parameters);
  trace.add_inputs(group, parameters);
  trace.add_forward(pass);
  trace.add_backward(pass, gradient);
  trace.add_parameters("new ", "less learning rate x gradient", updated);
  return std::move(trace).take();
}

}  // namespace attune
