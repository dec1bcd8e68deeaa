// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "arrays.hpp"
#include "contest.hpp"

/// Who takes part. Each keeps the arrays that it is given.
namespace attune::bench {

/// The product's kernel, results [B, H, T, D] or packed as the arrays are.
[[nodiscard]] Contestant our_kernel(const Arrays& arrays, const Arena& arena, bool with_statistics = false);
/// The same by keys that were packed before.
[[nodiscard]] Contestant our_kernel_with_packed_keys(const Arrays& arrays, const Arena& arena);
/// The same with one tanh for each feature of each pair (fused_tanh.hpp).
[[nodiscard]] Contestant our_fused_tanh(const Arrays& arrays, const Arena& arena);
/// The product's operator, as the modules call it.
[[nodiscard]] Contestant our_operator(const Arrays& arrays, const Arena& arena);
/// LibTorch's scaled_dot_product_attention, or additive attention put together from its operations.
[[nodiscard]] Contestant libtorch(const Arrays& arrays, const Arena& arena);

/// The same two with the backward pass; results: the gradients of query, key, value and, if there is one, u.
[[nodiscard]] Contestant our_operator_backward(const Arrays& arrays, const Arena& arena);
[[nodiscard]] Contestant libtorch_backward(const Arrays& arrays, const Arena& arena);

/// Add, Tanh, MatMul, Softmax, MatMul; the arrays have one head. Results [B, 1, T, D].
[[nodiscard]] Contestant onnxruntime_additive(const Arrays& arrays, const Arena& arena);
/// com.microsoft.MultiHeadAttention. The arrays are laid out by_token(). Results [B, H, T, D].
/// @param key_lengths keys beyond are padding, [B]; none: there is no mask
[[nodiscard]] Contestant onnxruntime_product(const Arrays& arrays, const Arena& arena,
                                             const std::vector<int64_t>& key_lengths = {});

}  // namespace attune::bench
