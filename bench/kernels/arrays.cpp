// SPDX-License-Identifier: Apache-2.0
#include "arrays.hpp"

#include <torch/types.h>

#include <cmath>
#include <numeric>

namespace attune::bench {
namespace {

template <class Element>
HeadArray<Element> head_array(Element* data, const Tensor& tensor, bool is_packed) {
  if (is_packed) return {data, tensor.stride(0), tensor.stride(1)};
  return {data, tensor.stride(2), tensor.stride(1), tensor.stride(0)};
}

std::vector<int64_t> even_offsets(const Tensor& dense) {
  return offsets_of(std::vector<int64_t>(static_cast<size_t>(dense.size(0)), dense.size(2)));
}

}  // namespace

Arrays product_arrays(const Shape& shape) {
  torch::manual_seed(1);
  const std::vector<int64_t> sizes = {shape.B, shape.H, shape.T, shape.D};
  return {torch::randn(sizes), torch::randn(sizes), torch::randn(sizes)};
}

Arrays additive_arrays(const Shape& shape) {
  auto arrays = product_arrays(shape);
  arrays.u = torch::randn({shape.H, shape.D}) / std::sqrt(static_cast<double>(shape.D));
  return arrays;
}

Arrays by_token(const Arrays& arrays) {
  auto moved = arrays;
  for (Tensor* tensor : {&moved.query, &moved.key, &moved.value})
    *tensor = tensor->transpose(1, 2).contiguous().transpose(1, 2);
  return moved;
}

Tensor first_tokens(const Tensor& dense, const std::vector<int64_t>& lengths) {
  std::vector<Tensor> rows;  // [H, length, D] each
  for (size_t b = 0; b < lengths.size(); ++b) rows.push_back(dense[static_cast<int64_t>(b)].narrow(1, 0, lengths[b]));
  return torch::cat(rows, 1).transpose(0, 1).contiguous();
}

std::vector<int64_t> offsets_of(const std::vector<int64_t>& lengths) {
  std::vector<int64_t> offsets(lengths.size() + 1, 0);
  std::partial_sum(lengths.begin(), lengths.end(), offsets.begin() + 1);
  return offsets;
}

KernelCall::KernelCall(const Arrays& arrays, bool with_statistics) : arrays_(arrays) {
  const auto& [query, key, value, u, query_offsets, key_offsets, causal] = arrays_;
  const bool is_packed = query.dim() == 3;
  if (!is_packed) {
    arrays_.query_offsets = even_offsets(query);
    arrays_.key_offsets = even_offsets(key);
  }
  context_ = torch::empty_like(query);  // keeps the strides
  inputs_.score = u.defined() ? cpu::Score::kAdditive : cpu::Score::kScaledDot;
  inputs_.sizes = {.B = static_cast<int64_t>(query_offsets.size()) - 1,
                   .H = query.size(1),
                   .Hkv = key.size(1),
                   .D = query.size(-1),
                   .Dv = value.size(-1)};
  inputs_.query = head_array(query.const_data_ptr<float>(), query, is_packed);
  inputs_.key = head_array(key.const_data_ptr<float>(), key, is_packed);
  inputs_.value = head_array(value.const_data_ptr<float>(), value, is_packed);
  inputs_.query_offsets = query_offsets.data();
  inputs_.key_offsets = key_offsets.data();
  inputs_.u = u.defined() ? u.const_data_ptr<float>() : nullptr;
  inputs_.scale = static_cast<float>(1 / std::sqrt(static_cast<double>(query.size(-1))));
  inputs_.causal = causal;
  outputs_.context = head_array(context_.mutable_data_ptr<float>(), context_, is_packed);
  if (!with_statistics) return;
  auto sizes = query.sizes().vec();
  sizes.back() = 1;
  log_sum_exp_ = torch::empty(sizes);
  entropy_ = torch::empty(sizes);
  outputs_.log_sum_exp = head_array(log_sum_exp_.mutable_data_ptr<float>(), log_sum_exp_, is_packed);
  outputs_.entropy = head_array(entropy_.mutable_data_ptr<float>(), entropy_, is_packed);
}

}  // namespace attune::bench
