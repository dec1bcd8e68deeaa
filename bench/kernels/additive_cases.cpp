// SPDX-License-Identifier: Apache-2.0
#include "cases.hpp"
#include "contestants.hpp"

namespace attune::bench {
namespace {

constexpr Shape kLong{8, 1, 512, 64}, kLongest{1, 1, 2048, 64}, kWide{8, 1, 128, 256}, kSmall{32, 1, 32, 16};

Case over_onnxruntime(const Shape& shape, double at_least) {
  return {.name = "additive forward, " + text_of(shape),
          .peer = Peer::kOnnxruntime,
          .peer_name = "onnxruntime, Add Tanh MatMul Softmax MatMul",
          .at_least = at_least,
          .multiply_adds = pairs(shape) * additive_work(static_cast<double>(shape.D)),
          .prepare = [shape](const Arena& arena) {
            const auto arrays = additive_arrays(shape);
            return std::make_unique<Contest>(Contest{our_kernel(arrays, arena), onnxruntime_additive(arrays, arena)});
          }};
}

Case over_fused_tanh(const Shape& shape) {
  return {.name = "additive forward, " + text_of(shape),
          .peer = Peer::kOwn,
          .peer_name = "own, fused with a tanh each",
          .at_least = 2.4,
          .multiply_adds = pairs(shape) * additive_work(static_cast<double>(shape.D)),
          .prepare = [shape](const Arena& arena) {
            const auto arrays = additive_arrays(shape);
            return std::make_unique<Contest>(Contest{our_kernel(arrays, arena), our_fused_tanh(arrays, arena)});
          }};
}

Case backward_over_libtorch(const Shape& shape) {
  return {.name = "additive forward + backward, " + text_of(shape),
          .peer = Peer::kLibTorch,
          .peer_name = "LibTorch, autograd of its operations",
          .at_least = 8.0,
          .multiply_adds = pairs(shape) * additive_backward_work(static_cast<double>(shape.D)),
          .prepare = [shape](const Arena& arena) {
            const auto arrays = additive_arrays(shape);
            return std::make_unique<Contest>(
                Contest{our_operator_backward(arrays, arena), libtorch_backward(arrays, arena)});
          }};
}

}  // namespace

std::vector<Case> additive_cases(bool quick) {
  std::vector<Case> cases;
  for (const auto& shape : {kLong, kLongest, kWide}) cases.push_back(over_onnxruntime(sized(shape, quick), 11));
  cases.push_back(over_onnxruntime(sized(kSmall, quick), 8));
  for (const auto& shape : {kLong, kLongest, kWide}) cases.push_back(over_fused_tanh(sized(shape, quick)));
  for (const auto& shape : {Shape{8, 1, 128, 64}, kWide, kLong})
    cases.push_back(backward_over_libtorch(sized(shape, quick)));
  return cases;
}

}  // namespace attune::bench
