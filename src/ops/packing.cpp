// SPDX-License-Identifier: Apache-2.0
#include "attune/ops/packing.hpp"

#include <ATen/ops/embedding.h>
#include <ATen/ops/empty.h>
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

/// How the packed tokens of a row lie in its padded form: [T, ..], or heads first, [H, T, ..] of packed [N, H, ..].
enum class Order : int64_t { kTokens, kHeads };

/// Sizes of both forms. A cell is what is copied at once: a token, or one head of a token.
struct Layout {
  int64_t heads = 1;
  int64_t longest = 0;
  std::vector<int64_t> packed_shape, padded_shape;
  size_t cell_bytes = 0;
};

Layout layout_of(std::span<const int64_t> rows, int64_t longest, Order order, int64_t heads, at::IntArrayRef cell,
                 size_t element_bytes) {
  const auto batch = static_cast<int64_t>(rows.size()) - 1;
  Layout layout{.heads = heads,
                .longest = longest,
                .packed_shape = {rows.back()},
                .padded_shape = {batch},
                .cell_bytes = element_bytes};
  if (order == Order::kHeads) {
    layout.packed_shape.push_back(heads);
    layout.padded_shape.push_back(heads);
  }
  layout.padded_shape.push_back(longest);
  for (const int64_t size : cell) {
    layout.packed_shape.push_back(size);
    layout.padded_shape.push_back(size);
    layout.cell_bytes *= static_cast<size_t>(size);
  }
  return layout;
}

/// Calls use(first packed cell, first padded cell, tokens, row's head) for every row and head; the packed cells of one
/// head lie `heads` apart.
template <class Use>
void for_each_run(std::span<const int64_t> rows, const Layout& layout, Use use) {
  for (size_t b = 0; b + 1 < rows.size(); ++b) {
    for (int64_t h = 0; h < layout.heads; ++h) {
      use(rows[b] * layout.heads + h, (static_cast<int64_t>(b) * layout.heads + h) * layout.longest,
          rows[b + 1] - rows[b]);
    }
  }
}

/// Copies `count` cells that lie `from_step` and `to_step` cells apart.
void copy_cells(const char* from, int64_t from_step, char* to, int64_t to_step, int64_t count, size_t bytes) {
  if (from_step == 1 && to_step == 1) {
    if (count > 0) std::memcpy(to, from, static_cast<size_t>(count) * bytes);
    return;
  }
  for (int64_t i = 0; i < count; ++i) {
    std::memcpy(to + static_cast<size_t>(i * to_step) * bytes, from + static_cast<size_t>(i * from_step) * bytes,
                bytes);
  }
}

Tensor copy_to_padded(const Tensor& packed_any, const Tensor& offsets, int64_t longest, Order order) {
  const auto rows = offsets_view(offsets);
  const auto packed = packed_any.contiguous();
  const bool by_head = order == Order::kHeads;
  const auto layout = layout_of(rows, longest, order, by_head ? packed.size(1) : 1,
                                packed.sizes().slice(by_head ? 2 : 1), packed.element_size());
  auto padded = at::empty(layout.padded_shape, packed.options());
  const auto* from = static_cast<const char*>(packed.const_data_ptr());
  auto* to = static_cast<char*>(padded.mutable_data_ptr());
  const size_t bytes = layout.cell_bytes;
  for_each_run(rows, layout, [&](int64_t source, int64_t target, int64_t tokens) {
    auto* begin = to + static_cast<size_t>(target) * bytes;
    copy_cells(from + static_cast<size_t>(source) * bytes, layout.heads, begin, 1, tokens, bytes);
    if (tokens < longest) {
      std::memset(begin + static_cast<size_t>(tokens) * bytes, 0, static_cast<size_t>(longest - tokens) * bytes);
    }
  });
  return padded;
}

Tensor copy_to_packed(const Tensor& padded_any, const Tensor& offsets, Order order) {
  const auto rows = offsets_view(offsets);
  const auto padded = padded_any.contiguous();
  const bool by_head = order == Order::kHeads;
  const auto layout = layout_of(rows, padded.size(by_head ? 2 : 1), order, by_head ? padded.size(1) : 1,
                                padded.sizes().slice(by_head ? 3 : 2), padded.element_size());
  auto packed = at::empty(layout.packed_shape, padded.options());
  const auto* from = static_cast<const char*>(padded.const_data_ptr());
  auto* to = static_cast<char*>(packed.mutable_data_ptr());
  const size_t bytes = layout.cell_bytes;
  for_each_run(rows, layout, [&](int64_t target, int64_t source, int64_t tokens) {
    copy_cells(from + static_cast<size_t>(source) * bytes, 1, to + static_cast<size_t>(target) * bytes, layout.heads,
               tokens, bytes);
  });
  return packed;
}

