// SPDX-License-Identifier: Apache-2.0
#include "attention_composed.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
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

/// Query and key are one tensor with the same rows, as in self-attention without projections.
bool same_tokens(const AttentionInputs& in) {
  return in.key.is_same(in.query) && in.key_offsets.is_same(in.query_offsets);
}

/// Lengths [B] of the rows; undefined when every row has the longest one's length.
Tensor row_lengths(const Tensor& offsets, int64_t longest, const AttentionSizes& s) {
  if (!s.packed || s.batch * longest == offsets_view(offsets).back()) return {};
  return offsets.diff();
}

/// Which pairs may attend, and which queries have none; both undefined when all may attend to all.
struct Pairs {
  Tensor allowed;    // bool, broadcastable to [B, H, Tq, Tk]
  Tensor forbidden;  // its opposite
  Tensor empty;      // bool [B, H or 1, Tq or 1, 1]; undefined when no query is without keys
};

/// Rows end where their keys do. A few plain loops: this is all there is in most calls, and small batches feel every
/// operation.
Pairs pairs_by_length(std::span<const int64_t> rows, int64_t longest) {
  const auto batch = static_cast<int64_t>(rows.size()) - 1;
  if (batch * longest == rows.back()) return {};
  Pairs pairs;
  pairs.allowed = at::empty({batch, 1, 1, longest}, at::TensorOptions(at::kBool));
  pairs.forbidden = at::empty({batch, 1, 1, longest}, at::TensorOptions(at::kBool));
  auto empty = at::empty({batch, 1, 1, 1}, at::TensorOptions(at::kBool));
  bool* allowed = pairs.allowed.mutable_data_ptr<bool>();
  bool* forbidden = pairs.forbidden.mutable_data_ptr<bool>();
  bool some_empty = false;
  for (int64_t b = 0; b < batch; ++b, allowed += longest, forbidden += longest) {
    const int64_t length = rows[b + 1] - rows[b];
    for (int64_t j = 0; j < longest; ++j) allowed[j] = j < length;
    for (int64_t j = 0; j < longest; ++j) forbidden[j] = j >= length;
    empty.mutable_data_ptr<bool>()[b] = length == 0;
    some_empty = some_empty || length == 0;
  }
  if (some_empty) pairs.empty = empty;
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
  auto pairs = s.packed ? pairs_by_length(offsets_view(in.key_offsets), s.longest_key) : Pairs{};
  if (!in.causal && !in.mask.defined()) return pairs;

  const auto both = [&](const Tensor& more) {
    pairs.allowed = pairs.allowed.defined() ? pairs.allowed.logical_and(more) : more;
  };
  if (in.mask.defined()) both(in.mask);
  if (in.causal) both(causal_pairs(in, s));
  pairs.forbidden = pairs.allowed.logical_not();
  const auto some = pairs.allowed.any(-1, /*keepdim=*/true);
  pairs.empty = some.all().item<bool>() ? Tensor() : some.logical_not();
  return pairs;
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
  // One tensor given twice is laid out once.
  const auto query = to_dense(in.query, in.query_offsets, s);                                 // [B, H, Tq, D]
  const auto key = same_tokens(in) ? query : to_dense(in.key, in.key_offsets, s);             // [B, H, Tk, D]
  const auto value = in.value.is_same(in.key) ? key : to_dense(in.value, in.key_offsets, s);  // [B, H, Tk, Dv]

  auto scores = score(query, key);  // [B, H, Tq, Tk]
  const auto pairs = allowed_pairs(in, s);
  if (pairs.forbidden.defined()) scores = scores.masked_fill(pairs.forbidden, kMinusInfinity);

  auto weights = at::softmax(scores, -1);  // [B, H, Tq, Tk]; NaN where a query may attend to nothing
  if (pairs.empty.defined()) weights = weights.masked_fill(pairs.empty, 0.0);
  weights = intervene(options, weights, pairs.allowed, s);

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
