// SPDX-License-Identifier: Apache-2.0
#include "attune/ops/packing.hpp"

#include <ATen/ops/embedding.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "attention_checks.hpp"
#include "attune/core/error.hpp"

namespace attune {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

/// Bytes of one token: the product of all dimensions after the first `leading`, times the element size.
size_t token_bytes(const Tensor& tensor, int64_t leading) {
  int64_t elements = 1;
  for (int64_t d = leading; d < tensor.dim(); ++d) elements *= tensor.size(d);
  return static_cast<size_t>(elements) * tensor.element_size();
}

/// `tensor`'s shape with its first `leading` dimensions replaced.
std::vector<int64_t> with_leading(const Tensor& tensor, int64_t leading, std::vector<int64_t> first) {
  first.insert(first.end(), tensor.sizes().begin() + leading, tensor.sizes().end());
  return first;
}

Tensor copy_to_padded(const Tensor& packed_any, const Tensor& offsets, int64_t longest) {
  const auto rows = offsets_view(offsets);
  const auto packed = packed_any.contiguous();
  const auto batch = static_cast<int64_t>(rows.size()) - 1;
  auto padded = at::empty(with_leading(packed, 1, {batch, longest}), packed.options());
  const size_t bytes = token_bytes(packed, 1);
  const auto* from = static_cast<const char*>(packed.const_data_ptr());
  auto* to = static_cast<char*>(padded.mutable_data_ptr());
  for (int64_t b = 0; b < batch; ++b) {
    const size_t used = static_cast<size_t>(rows[b + 1] - rows[b]) * bytes;
    const size_t whole = static_cast<size_t>(longest) * bytes;
    if (used > 0) std::memcpy(to, from + static_cast<size_t>(rows[b]) * bytes, used);
    if (whole > used) std::memset(to + used, 0, whole - used);
    to += whole;
  }
  return padded;
}

Tensor copy_to_packed(const Tensor& padded_any, const Tensor& offsets) {
  const auto rows = offsets_view(offsets);
  const auto padded = padded_any.contiguous();
  auto packed = at::empty(with_leading(padded, 2, {rows.back()}), padded.options());
  const size_t bytes = token_bytes(padded, 2);
  const size_t whole = static_cast<size_t>(padded.size(1)) * bytes;
  const auto* from = static_cast<const char*>(padded.const_data_ptr());
  auto* to = static_cast<char*>(packed.mutable_data_ptr());
  for (size_t b = 0; b + 1 < rows.size(); ++b) {
    const size_t used = static_cast<size_t>(rows[b + 1] - rows[b]) * bytes;
    if (used > 0) std::memcpy(to + static_cast<size_t>(rows[b]) * bytes, from + b * whole, used);
  }
  return packed;
}

/// Padding and unpadding are each other's gradient, of any order.
struct PadRows : Function<PadRows> {
  static Tensor forward(AutogradContext* ctx, const Tensor& packed, const Tensor& offsets, int64_t longest) {
    ctx->save_for_backward({offsets});
    return copy_to_padded(packed, offsets, longest);
  }
  static variable_list backward(AutogradContext* ctx, const variable_list& d_padded);
};

struct UnpadRows : Function<UnpadRows> {
  static Tensor forward(AutogradContext* ctx, const Tensor& padded, const Tensor& offsets) {
    ctx->save_for_backward({offsets});
    ctx->saved_data["longest"] = padded.size(1);
    return copy_to_packed(padded, offsets);
  }
  static variable_list backward(AutogradContext* ctx, const variable_list& d_packed) {
    const auto offsets = ctx->get_saved_variables()[0];
    return {PadRows::apply(d_packed[0], offsets, ctx->saved_data["longest"].toInt()), Tensor()};
  }
};

variable_list PadRows::backward(AutogradContext* ctx, const variable_list& d_padded) {
  return {UnpadRows::apply(d_padded[0], ctx->get_saved_variables()[0]), Tensor(), Tensor()};
}

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
  const size_t bytes = token_bytes(packed, 1);
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

void check_index(const Tensor& index, int64_t tokens) {
  if (!index.defined() || index.scalar_type() != at::kLong || !index.device().is_cpu()) {
    throw TypeError("index: expected an int64 tensor on the CPU");
  }
  if (index.dim() != 1) throw ShapeError("index: expected [M], found " + c10::str(index.sizes()));
  const auto numbers = index.contiguous();
  for (const int64_t token : std::span(numbers.const_data_ptr<int64_t>(), static_cast<size_t>(numbers.size(0)))) {
    if (token >= 0 && token < tokens) continue;
    throw UsageError("index: expected token numbers of the " + std::to_string(tokens) + " tokens, found " +
                     std::to_string(token));
  }
}

/// Whole rows are copied by address.
void check_tokens(const char* what, const Tensor& tensor, int64_t least_dimensions, const char* shape) {
  if (!tensor.defined()) throw ShapeError(std::string(what) + ": missing, expected " + shape);
  check_on_cpu(what, tensor);
  if (tensor.dim() >= least_dimensions) return;
  throw ShapeError(std::string(what) + ": expected " + shape + ", found " + c10::str(tensor.sizes()));
}

}  // namespace

