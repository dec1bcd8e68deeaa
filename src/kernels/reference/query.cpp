// SPDX-License-Identifier: Apache-2.0
#include "reference/query.hpp"

#include <algorithm>

#include "reference/score.hpp"

namespace attune::reference {
namespace {

constexpr double kMinusInfinity = -std::numeric_limits<double>::infinity();

bool may_attend(const AttentionInputs& in, const Query& q, int64_t j) {
  if (in.causal && j > q.i + q.Tk - q.Tq) return false;
  if (!in.mask) return true;
  const int64_t mask_head = in.mask_heads == 1 ? 0 : q.h;
  return in.mask[pair_index(in, in.mask_heads, q.b, mask_head, q.i, j)] != 0;
}

/// -infinity where the query may not attend; those keys are not read.
std::vector<double> scores_of(const AttentionInputs& in, const Query& q, const std::vector<bool>& allowed) {
  const double* query = in.query.at(in.query_offsets, q.b, q.i, q.h);
  std::vector<double> scores(allowed.size(), kMinusInfinity);
  for (int64_t j = 0; j < q.Tk; ++j) {
    if (allowed[j]) scores[j] = score(in, q.h, query, in.key.at(in.key_offsets, q.b, j, q.key_head));
  }
  return scores;
}

}  // namespace

int64_t pair_index(const AttentionInputs& in, int64_t heads, int64_t row, int64_t head, int64_t query, int64_t key) {
  int64_t begin = 0;
  for (int64_t b = 0; b < row; ++b) {
    begin += heads * (in.query_offsets[b + 1] - in.query_offsets[b]) * (in.key_offsets[b + 1] - in.key_offsets[b]);
  }
  if (row == in.sizes.B) return begin;
  const int64_t Tq = in.query_offsets[row + 1] - in.query_offsets[row];
  const int64_t Tk = in.key_offsets[row + 1] - in.key_offsets[row];
  return begin + (head * Tq + query) * Tk + key;
}

Query query_at(const AttentionInputs& in, int64_t b, int64_t h, int64_t i) {
  return {.b = b,
          .h = h,
          .i = i,
          .Tq = in.query_offsets[b + 1] - in.query_offsets[b],
          .Tk = in.key_offsets[b + 1] - in.key_offsets[b],
          .token = in.query_offsets[b] + i,
          .first_key = in.key_offsets[b],
          .key_head = h / (in.sizes.H / in.sizes.Hkv),
          .first_pair = pair_index(in, in.sizes.H, b, h, i, 0)};
}

Softmax allocate(const AttentionInputs& in, const Query& q) {
  std::vector<bool> allowed(q.Tk);
  for (int64_t j = 0; j < q.Tk; ++j) allowed[j] = may_attend(in, q, j);
  if (std::find(allowed.begin(), allowed.end(), true) == allowed.end()) {
    return {.weights = std::vector<double>(q.Tk, 0.0), .log_sum_exp = kMinusInfinity};
  }

  Softmax result = softmax(scores_of(in, q, allowed));
  if (in.given_weights) {
    for (int64_t j = 0; j < q.Tk; ++j) result.weights[j] = allowed[j] ? in.given_weights[q.first_pair + j] : 0;
  }
  return result;
}

double context_factor(const AttentionInputs& in, const Query& q, int64_t j) {
  const double gate = in.head_gate ? in.head_gate[q.h] : 1;
  const double dropout = in.dropout ? in.dropout[q.first_pair + j] : 1;
  return gate * dropout;
}

}  // namespace attune::reference
