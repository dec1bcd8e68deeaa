// SPDX-License-Identifier: Apache-2.0
#include "attention_composed.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/softmax.h>

#include <algorithm>
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
  const auto dense = s.packed ? pad_heads(tensor, offsets) : tensor;
  const int64_t repeat = s.heads / dense.size(1);
  return repeat > 1 ? dense.repeat_interleave(repeat, 1) : dense;
}

/// Dense [B, H, T, ..] -> the form of the inputs.
Tensor from_dense(const Tensor& dense, const Tensor& offsets, const AttentionSizes& s) {
  return s.packed ? unpad_heads(dense, offsets) : dense;
}

/// Query and key are one tensor with the same rows, as in self-attention without projections.
bool same_tokens(const AttentionInputs& in) {
  return in.key.is_same(in.query) && in.key_offsets.is_same(in.query_offsets);
}

/// Lengths [B] of the rows; undefined when every row has the longest one's length.
Tensor row_lengths(const Tensor& offsets, int64_t longest, const AttentionSizes& s) {
  if (!s.packed || s.batch * longest == offsets_view(offsets).back()) return {};
  return offsets.diff();
}

/// Which pairs may attend, and which queries have none.
struct Pairs {
  Tensor allowed;  // bool, broadcastable to [B, H, Tq, Tk]; undefined when all may attend to all
  Tensor penalty;  // where only rows' ends forbid and every query has keys: 0 or -infinity, to add to the scores
  Tensor empty;    // bool [B, H or 1, Tq or 1, 1]; undefined when no query is without keys
};

/// [B, 1, 1, Tk], `within` before the row's end and `beyond` after it. A plain loop: this is all there is in most
/// calls, and small batches feel every operation.
template <class T>
Tensor by_length(std::span<const int64_t> rows, int64_t longest, T within, T beyond) {
  const auto batch = static_cast<int64_t>(rows.size()) - 1;
  auto values = at::empty({batch, 1, 1, longest}, at::TensorOptions(c10::CppTypeToScalarType<T>::value));
  T* out = values.template mutable_data_ptr<T>();
  for (int64_t b = 0; b < batch; ++b, out += longest) {
    const int64_t length = rows[b + 1] - rows[b];
    std::fill_n(out, length, within);
    std::fill_n(out + length, longest - length, beyond);
  }
  return values;
}

/// Rows end where their keys do.
Pairs pairs_by_length(std::span<const int64_t> rows, int64_t longest, at::ScalarType type) {
  const auto batch = static_cast<int64_t>(rows.size()) - 1;
  if (batch * longest == rows.back()) return {};
  Pairs pairs;
  pairs.allowed = by_length(rows, longest, true, false);
  if (std::adjacent_find(rows.begin(), rows.end()) != rows.end()) {
    pairs.empty = pairs.allowed.narrow(-1, 0, 1).logical_not();
  } else {
    pairs.penalty = by_length(rows, longest, 0.0F, -std::numeric_limits<float>::infinity()).to(type);
  }
  return pairs;
}

/// True where key j <= i + Tk - Tq, row by row: [B or 1, 1, Tq, Tk].
Tensor causal_pairs(const AttentionInputs& in, const AttentionSizes& s) {
  const auto options = at::TensorOptions(at::kLong);
  const auto query_index = at::arange(s.longest_query, options).view({-1, 1});  // [Tq, 1]
  auto shift = at::full({1, 1, 1, 1}, s.longest_key - s.longest_query, options);
  if (s.packed) shift = (in.key_offsets.diff() - in.query_offsets.diff()).view({-1, 1, 1, 1});
  return at::arange(s.longest_key, options).le(query_index + shift);
}

Pairs allowed_pairs(const AttentionInputs& in, const AttentionSizes& s) {
  auto pairs =
      s.packed ? pairs_by_length(offsets_view(in.key_offsets), s.longest_key, in.query.scalar_type()) : Pairs{};
  if (!in.causal && !in.mask.defined()) return pairs;

  const auto both = [&](const Tensor& more) {
    pairs.allowed = pairs.allowed.defined() ? pairs.allowed.logical_and(more) : more;
  };
  if (in.mask.defined()) both(in.mask);
  if (in.causal) both(causal_pairs(in, s));
  const auto some = pairs.allowed.any(-1, /*keepdim=*/true);
  return {.allowed = pairs.allowed, .penalty = {}, .empty = some.all().item<bool>() ? Tensor() : some.logical_not()};
}

/// Adding is cheaper than filling, and its gradient costs nothing; but what is filled has no gradient even where a
/// query without keys makes NaN, or a forbidden key holds no finite number.
Tensor without_forbidden(const Tensor& scores, const Pairs& pairs) {
  if (pairs.penalty.defined()) return scores + pairs.penalty;
  return pairs.allowed.defined() ? scores.masked_fill(pairs.allowed.logical_not(), kMinusInfinity) : scores;
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

Tensor product(const Tensor& a, const Tensor& b) {
  return at::bmm(a.flatten(0, 1), b.flatten(0, 1)).view({a.size(0), a.size(1), a.size(2), b.size(3)});
}

Allocation composed_attention(const AttentionInputs& in, const AttentionSizes& s, const ScoreFunction& score,
                              const AttentionOptions& options) {
  // One tensor given twice is laid out once.
  const auto query = to_dense(in.query, in.query_offsets, s);                                 // [B, H, Tq, D]
  const auto key = same_tokens(in) ? query : to_dense(in.key, in.key_offsets, s);             // [B, H, Tk, D]
  const auto value = in.value.is_same(in.key) ? key : to_dense(in.value, in.key_offsets, s);  // [B, H, Tk, Dv]

  const auto pairs = allowed_pairs(in, s);
  const auto scores = without_forbidden(score(query, key), pairs);  // [B, H, Tq, Tk]
  auto weights = at::softmax(scores, -1);  // [B, H, Tq, Tk]; NaN where a query may attend to nothing
  if (pairs.empty.defined()) weights = weights.masked_fill(pairs.empty, 0.0);
  weights = intervene(options, weights, pairs.allowed, s);

  Allocation out;
  add_statistics(scores, weights, in, s, options.wanted, out);
  if (options.dropout.rate > 0.0) weights = weights * dropout_multipliers(options.dropout, in, s);
  auto context = product(weights, value);  // [B, H, Tq, Dv]
  if (const auto& gates = options.intervention.head_gates; gates.defined()) {
    context = context * gates.to(context.scalar_type()).view({1, -1, 1, 1});
  }
  out.context = from_dense(context, in.query_offsets, s);
  return out;
}

}  // namespace attune
