// SPDX-License-Identifier: Apache-2.0
#include "cases.hpp"
#include "contestants.hpp"

namespace attune::bench {
namespace {

constexpr Shape kNarrow{1, 8, 1024, 64}, kWide{1, 8, 1024, 128}, kShort{8, 8, 128, 64};
const std::string kForward = "scaled dot product forward, ";

double forward_work(const Shape& shape) { return pairs(shape) * product_work(static_cast<double>(shape.D)); }

Case over_libtorch(const Shape& shape, double at_least) {
  return {.name = kForward + text_of(shape),
          .peer = Peer::kLibTorch,
          .peer_name = "LibTorch, scaled_dot_product_attention",
          .at_least = at_least,
          .multiply_adds = forward_work(shape),
          .prepare = [shape](const Arena& arena) {
            const auto arrays = product_arrays(shape);
            return std::make_unique<Contest>(Contest{our_operator(arrays, arena), libtorch(arrays, arena)});
          }};
}

/// Of the pairs, half and the diagonal are allowed.
Case causal_over_libtorch(const Shape& shape) {
  const auto T = static_cast<double>(shape.T);
  return {.name = "scaled dot product forward, causal, " + text_of(shape),
          .peer = Peer::kLibTorch,
          .peer_name = "LibTorch, scaled_dot_product_attention",
          .at_least = 1.2,
          .multiply_adds = forward_work(shape) * (T + 1) / (2 * T),
          .prepare = [shape](const Arena& arena) {
            auto arrays = product_arrays(shape);
            arrays.causal = true;
            return std::make_unique<Contest>(Contest{our_operator(arrays, arena), libtorch(arrays, arena)});
          }};
}

Case backward_over_libtorch(const Shape& shape) {
  return {.name = "scaled dot product forward + backward, " + text_of(shape),
          .peer = Peer::kLibTorch,
          .peer_name = "LibTorch, scaled_dot_product_attention",
          .at_least = 0.9,
          .multiply_adds = pairs(shape) * product_backward_work(static_cast<double>(shape.D)),
          .prepare = [shape](const Arena& arena) {
            const auto arrays = product_arrays(shape);
            return std::make_unique<Contest>(
                Contest{our_operator_backward(arrays, arena), libtorch_backward(arrays, arena)});
          }};
}

/// Without a goal of its own.
Case over_onnxruntime(const Shape& shape) {
  return {.name = kForward + text_of(shape),
          .peer = Peer::kOnnxruntime,
          .peer_name = "onnxruntime, MultiHeadAttention",
          .at_least = {},
          .multiply_adds = forward_work(shape),
          .prepare = [shape](const Arena& arena) {
            const auto arrays = by_token(product_arrays(shape));
            return std::make_unique<Contest>(Contest{our_kernel(arrays, arena), onnxruntime_product(arrays, arena)});
          }};
}

Case share_of_peak(const Shape& shape) {
  return {.name = kForward + text_of(shape) + ", share of the peak",
          .peer = Peer::kPeak,
          .peer_name = "the machine's multiply-adds",
          .at_least = 0.85,
          .multiply_adds = forward_work(shape),
          .prepare = [shape](const Arena& arena) {
            return std::make_unique<Contest>(Contest{our_kernel(product_arrays(shape), arena), {}});
          }};
}

}  // namespace

std::vector<Case> product_cases(bool quick) {
  const auto narrow = sized(kNarrow, quick), wide = sized(kWide, quick), brief = sized(kShort, quick);
  return {over_libtorch(narrow, 1.1),   over_libtorch(wide, 1.05),      over_libtorch(brief, 1.2),
          causal_over_libtorch(narrow), backward_over_libtorch(narrow), over_onnxruntime(narrow),
          over_onnxruntime(wide),       over_onnxruntime(brief),        share_of_peak(wide)};
}

}  // namespace attune::bench
