// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "attune/kernels/reference/attention.hpp"
#include "reference/softmax.hpp"

/// One query of one row and head, and what it allocates: shared by forward and backward.
namespace attune::reference {

struct Query {
  int64_t b, h, i;     ///< row, query head, position in the row
  int64_t Tq, Tk;      ///< the row's lengths
  int64_t token;       ///< query_offsets[b] + i
  int64_t first_key;   ///< key_offsets[b]
  int64_t key_head;    ///< the key head that h reads
  int64_t first_pair;  ///< place of (b, h, i, key 0) in a per-pair array of H heads
};

/// The vector of `position` in row b, or null when the array is not wanted.
[[nodiscard]] inline double* wanted_vector(const HeadArray<double>& array, const int64_t* offsets, int64_t b,
                                           int64_t position, int64_t head) {
  return array.data ? array.at(offsets, b, position, head) : nullptr;
}

/// Calls visit(b, h, i) for every token of every row and head, rows outermost.
template <class Visit>
void for_each_vector(const int64_t* offsets, int64_t B, int64_t heads, Visit&& visit) {
  for (int64_t b = 0; b < B; ++b) {
    for (int64_t h = 0; h < heads; ++h) {
      for (int64_t i = 0; i < offsets[b + 1] - offsets[b]; ++i) visit(b, h, i);
    }
  }
}

[[nodiscard]] Query query_at(const AttentionInputs& in, int64_t b, int64_t h, int64_t i);

/// Weights over all Tk keys, 0 where the query may not attend; the given weights where there are some.
[[nodiscard]] Softmax allocate(const AttentionInputs& in, const Query& query);

/// What weight (query, j) is multiplied with on its way to the context: gate * dropout.
[[nodiscard]] double context_factor(const AttentionInputs& in, const Query& query, int64_t j);

}  // namespace attune::reference
