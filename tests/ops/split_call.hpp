// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "attune/ops/packing.hpp"
#include "attune/ops/split_attention.hpp"
#include "operator_problem.hpp"
#include "split_problem.hpp"

namespace attune::testing {

/// What the operator is called with; leaves of the autograd graph where `requires_grad`.
struct SplitCall {
  Tensor branches, offsets;
  SplitGate gate;
};

inline SplitCall make_split_call(const SplitProblem& problem, at::ScalarType type = at::kDouble,
                                 bool requires_grad = false) {
  const auto& [B, R, W, G, hidden] = problem.in.sizes;
  SplitCall call{.branches = tensor_of(problem.values.values(), {problem.offsets.back(), R, W}).to(type),
                 .offsets = make_offsets(problem.offsets),
                 .gate = {.reduce_weight = tensor_of(problem.hidden_weight.values(), {hidden, W}).to(type),
                          .reduce_bias = tensor_of(problem.hidden_bias.values(), {hidden}).to(type),
                          .expand_weight = tensor_of(problem.logit_weight.values(), {R * G, hidden}).to(type),
                          .expand_bias = tensor_of(problem.logit_bias.values(), {R * G}).to(type)}};
  auto& gate = call.gate;
  for (Tensor* leaf :
       {&call.branches, &gate.reduce_weight, &gate.reduce_bias, &gate.expand_weight, &gate.expand_bias}) {
    leaf->requires_grad_(requires_grad);
  }
  return call;
}

/// Lengths with and without empty rows, groups {1, 2, W}, branches {1, 2, 4}.
inline std::vector<SplitCase> split_cases() {
  std::vector<SplitCase> cases;
  for (const int64_t R : {1, 2, 4}) {
    for (const int64_t G : {1, 2, 8}) {
      for (const std::vector<int64_t>& lengths : {std::vector<int64_t>{1}, {3, 3}, {0, 5, 2, 0, 17}}) {
        cases.push_back({.R = R, .W = 8, .G = G, .hidden = 3, .lengths = lengths});
      }
    }
  }
  return cases;
}

inline std::string name_of(const SplitCase& c) {
  return "R " + std::to_string(c.R) + " G " + std::to_string(c.G) + " rows " + std::to_string(c.lengths.size());
}

}  // namespace attune::testing
