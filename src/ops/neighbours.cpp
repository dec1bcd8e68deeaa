// SPDX-License-Identifier: Apache-2.0
#include "attune/ops/neighbours.hpp"

#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cstring>
#include <string>

#include "attention_checks.hpp"
#include "attune/core/error.hpp"
#include "attune/ops/packing.hpp"

namespace attune {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

/// Calls use(token, slot, neighbour) for every neighbour that exists.
template <class Use>
void for_each_neighbour(std::span<const int64_t> rows, int64_t reach, Use use) {
  for (size_t b = 0; b + 1 < rows.size(); ++b) {
    for (int64_t token = rows[b]; token < rows[b + 1]; ++token) {
      const int64_t first = token - reach / 2;
      for (int64_t slot = 0; slot < reach; ++slot) {
        if (first + slot >= rows[b] && first + slot < rows[b + 1]) use(token, slot, first + slot);
      }
    }
  }
}

Tensor copy_neighbours(const Tensor& packed_any, const Tensor& offsets, int64_t reach) {
  const auto packed = packed_any.contiguous();
  const size_t bytes = static_cast<size_t>(packed.size(1)) * packed.element_size();
  auto gathered = at::zeros({packed.size(0), reach * packed.size(1)}, packed.options());
  const auto* from = static_cast<const char*>(packed.const_data_ptr());
  auto* to = static_cast<char*>(gathered.mutable_data_ptr());
  for_each_neighbour(offsets_view(offsets), reach, [&](int64_t token, int64_t slot, int64_t neighbour) {
    std::memcpy(to + static_cast<size_t>(token * reach + slot) * bytes, from + static_cast<size_t>(neighbour) * bytes,
                bytes);
  });
  return gathered;
}

template <class T>
Tensor add_neighbours(const Tensor& gathered_any, const Tensor& offsets, int64_t reach) {
  const auto gathered = gathered_any.contiguous();
  const int64_t width = gathered.size(1) / reach;
  auto packed = at::zeros({gathered.size(0), width}, gathered.options());
  const T* from = gathered.const_data_ptr<T>();
  T* to = packed.mutable_data_ptr<T>();
  for_each_neighbour(offsets_view(offsets), reach, [&](int64_t token, int64_t slot, int64_t neighbour) {
    const T* source = from + (token * reach + slot) * width;
    T* target = to + neighbour * width;
    for (int64_t c = 0; c < width; ++c) target[c] += source[c];
  });
  return packed;
}

/// Copying every neighbour and adding every neighbour up are each other's gradient, of any order.
struct GatherNeighbours : Function<GatherNeighbours> {
  static Tensor forward(AutogradContext* ctx, const Tensor& packed, const Tensor& offsets, int64_t reach) {
    ctx->saved_data["offsets"] = offsets;
    ctx->saved_data["reach"] = reach;
    return copy_neighbours(packed, offsets, reach);
  }
  static variable_list backward(AutogradContext* ctx, const variable_list& d_gathered);
};

struct AddNeighbours : Function<AddNeighbours> {
  static Tensor forward(AutogradContext* ctx, const Tensor& gathered, const Tensor& offsets, int64_t reach) {
    ctx->saved_data["offsets"] = offsets;
    ctx->saved_data["reach"] = reach;
    if (gathered.scalar_type() == at::kDouble) return add_neighbours<double>(gathered, offsets, reach);
    return add_neighbours<float>(gathered, offsets, reach);
  }
  static variable_list backward(AutogradContext* ctx, const variable_list& d_packed) {
    const auto offsets = ctx->saved_data["offsets"].toTensor();
    return {GatherNeighbours::apply(d_packed[0], offsets, ctx->saved_data["reach"].toInt()), Tensor(), Tensor()};
  }
};

variable_list GatherNeighbours::backward(AutogradContext* ctx, const variable_list& d_gathered) {
  const auto offsets = ctx->saved_data["offsets"].toTensor();
  return {AddNeighbours::apply(d_gathered[0], offsets, ctx->saved_data["reach"].toInt()), Tensor(), Tensor()};
}

void check_float(const Tensor& tensor, const char* what) {
  if (tensor.scalar_type() == at::kFloat || tensor.scalar_type() == at::kDouble) return;
  throw TypeError(std::string(what) + ": expected float32 or float64, found " + c10::toString(tensor.scalar_type()));
}

}  // namespace

Tensor gather_neighbours(const Tensor& packed, const Tensor& offsets, int64_t reach) {
  if (reach < 1 || reach % 2 == 0)
    throw UsageError("reach: expected an odd number of tokens, found " + std::to_string(reach));
  if (!packed.defined()) throw ShapeError("packed: missing, expected [N, W]");
  check_on_cpu("packed", packed);
  if (packed.dim() != 2) throw ShapeError("packed: expected [N, W], found " + c10::str(packed.sizes()));
  check_float(packed, "packed");
  (void)offsets_view(offsets, packed.size(0));
  if (reach == 1) return packed;
  return GatherNeighbours::apply(packed, offsets, reach);
}

}  // namespace attune
