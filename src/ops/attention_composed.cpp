// SPDX-License-Identifier: Apache-2.0
#include "attention_composed.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/softmax.h>

#include <limits>

#include "attune/ops/packing.hpp"
#include "dropout_multipliers.hpp"
#include "entropy.hpp"
#include "intervention.hpp"

namespace attune {
namespace {

constexpr double kMinusInfinity = -std::numeric_limits<double>::infinity();

/// Packed [N, H, D] -> [B, H, T, D]; dense as it is. Key heads are repeated up to H.
Tensor to_dense(const Tensor& tensor, const Tensor& offsets, const AttentionSizes& s) {
  auto dense = s.packed ? pad_rows(tensor, offsets).transpose(1, 2) : tensor;
  const int64_t repeat = s.heads / dense.size(1);
  return repeat > 1 ? dense.repeat_interleave(repeat, 1) : dense;
}

/// Dense [B, H, T, ..] -> the form of the inputs.
Tensor from_dense(const Tensor& dense, const Tensor& offsets, const AttentionSizes& s) {
  return s.packed ? unpad_rows(dense.transpose(1, 2), offsets) : dense;
}

/// Lengths [B] of the rows; undefined when every row has the longest one's length.
Tensor row_lengths(const Tensor& offsets, int64_t longest, const AttentionSizes& s) {
  if (!s.packed || s.batch * longest == offsets_view(offsets).back()) return {};
  return offsets.diff();
}

/// True where a query may attend, broadcastable to [B, H, Tq, Tk]; undefined when all may attend to all.
Tensor allowed_pairs(const AttentionInputs& in, const AttentionSizes& s) {
  auto allowed = in.mask;
  const auto both = [&](const Tensor& more) { allowed = allowed.defined() ? allowed.logical_and(more) : more; };
  const auto key_index = at::arange(s.longest_key, at::TensorOptions(at::kLong));  // [Tk]
  const auto key_lengths = row_lengths(in.key_offsets, s.longest_key, s);
  if (key_lengths.defined()) both(key_index.lt(key_lengths.view({-1, 1, 1, 1})));  // [B, 1, 1, Tk]
  if (!in.causal) return allowed;

  const auto query_index = at::arange(s.longest_query, at::TensorOptions(at::kLong)).view({-1, 1});  // [Tq, 1]
  auto shift = at::full({1, 1, 1, 1}, s.longest_key - s.longest_query, at::TensorOptions(at::kLong));
  if (s.packed)
    shift = (in.key_offsets.diff() - in.query_offsets.diff()).view({-1, 1, 1, 1});  // bottom-right, row by row
  both(key_index.le(query_index + shift));                                          // [B or 1, 1, Tq, Tk]
  return allowed;
}

/// True for queries with nothing to attend to, [B, H or 1, Tq or 1, 1]; undefined when there are none.
Tensor empty_queries(const Tensor& allowed) {
  if (!allowed.defined()) return {};
  const auto some = allowed.any(-1, /*keepdim=*/true);
  return some.all().item<bool>() ? Tensor() : some.logical_not();
}

/// What the scores and weights say of themselves; no gradients.
void add_statistics(const Tensor& scores, const Tensor& weights, const AttentionInputs& in, const AttentionSizes& s,
                    const Wanted& wanted, Allocation& out) {
  const at::NoGradGuard no_gradients;
  if (wanted.log_sum_exp) out.log_sum_exp = from_dense(at::logsumexp(scores, {-1}), in.query_offsets, s);
  if (wanted.entropy) out.entropy = from_dense(entropy_of(weights, -1), in.query_offsets, s);
  if (!wanted.received && !wanted.weights) return;

  auto own_weights = weights.detach();
  const auto query_lengths = row_lengths(in.query_offsets, s.longest_query, s);
  if (query_lengths.defined()) {  // padded queries attend too, but are nobody's
    const auto query_index = at::arange(s.longest_query, at::TensorOptions(at::kLong)).view({-1, 1});
    own_weights = own_weights * query_index.lt(query_lengths.view({-1, 1, 1, 1}));
  }
  if (wanted.received) out.received = from_dense(own_weights.sum(2), in.key_offsets, s);
  if (wanted.weights) out.weights = own_weights;
}

}  // namespace

Allocation composed_attention(const AttentionInputs& in, const AttentionSizes& s, const ScoreFunction& score,
                              const AttentionOptions& options) {
  const auto query = to_dense(in.query, in.query_offsets, s);  // [B, H, Tq, D]
  const auto key = to_dense(in.key, in.key_offsets, s);        // [B, H, Tk, D]
  const auto value = to_dense(in.value, in.key_offsets, s);    // [B, H, Tk, Dv]

  auto scores = score(query, key);  // [B, H, Tq, Tk]
  const auto allowed = allowed_pairs(in, s);
  if (allowed.defined()) scores = scores.masked_fill(allowed.logical_not(), kMinusInfinity);

  auto weights = at::softmax(scores, -1);  // [B, H, Tq, Tk]; NaN where a query may attend to nothing
  const auto empty = empty_queries(allowed);
  if (empty.defined()) weights = weights.masked_fill(empty, 0.0);
  weights = intervene(options, weights, allowed, s);

  Allocation out;
  add_statistics(scores, weights, in, s, options.wanted, out);
  if (options.dropout.rate > 0.0) weights = weights * dropout_multipliers(options.dropout, in, s);
  auto context = weights.matmul(value);  // [B, H, Tq, Dv]
  if (const auto& gates = options.intervention.head_gates; gates.defined()) {
    context = context * gates.to(context.scalar_type()).view({1, -1, 1, 1});
  }
  out.context = from_dense(context, in.query_offsets, s);
  return out;
}

}  // namespace attune