/// Padding and unpadding are each other's gradient, of any order.
struct PadRows : Function<PadRows> {
  static Tensor forward(AutogradContext* ctx, const Tensor& packed, const Tensor& offsets, int64_t longest,
                        Order order) {
    ctx->save_for_backward({offsets});
    ctx->saved_data["order"] = static_cast<int64_t>(order);
    return copy_to_padded(packed, offsets, longest, order);
  }
  static variable_list backward(AutogradContext* ctx, const variable_list& d_padded);
};

struct UnpadRows : Function<UnpadRows> {
  static Tensor forward(AutogradContext* ctx, const Tensor& padded, const Tensor& offsets, Order order) {
    ctx->save_for_backward({offsets});
    ctx->saved_data["order"] = static_cast<int64_t>(order);
    ctx->saved_data["longest"] = padded.size(order == Order::kHeads ? 2 : 1);
    return copy_to_packed(padded, offsets, order);
  }
  static variable_list backward(AutogradContext* ctx, const variable_list& d_packed) {
    const auto order = static_cast<Order>(ctx->saved_data["order"].toInt());
    const auto offsets = ctx->get_saved_variables()[0];
    return {PadRows::apply(d_packed[0], offsets, ctx->saved_data["longest"].toInt(), order), Tensor(), Tensor()};
  }
};

variable_list PadRows::backward(AutogradContext* ctx, const variable_list& d_padded) {
  const auto order = static_cast<Order>(ctx->saved_data["order"].toInt());
  return {UnpadRows::apply(d_padded[0], ctx->get_saved_variables()[0], order), Tensor(), Tensor(), Tensor()};
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

/// Room for every row: [B, .., T, ..] with T at `dimension`.
void check_padded(const Tensor& padded, int64_t dimension, std::span<const int64_t> rows, const char* shape) {
  const auto batch = static_cast<int64_t>(rows.size()) - 1;
  if (padded.size(0) == batch && padded.size(dimension) >= longest_row(rows)) return;
  throw ShapeError(std::string("padded: expected ") + shape + " with B = " + std::to_string(batch) +
                   " and T >= " + std::to_string(longest_row(rows)) + ", found " + c10::str(padded.sizes()));
}

}  // namespace

std::span<const int64_t> offsets_view(const Tensor& offsets, int64_t tokens, std::string_view name) {
  const std::string prefix = std::string(name) + ": ";
  if (!offsets.defined() || offsets.scalar_type() != at::kLong || !offsets.device().is_cpu()) {
    throw TypeError(prefix + "expected an int64 tensor [B+1] on the CPU, found " +
                    (offsets.defined() ? c10::str(offsets.toString(), " on ", offsets.device()) : "nothing"));
  }
  if (offsets.dim() != 1 || offsets.size(0) < 1 || !offsets.is_contiguous()) {
    throw ShapeError(prefix + "expected [B+1], contiguous, found " + c10::str(offsets.sizes()) + " with strides " +
                     c10::str(offsets.strides()));
  }
  const std::span<const int64_t> view(offsets.const_data_ptr<int64_t>(), static_cast<size_t>(offsets.size(0)));
  const auto fall = std::is_sorted_until(view.begin(), view.end());
  if (view.front() != 0 || fall != view.end()) {
    const auto bad = view.front() != 0 ? view.begin() : fall;
    throw ShapeError(prefix + "expected to begin with 0 and never to descend, found " + std::to_string(*bad) + " at " +
                     std::to_string(bad - view.begin()));
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
  if (batch * longest != packed.size(0)) return PadRows::apply(packed, offsets, longest, Order::kTokens);
  std::vector<int64_t> shape{batch, longest};  // rows of equal length need no copy
  shape.insert(shape.end(), packed.sizes().begin() + 1, packed.sizes().end());
  return packed.contiguous().view(shape);
}

Tensor unpad_rows(const Tensor& padded, const Tensor& offsets) {
  check_tokens("padded", padded, 2, "[B, T, ..]");
  const auto rows = offsets_view(offsets);
  check_padded(padded, 1, rows, "[B, T, ..]");
  if (padded.size(0) * padded.size(1) == rows.back()) return padded.flatten(0, 1);
  return UnpadRows::apply(padded, offsets, Order::kTokens);
}

Tensor pad_heads(const Tensor& packed, const Tensor& offsets) {
  check_tokens("packed", packed, 2, "[N, H, ..]");
  const auto rows = offsets_view(offsets, packed.size(0));
  return PadRows::apply(packed, offsets, longest_row(rows), Order::kHeads);
}

Tensor unpad_heads(const Tensor& padded, const Tensor& offsets) {
  check_tokens("padded", padded, 3, "[B, H, T, ..]");
  check_padded(padded, 2, offsets_view(offsets), "[B, H, T, ..]");
  return UnpadRows::apply(padded, offsets, Order::kHeads);
}

Tensor take_tokens(const Tensor& packed, const Tensor& index) {
  check_tokens("packed", packed, 1, "[N, ..]");
  check_index(index, packed.size(0));
  // embedding() is index_select with a gradient that is fast for many short rows.
  if (packed.dim() == 2) return at::embedding(packed, index);
  return packed.index_select(0, index);
}

}  // namespace attune
