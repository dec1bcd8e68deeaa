// SPDX-License-Identifier: Apache-2.0
#include "backward.hpp"

#include <torch/autograd.h>
#include <torch/types.h>

namespace attune::bench {

Contestant with_backward(const Arrays& arrays, const std::function<Tensor(const Arrays&)>& attend) {
  auto leaves = arrays;
  std::vector<Tensor> wanted;
  for (Tensor* tensor : {&leaves.query, &leaves.key, &leaves.value, &leaves.u}) {
    if (!tensor->defined()) continue;
    *tensor = tensor->detach().requires_grad_();
    wanted.push_back(*tensor);
  }
  torch::manual_seed(2);
  const auto d_context = torch::randn_like(arrays.query);
  const auto gradients = std::make_shared<std::vector<Tensor>>();
  return {.run = [=] { *gradients = torch::autograd::grad({attend(leaves)}, wanted, {d_context}); },
          .results = [gradients] { return *gradients; }};
}

}  // namespace attune::bench
