// SPDX-License-Identifier: Apache-2.0
#include <ATen/core/grad_mode.h>

#include "attune/kernels/cpu/packed_keys.hpp"
#include "attune/ops/attention.hpp"
#include "backward.hpp"
#include "contestants.hpp"
#include "fused_tanh.hpp"

namespace attune::bench {
namespace {

/// attune::AttentionInputs, not the kernels' own.
Tensor attend(const Arrays& arrays, Executor& executor) {
  const AttentionInputs in{.query = arrays.query, .key = arrays.key, .value = arrays.value, .causal = arrays.causal};
  const AttentionOptions options{.kernels = Kernels::kFused, .executor = &executor};
  if (arrays.u.defined()) return additive_attention(in, arrays.u, options).context;
  return scaled_dot_attention(in, {}, options).context;
}

}  // namespace

Contestant our_kernel(const Arrays& arrays, const Arena& arena, bool with_statistics) {
  const auto call = std::make_shared<KernelCall>(arrays, with_statistics);
  return {.run = [call, &executor = arena.executor] { call->run(executor); },
          .results = [call] { return std::vector{call->context()}; }};
}

Contestant our_kernel_with_packed_keys(const Arrays& arrays, const Arena& arena) {
  const auto call = std::make_shared<KernelCall>(arrays);
  const auto& in = call->inputs();
  const auto keys = std::make_shared<const cpu::PackedKeys>(cpu::KeyInputs{.score = in.score,
                                                                           .B = in.sizes.B,
                                                                           .H = in.sizes.H,
                                                                           .Hkv = in.sizes.Hkv,
                                                                           .D = in.sizes.D,
                                                                           .key = in.key,
                                                                           .key_offsets = in.key_offsets,
                                                                           .u = in.u});
  return {.run = [call, keys,
                  &executor = arena.executor] { cpu::attention(call->inputs(), *keys, call->outputs(), &executor); },
          .results = [call] { return std::vector{call->context()}; }};
}

Contestant our_fused_tanh(const Arrays& arrays, const Arena& arena) {
  const auto call = std::make_shared<KernelCall>(arrays);
  return {
      .run = [call, &executor = arena.executor] { fused_tanh_attention(call->inputs(), call->outputs(), executor); },
      .results = [call] { return std::vector{call->context()}; }};
}

Contestant our_operator(const Arrays& arrays, const Arena& arena) {
  const auto context = std::make_shared<Tensor>();
  return {.run =
              [arrays, context, &executor = arena.executor] {
                const at::NoGradGuard no_gradients;
                *context = attend(arrays, executor);
              },
          .results = [context] { return std::vector{*context}; }};
}

Contestant our_operator_backward(const Arrays& arrays, const Arena& arena) {
  return with_backward(arrays, [&executor = arena.executor](const Arrays& leaves) { return attend(leaves, executor); });
}

}  // namespace attune::bench