std::span<const int64_t> offsets_view(const Tensor& offsets, int64_t tokens, std::string_view name) {
  const std::string prefix = std::string(name) + ": ";
  if (!offsets.defined() || offsets.scalar_type() != at::kLong || !offsets.device().is_cpu()) {
    throw TypeError(prefix + "expected an int64 tensor [B+1] on the CPU");
  }
  if (offsets.dim() != 1 || offsets.size(0) < 1 || !offsets.is_contiguous()) {
    throw ShapeError(prefix + "expected [B+1], contiguous, found " + c10::str(offsets.sizes()));
  }
  const std::span<const int64_t> view(offsets.const_data_ptr<int64_t>(), static_cast<size_t>(offsets.size(0)));
  if (view.front() != 0 || !std::is_sorted(view.begin(), view.end())) {
    throw ShapeError(prefix + "expected to begin with 0 and never to descend");
  }
  if (tokens >= 0 && view.back() != tokens) {
    throw ShapeError(prefix + "end at " + std::to_string(view.back()) + ", but there are " + std::to_string(tokens) +
                     " tokens");
  }
  return view;
}

int64_t longest_row(std::span<const int64_t> offsets) {
  int64_t longest = 0;
  for (size_t b = 0; b + 1 < offsets.size(); ++b) longest = std::max(longest, offsets[b + 1] - offsets[b]);
  return longest;
}

Tensor make_offsets(std::span<const int64_t> offsets) {
  auto tensor = at::empty({static_cast<int64_t>(offsets.size())}, at::TensorOptions(at::kLong));
  std::copy(offsets.begin(), offsets.end(), tensor.mutable_data_ptr<int64_t>());
  return tensor;
}

Tensor pad_rows(const Tensor& packed, const Tensor& offsets) {
  check_tokens("packed", packed, 1, "[N, ..]");
  const auto rows = offsets_view(offsets, packed.size(0));
  const auto batch = static_cast<int64_t>(rows.size()) - 1;
  const int64_t longest = longest_row(rows);
  // Rows of equal length need no copy.
  if (batch * longest == packed.size(0)) return packed.contiguous().view(with_leading(packed, 1, {batch, longest}));
  return PadRows::apply(packed, offsets, longest);
}

Tensor unpad_rows(const Tensor& padded, const Tensor& offsets) {
  check_tokens("padded", padded, 2, "[B, T, ..]");
  const auto rows = offsets_view(offsets);
  const auto batch = static_cast<int64_t>(rows.size()) - 1;
  if (padded.size(0) != batch || padded.size(1) < longest_row(rows)) {
    throw ShapeError("padded: expected [B, T, ..] with B = " + std::to_string(batch) +
                     " and T >= " + std::to_string(longest_row(rows)) + ", found " + c10::str(padded.sizes()));
  }
  if (batch * padded.size(1) == rows.back()) return padded.reshape(with_leading(padded, 2, {rows.back()}));
  return UnpadRows::apply(padded, offsets);
}

Tensor gather_neighbours(const Tensor& packed, const Tensor& offsets, int64_t reach) {
  if (reach < 1 || reach % 2 == 0)
    throw UsageError("reach: expected an odd number of tokens, found " + std::to_string(reach));
  check_tokens("packed", packed, 2, "[N, W]");
  if (packed.dim() != 2) throw ShapeError("packed: expected [N, W], found " + c10::str(packed.sizes()));
  check_float(packed, "packed");
  (void)offsets_view(offsets, packed.size(0));
  if (reach == 1) return packed;
  return GatherNeighbours::apply(packed, offsets, reach);
}

Tensor take_tokens(const Tensor& packed, const Tensor& index) {
  check_tokens("packed", packed, 1, "[N, ..]");
  check_index(index, packed.size(0));
  // embedding() is index_select with a gradient that is fast for many short rows.
  if (packed.dim() == 2) return at::embedding(packed, index);
  return packed.index_select(0, index);
}

}  // namespace attune
