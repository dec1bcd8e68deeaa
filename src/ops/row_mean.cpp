// SPDX-License-Identifier: Apache-2.0
#include "attune/ops/row_mean.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <span>
#include <string>

#include "attune/core/error.hpp"
#include "attune/ops/packing.hpp"

namespace attune {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

/// Calls use(T()) for the element type T of `tensor`.
template <class Use>
void with_type(const Tensor& tensor, Use use) {
  if (tensor.scalar_type() == at::kDouble) {
    use(double());
  } else {
    use(float());
  }
}

Tensor sum_rows(const Tensor& packed_any, std::span<const int64_t> rows) {
  const auto packed = packed_any.contiguous();
  const int64_t width = packed.size(1);
  auto sums = at::zeros({static_cast<int64_t>(rows.size()) - 1, width}, packed.options());
  with_type(packed, [&]<class T>(T) {
    const T* from = packed.const_data_ptr<T>();
    T* to = sums.mutable_data_ptr<T>();
    for (size_t b = 0; b + 1 < rows.size(); ++b, to += width) {
      for (int64_t token = rows[b]; token < rows[b + 1]; ++token, from += width) {
        for (int64_t c = 0; c < width; ++c) to[c] += from[c];
      }
    }
  });
  return sums;
}

Tensor repeat_rows(const Tensor& sums_any, std::span<const int64_t> rows) {
  const auto sums = sums_any.contiguous();
  const int64_t width = sums.size(1);
  auto packed = at::empty({rows.back(), width}, sums.options());
  with_type(sums, [&]<class T>(T) {
    const T* from = sums.const_data_ptr<T>();
    T* to = packed.mutable_data_ptr<T>();
    for (size_t b = 0; b + 1 < rows.size(); ++b, from += width) {
      for (int64_t token = rows[b]; token < rows[b + 1]; ++token, to += width) std::copy_n(from, width, to);
    }
  });
  return packed;
}

struct RepeatRows;

/// Summing rows and repeating them are each other's gradient.
struct SumRows : Function<SumRows> {
  static Tensor forward(AutogradContext* ctx, const Tensor& packed, const Tensor& offsets) {
    ctx->save_for_backward({offsets});
    return sum_rows(packed, offsets_view(offsets));
  }
  static variable_list backward(AutogradContext* ctx, const variable_list& d_sums);
};

struct RepeatRows : Function<RepeatRows> {
  static Tensor forward(AutogradContext* ctx, const Tensor& sums, const Tensor& offsets) {
    ctx->save_for_backward({offsets});
    return repeat_rows(sums, offsets_view(offsets));
  }
  static variable_list backward(AutogradContext* ctx, const variable_list& d_packed) {
    return {SumRows::apply(d_packed[0], ctx->get_saved_variables()[0]), Tensor()};
  }
};

variable_list SumRows::backward(AutogradContext* ctx, const variable_list& d_sums) {
  return {RepeatRows::apply(d_sums[0], ctx->get_saved_variables()[0]), Tensor()};
}

/// 1 / tokens of each row, [B, 1].
Tensor inverse_counts(std::span<const int64_t> rows, at::TensorOptions options) {
  auto inverse = at::empty({static_cast<int64_t>(rows.size()) - 1, 1}, options);
  with_type(inverse, [&]<class T>(T) {
    T* to = inverse.mutable_data_ptr<T>();
    for (size_t b = 0; b + 1 < rows.size(); ++b)
      to[b] = T(1) / static_cast<T>(std::max<int64_t>(1, rows[b + 1] - rows[b]));
  });
  return inverse;
}

}  // namespace

Tensor row_mean(const Tensor& packed, const Tensor& offsets) {
  if (packed.dim() != 2) throw ShapeError("packed: expected [N, W], found " + c10::str(packed.sizes()));
  if (packed.scalar_type() != at::kFloat && packed.scalar_type() != at::kDouble) {
    throw TypeError(std::string("packed: expected float32 or float64, found ") + c10::toString(packed.scalar_type()));
  }
  const auto rows = offsets_view(offsets, packed.size(0));
  return SumRows::apply(packed, offsets) * inverse_counts(rows, packed.options().requires_grad(false));
}

}  // namespace attune
