// SPDX-License-Identifier: Apache-2.0
#include "attention_checks.hpp"

#include <string>

#include "attune/core/checked_product.hpp"
#include "attune/core/error.hpp"
#include "attune/ops/packing.hpp"

namespace attune {
namespace {

void require(bool holds, std::string_view mechanism, const std::string& message) {
  if (!holds) throw ShapeError(std::string(mechanism) + " attention, " + message);
}

void check_types(std::string_view mechanism, const AttentionInputs& in) {
  const auto type = in.query.scalar_type();
  const auto prefix = std::string(mechanism) + " attention, ";
  if (!at::isFloatingType(type)) {
    throw TypeError(prefix + "query: expected a floating type, found " + c10::toString(type));
  }
  for (const auto& [name, tensor] : {std::pair{"query", in.query}, {"key", in.key}, {"value", in.value}}) {
    check_on_cpu(prefix + name, tensor);
    if (tensor.layout() != at::kStrided)
      throw TypeError(prefix + name + ": expected a dense tensor, found one of layout " + c10::str(tensor.layout()));
    check_type(prefix + name, tensor, in.query, "query");
  }
  if (!in.mask.defined()) return;
  check_on_cpu(prefix + "mask", in.mask);
  if (in.mask.scalar_type() != at::kBool) {
    throw TypeError(prefix + "mask: expected bool (true = may attend), found " + c10::toString(in.mask.scalar_type()));
  }
}

AttentionSizes packed_sizes(std::string_view mechanism, const AttentionInputs& in) {
  require(in.key_offsets.defined(), mechanism, "key_offsets: missing, but query_offsets is given");
  require(in.query.dim() == 3, mechanism, "query: expected [Nq, H, D], found " + c10::str(in.query.sizes()));
  require(in.key.dim() == 3, mechanism, "key: expected [Nk, Hkv, D], found " + c10::str(in.key.sizes()));
  require(in.value.dim() == 3, mechanism, "value: expected [Nk, Hkv, Dv], found " + c10::str(in.value.sizes()));
  const auto prefix = std::string(mechanism) + " attention, ";
  const auto query_rows = offsets_view(in.query_offsets, in.query.size(0), prefix + "query_offsets");
  const auto key_rows = offsets_view(in.key_offsets, in.key.size(0), prefix + "key_offsets");
  require(query_rows.size() == key_rows.size(), mechanism,
          "key_offsets: expected [B+1] = [" + std::to_string(query_rows.size()) + "] as query_offsets, found [" +
              std::to_string(key_rows.size()) + "]");
  return {.packed = true,
          .batch = static_cast<int64_t>(query_rows.size()) - 1,
          .heads = in.query.size(1),
          .key_heads = in.key.size(1),
          .longest_query = longest_row(query_rows),
          .longest_key = longest_row(key_rows),
          .width = in.query.size(2),
          .key_width = in.key.size(2)};
}

AttentionSizes dense_sizes(std::string_view mechanism, const AttentionInputs& in) {
  require(!in.key_offsets.defined(), mechanism, "query_offsets: missing, but key_offsets is given");
  require(in.query.dim() == 4, mechanism, "query: expected [B, H, Tq, D], found " + c10::str(in.query.sizes()));
  require(in.key.dim() == 4, mechanism, "key: expected [B, Hkv, Tk, D], found " + c10::str(in.key.sizes()));
  require(in.value.dim() == 4, mechanism, "value: expected [B, Hkv, Tk, Dv], found " + c10::str(in.value.sizes()));
  require(
      in.key.size(0) == in.query.size(0), mechanism,
      "key: expected B = " + std::to_string(in.query.size(0)) + " rows as query, found " + c10::str(in.key.sizes()));
  return {.packed = false,
          .batch = in.query.size(0),
          .heads = in.query.size(1),
          .key_heads = in.key.size(1),
          .longest_query = in.query.size(2),
          .longest_key = in.key.size(2),
          .width = in.query.size(3),
          .key_width = in.key.size(3)};
}

void check_mask(std::string_view mechanism, const Tensor& mask, const AttentionSizes& s) {
  if (!mask.defined()) return;
  const bool fits = mask.dim() == 4 && mask.size(0) == s.batch && (mask.size(1) == 1 || mask.size(1) == s.heads) &&
                    mask.size(2) == s.longest_query && mask.size(3) == s.longest_key;
  require(fits, mechanism,
          "mask: expected [B, 1 or H, Tq, Tk] = [" + std::to_string(s.batch) + ", 1 or " + std::to_string(s.heads) +
              ", " + std::to_string(s.longest_query) + ", " + std::to_string(s.longest_key) + "], found " +
              c10::str(mask.sizes()));
}

void check_options(std::string_view mechanism, const AttentionOptions& options, const AttentionSizes& s) {
  const double rate = options.dropout.rate;
  if (!(rate >= 0.0 && rate < 1.0)) {
    throw UsageError(std::string(mechanism) + " attention, dropout rate: expected 0 <= rate < 1, found " +
                     std::to_string(rate));
  }
  const auto prefix = std::string(mechanism) + " attention, ";
  if (const auto& ids = options.dropout.row_ids; ids.defined()) {
    check_shape(prefix + "row_ids", ids, "[B]", {s.batch});
    check_on_cpu(prefix + "row_ids", ids);
    if (ids.scalar_type() != at::kLong) {
      throw TypeError(prefix + "row_ids: expected int64, found " + c10::toString(ids.scalar_type()));
    }
  }
  const auto& change = options.intervention;
  if (change.head_gates.defined()) check_shape(prefix + "head_gates", change.head_gates, "[H]", {s.heads});
  check_given(prefix + "given weights", change, "[B, H, Tq, Tk]", {s.batch, s.heads, s.longest_query, s.longest_key});
}

/// Both ways of computing allocate it at once.
void check_context_size(std::string_view mechanism, const AttentionInputs& in) {
  auto sizes = in.query.sizes().vec();
  sizes.back() = in.value.size(-1);
  require(is_countable(sizes), mechanism,
          "context: expected at most " + std::to_string(kMostNumbers) + " numbers, found query " +
              c10::str(in.query.sizes()) + " and value " + c10::str(in.value.sizes()));
}

}  // namespace

void check_shape(std::string_view argument, const Tensor& tensor, std::string_view symbolic, at::IntArrayRef expected) {
  if (tensor.defined() && tensor.sizes() == expected) return;
  throw ShapeError(std::string(argument) + ": expected " + std::string(symbolic) + " = " + c10::str(expected) +
                   ", found " + (tensor.defined() ? c10::str(tensor.sizes()) : std::string("nothing")));
}

void check_type(std::string_view argument, const Tensor& tensor, const Tensor& like, std::string_view like_name) {
  if (tensor.scalar_type() == like.scalar_type()) return;
  throw TypeError(std::string(argument) + ": expected " + c10::toString(like.scalar_type()) + " as " +
                  std::string(like_name) + ", found " + c10::toString(tensor.scalar_type()));
}

void check_parameter(std::string_view argument, const Tensor& tensor, std::string_view symbolic,
                     at::IntArrayRef expected, const Tensor& query) {
  check_shape(argument, tensor, symbolic, expected);
  check_type(argument, tensor, query, "query");
  check_on_cpu(argument, tensor);
}

void check_on_cpu(std::string_view argument, const Tensor& tensor) {
  if (tensor.device().is_cpu()) return;
  throw TypeError(std::string(argument) + ": expected a tensor on the CPU, found one on " + tensor.device().str());
}

void check_given(std::string_view argument, const Intervention& intervention, std::string_view symbolic,
                 at::IntArrayRef expected) {
  if (intervention.weights == Intervention::Weights::kGiven) {
    check_shape(argument, intervention.given, symbolic, expected);
    check_on_cpu(argument, intervention.given);
  } else if (intervention.given.defined()) {
    throw UsageError(std::string(argument) +
                     ": found them without Intervention::Weights::kGiven; choose it or leave them out");
  }
}

AttentionSizes check_attention(std::string_view mechanism, const AttentionInputs& in, const AttentionOptions& options,
                               bool key_width_may_differ) {
  for (const auto& [name, tensor] :
       {std::pair{"query", in.query}, std::pair{"key", in.key}, std::pair{"value", in.value}}) {
    require(tensor.defined(), mechanism, std::string(name) + ": missing");
  }
  check_types(mechanism, in);
  const auto sizes = in.query_offsets.defined() ? packed_sizes(mechanism, in) : dense_sizes(mechanism, in);
  require(sizes.heads > 0 && sizes.width > 0, mechanism,
          "query: expected H >= 1 and D >= 1, found " + c10::str(in.query.sizes()));
  require(sizes.key_heads > 0 && sizes.heads % sizes.key_heads == 0, mechanism,
          "key: expected Hkv to divide H = " + std::to_string(sizes.heads) +
              ", found Hkv = " + std::to_string(sizes.key_heads));
  require(key_width_may_differ || sizes.width == sizes.key_width, mechanism,
          "key: expected width D = " + std::to_string(sizes.width) + " as query, found " + c10::str(in.key.sizes()));
  require(in.value.sizes().slice(0, in.value.dim() - 1) == in.key.sizes().slice(0, in.key.dim() - 1), mechanism,
          "value: expected the rows, tokens and heads of key " + c10::str(in.key.sizes()) + ", found " +
              c10::str(in.value.sizes()));
  check_context_size(mechanism, in);
  check_mask(mechanism, in.mask, sizes);
  check_options(mechanism, options, sizes);
  return sizes;
}

}  // namespace attune
