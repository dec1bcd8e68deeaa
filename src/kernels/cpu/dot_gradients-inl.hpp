// SPDX-License-Identifier: Apache-2.0
// From the gradients of products to those of queries and keys. Included once per instruction set.
#if defined(ATTUNE_CPU_DOT_GRADIENTS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef ATTUNE_CPU_DOT_GRADIENTS_INL
#undef ATTUNE_CPU_DOT_GRADIENTS_INL
#else
#define ATTUNE_CPU_DOT_GRADIENTS_INL
#endif

#include "cpu/backward.hpp"
#include "cpu/dot_scores-inl.hpp"
#include "cpu/product-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace attune::cpu::HWY_NAMESPACE {

/// Some queries or keys of a head, [count, width], and what is added to their gradients.
struct GradientRows {
  float* data;  ///< null: not wanted
  int64_t stride;
};

/// Every class of gradients has these members; backward-inl.hpp says what for.
class DotGradients {
 public:
  using Scores = DotScores;
  static constexpr int64_t kQueries = DotScores::kFewerQueries;
  static int64_t scratch_floats(const AttentionInputs&, int64_t) { return 0; }

  DotGradients(const BackwardCall& call, const Row& row, const Tile&, GradientRows d_query, GradientRows d_key, float*,
               float*)
      : in_(call.scores.in), row_(row), d_query_(d_query), d_key_(d_key) {}

  /// Of the scores as they are, not in units of ln 2.
  static float factor(const AttentionInputs& in) { return in.scale; }

  /// @param tile holds d_score * factor
  void add(const Scores&, const Tile& tile) const {
    if (d_query_.data != nullptr) {
      add_weighted({.weights = tile.scores,
                    .row_step = tile.stride,
                    .vector_step = 1,
                    .vectors = row_.key + tile.first_key * in_.key.token_stride,
                    .stride = in_.key.token_stride,
                    .count = tile.keys,
                    .width = in_.sizes.D,
                    .sums = d_query_.data + tile.first_query * d_query_.stride,
                    .sums_stride = d_query_.stride},
                   tile.queries, {});
    }
    if (d_key_.data != nullptr) {
      add_weighted({.weights = tile.scores,
                    .row_step = 1,
                    .vector_step = tile.stride,
                    .vectors = row_.query + tile.first_query * in_.query.token_stride,
                    .stride = in_.query.token_stride,
                    .count = tile.queries,
                    .width = in_.sizes.D,
                    .sums = d_key_.data,
                    .sums_stride = d_key_.stride},
                   tile.keys, {});
    }
  }
  void finish(const Tile&) const {}

 private:
  const AttentionInputs& in_;
  const Row& row_;
  GradientRows d_query_, d_key_;
};

}  // namespace attune::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
