// SPDX-License-Identifier: Apache-2.0
// Forward of split attention; formula and papers in the header. One row at a time: its gate, then its tokens.
#include "attune/kernels/reference/split_attention.hpp"

#include <algorithm>

#include "reference/check.hpp"
#include "reference/softmax.hpp"
#include "reference/split_gate.hpp"

namespace attune::reference {
namespace {

void write_context(const SplitInputs& in, int64_t row, const std::vector<double>& weights, const SplitOutputs& out) {
  const auto& [B, R, W, G, hidden] = in.sizes;
  for (int64_t token = in.offsets[row]; token < in.offsets[row + 1]; ++token) {
    double* context = out.context + token * out.context_stride;
    std::fill_n(context, W, 0.0);
    for (int64_t r = 0; r < R; ++r) {
      const double* branch = branch_at(in, token, r);
      for (int64_t w = 0; w < W; ++w) context[w] += weights[r * G + group_of(in.sizes, w)] * branch[w];
    }
  }
}

}  // namespace

void split_attention(const SplitInputs& in, const SplitOutputs& out) {
  check(in);
  const auto& [B, R, W, G, hidden] = in.sizes;
  for (int64_t b = 0; b < B; ++b) {
    const SplitGate gate = split_gate(in, b);
    if (out.context) write_context(in, b, gate.weights, out);
    if (out.weights) std::copy(gate.weights.begin(), gate.weights.end(), out.weights + b * R * G);
    if (out.log_sum_exp) std::copy(gate.log_sum_exp.begin(), gate.log_sum_exp.end(), out.log_sum_exp + b * G);
    for (int64_t g = 0; out.entropy && g < G; ++g) {
      out.entropy[b * G + g] = entropy(group_column(in.sizes, gate.weights, g));
    }
  }
}

}  // namespace attune::reference
