// SPDX-License-Identifier: Apache-2.0
// First and second gradients of what moves tokens about, against central differences.
#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include "attune/ops/neighbours.hpp"
#include "attune/ops/packing.hpp"
#include "attune/ops/row_mean.hpp"
#include "central_differences.hpp"
#include "operator_problem.hpp"

namespace attune::testing {
namespace {

using Function = std::function<Tensor(const Tensor&)>;

std::vector<double*> places_in(Tensor& tensor) {
  std::vector<double*> places;
  for (int64_t n = 0; n < tensor.numel(); ++n) places.push_back(tensor.mutable_data_ptr<double>() + n);
  return places;
}

/// A loss with a second derivative: sum of w f(x)^3.
Tensor loss_of(const Function& f, const Tensor& x) {
  const auto y = f(x);
  return (random_tensor(y.sizes(), 5) * y * y * y).sum();
}

Tensor gradient_of(const Function& f, const Tensor& x, bool create_graph) {
  return torch::autograd::grad({loss_of(f, x)}, {x}, {}, std::nullopt, create_graph)[0];
}

void expect_both_gradients(const std::string& name, const Function& f, at::IntArrayRef shape) {
  auto x = random_tensor(shape, 3).requires_grad_(true);
  auto moved = x.detach();  // the same numbers
  const auto direction = random_tensor(shape, 4);
  const auto gradient = gradient_of(f, x, /*create_graph=*/true);
  const auto second = torch::autograd::grad({(gradient * direction).sum()}, {x})[0];
  expect_central_differences(name, numbers_of(gradient), places_in(moved),
                             [&] { return loss_of(f, moved).item<double>(); });
  expect_central_differences(name + ", second", numbers_of(second), places_in(moved), [&] {
    const auto leaf = moved.clone().requires_grad_(true);
    return (gradient_of(f, leaf, false) * direction).sum().item<double>();
  });
}

TEST(PackingGradient, OfAllThatMovesTokens) {
  for (const std::vector<int64_t>& lengths : {std::vector<int64_t>{1}, {3, 3}, {0, 2, 5, 0, 1}}) {
    SCOPED_TRACE(lengths.size());
    const auto offsets = offsets_tensor(lengths);
    const auto rows = offsets_view(offsets);
    const int64_t tokens = rows.back(), batch = static_cast<int64_t>(lengths.size());
    const int64_t longest = longest_row(rows);
    expect_both_gradients("pad", [&](const Tensor& x) { return pad_rows(x, offsets); }, {tokens, 2, 3});
    expect_both_gradients("unpad", [&](const Tensor& x) { return unpad_rows(x, offsets); }, {batch, longest + 1, 3});
    expect_both_gradients("pad heads", [&](const Tensor& x) { return pad_heads(x, offsets); }, {tokens, 2, 3});
    expect_both_gradients("unpad heads", [&](const Tensor& x) { return unpad_heads(x, offsets); },
                          {batch, 2, longest + 1, 3});
    expect_both_gradients("there and back",
                          [&](const Tensor& x) { return unpad_rows(pad_rows(x, offsets) * 2, offsets); }, {tokens, 3});
    expect_both_gradients("row mean", [&](const Tensor& x) { return row_mean(x, offsets); }, {tokens, 3});
    for (const int64_t reach : {1, 3, 7}) {
      expect_both_gradients("neighbours", [&](const Tensor& x) { return gather_neighbours(x, offsets, reach); },
                            {tokens, 2});
    }
  }
}

TEST(PackingGradient, OfTakenTokensIsSummedPerToken) {
  const auto index = make_offsets(std::vector<int64_t>{4, 0, 0, 2});
  const auto take = [&](const Tensor& x) { return take_tokens(x, index); };
  expect_both_gradients("tokens", take, {5, 3});
  expect_both_gradients("tokens with heads", take, {5, 2, 3});
}

TEST(PackingGradient, OfFloatNeighbours) {
  const auto offsets = offsets_tensor({0, 2, 5});
  const auto sum = [&](at::ScalarType type) {
    const auto x = random_tensor({7, 2}, 3, type).requires_grad_(true);
    const auto y = gather_neighbours(x, offsets, 3);
    return torch::autograd::grad({y}, {x}, {random_tensor(y.sizes(), 5, type)})[0];
  };
  const auto error = (sum(at::kFloat).to(at::kDouble) - sum(at::kDouble)).abs().max().item<double>();
  EXPECT_LT(error, 1e-6);
}

}  // namespace
}  // namespace attune::testing
