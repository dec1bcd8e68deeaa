// SPDX-License-Identifier: Apache-2.0
#include "reference/split_gate.hpp"

#include <algorithm>
#include <limits>
#include <span>

#include "reference/softmax.hpp"

namespace attune::reference {
namespace {

std::vector<double> pool(const SplitInputs& in, int64_t row) {
  const auto& [B, R, W, G, hidden] = in.sizes;
  const int64_t begin = in.offsets[row], end = in.offsets[row + 1];
  std::vector<double> mean(W);
  for (int64_t token = begin; token < end; ++token) {
    for (int64_t r = 0; r < R; ++r) {
      for (int64_t w = 0; w < W; ++w) mean[w] += branch_at(in, token, r)[w];
    }
  }
  for (double& channel : mean) channel /= static_cast<double>(end - begin);
  return mean;
}

/// matrix [rows, x.size()] times x, plus bias [rows].
std::vector<double> affine(const double* matrix, const double* bias, int64_t rows, const std::vector<double>& x) {
  std::vector<double> y(bias, bias + rows);
  for (int64_t a = 0; a < rows; ++a) y[a] += dot({matrix + a * x.size(), x.size()}, x);
  return y;
}

void write_softmax(const SplitSizes& sizes, const std::vector<double>& logits, SplitGate& gate) {
  for (int64_t g = 0; g < sizes.G; ++g) {
    const Softmax over_branches = softmax(group_column(sizes, logits, g));
    for (int64_t r = 0; r < sizes.R; ++r) gate.weights[r * sizes.G + g] = over_branches.weights[r];
    gate.log_sum_exp[g] = over_branches.log_sum_exp;
  }
}

}  // namespace

std::vector<double> group_column(const SplitSizes& sizes, const std::vector<double>& table, int64_t g) {
  std::vector<double> column;
  for (int64_t r = 0; r < sizes.R; ++r) column.push_back(table[r * sizes.G + g]);
  return column;
}

SplitGate split_gate(const SplitInputs& in, int64_t row) {
  const auto& [B, R, W, G, hidden] = in.sizes;
  SplitGate gate{.pooled = {},
                 .hidden = {},
                 .weights = std::vector<double>(R * G),
                 .log_sum_exp = std::vector<double>(G, -std::numeric_limits<double>::infinity())};
  if (in.offsets[row] == in.offsets[row + 1]) return gate;

  gate.pooled = pool(in, row);
  gate.hidden = affine(in.hidden_weight, in.hidden_bias, hidden, gate.pooled);
  for (double& unit : gate.hidden) unit = std::max(unit, 0.0);
  write_softmax(in.sizes, affine(in.logit_weight, in.logit_bias, R * G, gate.hidden), gate);
  if (in.given_weights) std::copy_n(in.given_weights + row * R * G, R * G, gate.weights.begin());
  return gate;
}

}  // namespace attune::reference
