// SPDX-License-Identifier: Apache-2.0
#include <ATen/Parallel.h>
#include <torch/torch.h>

#include "backward.hpp"
#include "contestants.hpp"

namespace attune::bench {
namespace {

/// As a person writes it who minds memory: tanh in place, which autograd allows.
Tensor attend(const Arrays& arrays) {
  const auto& [query, key, value, u, query_offsets, key_offsets, causal] = arrays;
  if (!u.defined()) return at::scaled_dot_product_attention(query, key, value, {}, 0.0, causal);
  const auto hidden = (query.unsqueeze(3) + key.unsqueeze(2)).tanh_();  // [B, H, Tq, Tk, A]
  const auto scores = hidden.matmul(u[0]);                              // [B, H, Tq, Tk], H = 1
  return scores.softmax(-1).matmul(value);
}

/// LibTorch's threads are those of whoever calls it.
Contestant with_threads(const Contestant& contestant, int threads) {
  return {.run =
              [run = contestant.run, threads] {
                if (at::get_num_threads() != threads) at::set_num_threads(threads);
                run();
              },
          .results = contestant.results};
}

}  // namespace

Contestant libtorch(const Arrays& arrays, const Arena& arena) {
  const auto context = std::make_shared<Tensor>();
  const auto run = [arrays, context] {
    const at::NoGradGuard no_gradients;
    *context = attend(arrays);
  };
  return with_threads({.run = run, .results = [context] { return std::vector{*context}; }}, arena.threads);
}

Contestant libtorch_backward(const Arrays& arrays, const Arena& arena) {
  return with_threads(with_backward(arrays, attend), arena.threads);
}

}  // namespace attune::bench
