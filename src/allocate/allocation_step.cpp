// SPDX-License-Identifier: Apache-2.0
#include "attune/allocate/allocation_step.hpp"

#include <cmath>

#include "attune/core/error.hpp"
#include "softmax.hpp"

// Row after row, item i of a group holds features x[i K .. ], values v[i V .. ] and scores s[i C .. ].
namespace attune {
namespace {

void check_widths(const ItemGroup& group, const AllocationParameters& parameters) {
  if (group.key_width == parameters.key_width && group.value_width == parameters.value_width) return;
  throw ShapeError("allocation: parameters of " + std::to_string(parameters.key_width) + " features and " +
                   std::to_string(parameters.value_width) + " value columns met a group of " +
                   std::to_string(group.key_width) + " and " + std::to_string(group.value_width));
}

/// out[i, c] = sum over k of x[i, k] W[k, c], [T, C].
void project(const ItemGroup& group, const AllocationParameters& parameters, std::vector<double>& out) {
  const auto items = group.items(), keys = group.key_width, columns = parameters.score_columns();
  out.assign(static_cast<size_t>(items * columns), 0);
  const double *x = group.features.data(), *w = parameters.weights.data();
  for (int64_t i = 0; i < items; ++i) {
    double* row = out.data() + i * columns;
    for (int64_t k = 0; k < keys; ++k) {
      for (int64_t c = 0; c < columns; ++c) row[c] += x[i * keys + k] * w[k * columns + c];
    }
  }
}

/// s = x W / sqrt(K), or a = x W_a + b_a and s = tanh(a).
void score_items(const ItemGroup& group, const AllocationParameters& parameters, AllocationPass& pass) {
  if (parameters.score == ItemScore::kScaledDot) {
    project(group, parameters, pass.scores);
    const double root = std::sqrt(static_cast<double>(group.key_width));
    for (double& score : pass.scores) score /= root;
    pass.activations.clear();
    return;
  }
  project(group, parameters, pass.activations);
  pass.scores.resize(pass.activations.size());
  for (size_t i = 0; i < pass.scores.size(); ++i) {
    pass.activations[i] += parameters.bias;
    pass.scores[i] = std::tanh(pass.activations[i]);
  }
}

/// The column of scores that weighs value column c.
int64_t score_column(const AllocationParameters& parameters, int64_t c) {
  return parameters.score == ItemScore::kScaledDot ? c : 0;
}

void add_up_context(const ItemGroup& group, const AllocationParameters& parameters, AllocationPass& pass) {
  const auto items = group.items(), width = group.value_width, columns = parameters.score_columns();
  pass.context.assign(static_cast<size_t>(width), 0);
  for (int64_t i = 0; i < items; ++i) {
    for (int64_t c = 0; c < width; ++c)
      pass.context[static_cast<size_t>(c)] +=
          pass.weights[static_cast<size_t>(i * columns + score_column(parameters, c))] *
          group.values[static_cast<size_t>(i * width + c)];
  }
}

/// loss = mean over c of (context_c - target_c)^2; d_context_c = 2 / V (context_c - target_c).
void compare_with_numbers(const ItemGroup& group, AllocationPass& pass) {
  const auto width = static_cast<double>(group.value_width);
  pass.loss = 0;
  for (size_t c = 0; c < pass.context.size(); ++c) {
    const double error = pass.context[c] - group.target[c];
    pass.loss += error * error / width;
    pass.d_context[c] = 2 / width * error;
  }
}

/// p = softmax(context); loss = -ln p_y = ln sum exp(context) - context_y; d_context_c = p_c - [c = y].
void compare_with_class(const ItemGroup& group, AllocationPass& pass) {
  const auto right = static_cast<size_t>(group.target_class);
  pass.probabilities.resize(pass.context.size());
  const double total = softmax(pass.context.data(), pass.probabilities.data(), group.value_width, 1);
  pass.loss = total - pass.context[right];
  pass.d_context = pass.probabilities;
  pass.d_context[right] -= 1;
}

/// d_w[i, c] = d_context_c v[i, c]; a column of scores that serves all value columns gathers them all.
void spread_to_weights(const ItemGroup& group, const AllocationParameters& parameters, AllocationPass& pass) {
  const auto items = group.items(), width = group.value_width, columns = parameters.score_columns();
  pass.d_weights.assign(pass.weights.size(), 0);
  for (int64_t i = 0; i < items; ++i) {
    for (int64_t c = 0; c < width; ++c)
      pass.d_weights[static_cast<size_t>(i * columns + score_column(parameters, c))] +=
          pass.d_context[static_cast<size_t>(c)] * group.values[static_cast<size_t>(i * width + c)];
  }
}

/// Through the softmax: d_s[i] = w[i] (d_w[i] - sum over j of w[j] d_w[j]), for each column of scores.
void spread_to_scores(int64_t items, int64_t columns, AllocationPass& pass) {
  pass.d_scores.resize(pass.scores.size());
  for (int64_t c = 0; c < columns; ++c) {
    double mean = 0;
    for (int64_t i = 0; i < items; ++i) {
      const auto at = static_cast<size_t>(i * columns + c);
      mean += pass.weights[at] * pass.d_weights[at];
    }
    for (int64_t i = 0; i < items; ++i) {
      const auto at = static_cast<size_t>(i * columns + c);
      pass.d_scores[at] = pass.weights[at] * (pass.d_weights[at] - mean);
    }
  }
}

/// sum[k, c] += scale x sum over i of x[i, k] d[i, c].
void add_projection_gradient(const ItemGroup& group, int64_t columns, const std::vector<double>& d, double scale,
                             std::vector<double>& sum) {
  const auto items = group.items(), keys = group.key_width;
  for (int64_t i = 0; i < items; ++i) {
    for (int64_t k = 0; k < keys; ++k) {
      const double x = scale * group.features[static_cast<size_t>(i * keys + k)];
      for (int64_t c = 0; c < columns; ++c)
        sum[static_cast<size_t>(k * columns + c)] += x * d[static_cast<size_t>(i * columns + c)];
    }
  }
}

/// d_a = d_s (1 - s^2), since tanh' = 1 - tanh^2; d_b_a = sum over items of d_a.
void spread_through_tanh(AllocationPass& pass, AllocationGradient& sum) {
  pass.d_activations.resize(pass.d_scores.size());
  for (size_t i = 0; i < pass.d_scores.size(); ++i) {
    pass.d_activations[i] = pass.d_scores[i] * (1 - pass.scores[i] * pass.scores[i]);
    sum.bias += pass.d_activations[i];
  }
}

}  // namespace

void weigh_items(const ItemGroup& group, const AllocationParameters& parameters, AllocationPass& pass) {
  check_widths(group, parameters);
  score_items(group, parameters, pass);
  pass.weights.resize(pass.scores.size());
  const auto columns = parameters.score_columns();
  for (int64_t c = 0; c < columns; ++c)
    softmax(pass.scores.data() + c, pass.weights.data() + c, group.items(), columns);
  add_up_context(group, parameters, pass);
}

void measure_group(const ItemGroup& group, const AllocationParameters& parameters, AllocationLoss loss,
                   AllocationPass& pass) {
  weigh_items(group, parameters, pass);
  pass.d_context.resize(pass.context.size());
  if (loss == AllocationLoss::kMeanSquaredError) {
    compare_with_numbers(group, pass);
  } else {
    compare_with_class(group, pass);
  }
}

void add_group_gradient(const ItemGroup& group, const AllocationParameters& parameters, AllocationLoss loss,
                        AllocationPass& pass, AllocationGradient& sum) {
  measure_group(group, parameters, loss, pass);
  spread_to_weights(group, parameters, pass);
  const auto columns = parameters.score_columns();
  spread_to_scores(group.items(), columns, pass);
  sum.weights.resize(parameters.weights.size());
  if (parameters.score == ItemScore::kScaledDot) {
    // d_W = x^T d_s / sqrt(K)
    add_projection_gradient(group, columns, pass.d_scores, 1 / std::sqrt(static_cast<double>(group.key_width)),
                            sum.weights);
    return;
  }
  spread_through_tanh(pass, sum);
  add_projection_gradient(group, columns, pass.d_activations, 1, sum.weights);  // d_W_a = x^T d_a
}

void descend(AllocationParameters& parameters, const AllocationGradient& gradient, double rate) {
  for (size_t i = 0; i < parameters.weights.size(); ++i) parameters.weights[i] -= rate * gradient.weights[i];
  parameters.bias -= rate * gradient.bias;
}

}  // namespace attune
