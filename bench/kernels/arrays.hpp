// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "attune/kernels/cpu/attention.hpp"
#include "attune/ops/tensor.hpp"

namespace attune::bench {

/// A size of self-attention; D is A for additive attention, and the width of the values.
struct Shape {
  int64_t B, H, T, D;
};

/// What one attention call reads, for every contestant the same numbers.
struct Arrays {
  Tensor query, key, value;  ///< dense [B, H, T, D], any strides; or packed [N, H, D], with offsets
  Tensor u = {};             ///< [H, D]; undefined: scaled dot product
  std::vector<int64_t> query_offsets = {}, key_offsets = {};
  bool causal = false;
};

/// Numbers of a normal distribution: the same for the same shape in every run.
[[nodiscard]] Arrays additive_arrays(const Shape& shape);
/// [B, H, T, D] contiguous, as LibTorch likes it best.
[[nodiscard]] Arrays product_arrays(const Shape& shape);
/// The same numbers, laid out as [B, T, H, D], which is what onnxruntime takes.
[[nodiscard]] Arrays by_token(const Arrays& arrays);
/// The first tokens of each row one after another, packed: as many as its length says.
[[nodiscard]] Tensor first_tokens(const Tensor& dense, const std::vector<int64_t>& lengths);
/// 0 and the sums of the lengths.
[[nodiscard]] std::vector<int64_t> offsets_of(const std::vector<int64_t>& lengths);

/// The product's kernel called on arrays, without an operator around it; results are written to the same place each
/// time.
class KernelCall {
 public:
  explicit KernelCall(const Arrays& arrays, bool with_statistics = false);

  [[nodiscard]] const cpu::AttentionInputs& inputs() const { return inputs_; }
  [[nodiscard]] const cpu::AttentionOutputs& outputs() const { return outputs_; }
  [[nodiscard]] const Tensor& context() const { return context_; }
  void run(Executor& executor) const { cpu::attention(inputs_, outputs_, &executor); }

  KernelCall(const KernelCall&) = delete;
  KernelCall& operator=(const KernelCall&) = delete;

 private:
  Arrays arrays_;
  Tensor context_, log_sum_exp_, entropy_;
  cpu::AttentionInputs inputs_;
  cpu::AttentionOutputs outputs_;
};

}  // namespace attune::bench
