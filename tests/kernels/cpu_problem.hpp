// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "attention_problem.hpp"
#include "attune/kernels/cpu/attention.hpp"
#include "attune/kernels/cpu/packed_keys.hpp"
#include "cpu_array.hpp"

namespace attune::testing {

struct CpuCase {
  AttentionCase shape;
  Form form = Form::kPacked;
  double amplitude = 1;  ///< of queries and keys
  double dropout = 0;    ///< rate
  bool transposed_mask = false;
  uint64_t seed = 1;
};

/// One call of the kernels for the processor, and the same for the reference. The reference's numbers are floats, so
/// that both see the same; pointers of `in` stay valid as long as the problem.
struct CpuProblem {
  explicit CpuProblem(const CpuCase& c);
  CpuProblem(const CpuProblem&) = delete;
  CpuProblem& operator=(const CpuProblem&) = delete;

  /// Takes numbers that were changed in `exact` over.
  void copy_numbers();
  /// Takes the mask of `exact` over, as bytes [B, heads, queries, keys] with others around it.
  void copy_mask(bool transposed);

  AttentionProblem exact;
  CpuArray query, key, value, d_context;
  std::vector<float> u;
  std::vector<uint8_t> mask;
  std::vector<int64_t> row_ids;
  cpu::AttentionInputs in;
  Form form;
  Layout layout;
};

struct CpuResult {
  explicit CpuResult(const CpuProblem& problem);
  /// What the backward pass takes over.
  [[nodiscard]] cpu::ForwardResult view() const {
    return {context.view(), log_sum_exp.view(), log_sum_exp_remainder.view()};
  }
  CpuArray context, log_sum_exp, log_sum_exp_remainder, entropy;
};

struct CpuGradients {
  explicit CpuGradients(const CpuProblem& problem);
  CpuArray query, key, value;
  FloatBuffer u;
};

cpu::KeyInputs keys_of(const CpuProblem& problem);

/// All run the kernel and throw if anything outside the outputs was written.
CpuResult run_cpu(const CpuProblem& problem, Executor* executor = nullptr);
CpuResult run_cpu_packed(const CpuProblem& problem, const cpu::PackedKeys& keys, Executor* executor = nullptr);
/// The gradients of sum(context * problem.d_context).
CpuGradients run_cpu_backward(const CpuProblem& problem, const CpuResult& forward, Executor* executor = nullptr);

/// The gradients of the reference for the same d_context.
AttentionGradientResult run_exact_backward(const CpuProblem& problem);

/// Runs `test` with every instruction set of the processor, named in what fails, and returns to the one before.
void for_each_isa(const std::function<void()>& test);

}  // namespace attune::testing
