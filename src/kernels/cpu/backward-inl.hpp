// SPDX-License-Identifier: Apache-2.0
// Some keys of a row against all queries that may attend to them, tile by tile. Weights are computed again from the
// scores and the log-sum-exp that the forward pass kept: Dao et al. 2022, arXiv:2205.14135, appendix B. With P the
// weights, M the multipliers of dropout and D = d_context . context per query:
//
//   d_value += (P M)^T d_context
//   d_score  = P (M (d_context value^T) - D)
//
// A tile of keys keeps its own sums while the queries pass; a class of gradients takes d_score further:
//   Scores                               the class that computes its scores
//   kQueries                             of a tile
//   factor()                             onto d_score
//   add(), finish()                      a tile's queries and keys; all queries are through
//
// Included once per instruction set.
#if defined(ATTUNE_CPU_BACKWARD_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef ATTUNE_CPU_BACKWARD_INL
#undef ATTUNE_CPU_BACKWARD_INL
#else
#define ATTUNE_CPU_BACKWARD_INL
#endif

#include "cpu/backward.hpp"
#include "cpu/dot_gradients-inl.hpp"
#include "cpu/forward-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace attune::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// How a block's scratch memory is divided.
template <class Gradients>
struct BackwardScratch {
  using Scores = typename Gradients::Scores;
  BackwardScratch(const AttentionInputs& in, int64_t keys)
      : tile_keys(round_up(std::min(Scores::kKeys, round_up(keys, Scores::panel_keys())), panel_lanes())),
        key_stride(round_up(in.sizes.D, kAlignment)),
        value_stride(round_up(in.sizes.Dv, kAlignment)),
        scores(round_up(Gradients::kQueries, 4) * tile_keys),
        key_panels(round_up(tile_keys / Scores::panel_keys() * Scores::panel_floats(in), kAlignment)),
        value_panels(tile_keys * in.sizes.Dv),
        queries(round_up(Scores::query_floats(in, Gradients::kQueries), kAlignment)),
        d_keys(tile_keys * key_stride),
        d_values(tile_keys * value_stride),
        multipliers(round_up(tile_keys, kAlignment)),
        gradients(Gradients::scratch_floats(in, tile_keys)) {}
  [[nodiscard]] int64_t floats() const {
    return 2 * scores + key_panels + value_panels + queries + d_keys + d_values + multipliers + gradients;
  }

  int64_t tile_keys, key_stride, value_stride;
  int64_t scores, key_panels, value_panels, queries, d_keys, d_values, multipliers, gradients;  ///< floats of each
};

template <class Gradients>
class BlockBackward {
  using Scores = typename Gradients::Scores;

 public:
  BlockBackward(const BackwardCall& call, const KeyBlock& block, float* scratch)
      : call_(call),
        in_(call.scores.in),
        block_(block),
        group_(in_.sizes.H / in_.sizes.Hkv),
        Tq_(in_.query_offsets[block.b + 1] - in_.query_offsets[block.b]),
        sizes_(in_, in_.key_offsets[block.b + 1] - in_.key_offsets[block.b]),
        scores_(scratch),
        d_scores_(scores_ + sizes_.scores),
        key_panels_(d_scores_ + sizes_.scores),
        value_panels_(key_panels_ + sizes_.key_panels),
        queries_(value_panels_ + sizes_.value_panels),
        d_keys_(queries_ + sizes_.queries),
        d_values_(d_keys_ + sizes_.d_keys),
        multipliers_(d_values_ + sizes_.d_values),
        gradients_(multipliers_ + sizes_.multipliers) {}

  void run() {
    for (int64_t g = 0; g < group_; ++g) clear_queries(block_.key_head * group_ + g);
    for (int64_t key = block_.first; key < block_.end; key += sizes_.tile_keys) {
      const int64_t keys = std::min(sizes_.tile_keys, block_.end - key);
      pack_values(key, keys);
      std::fill_n(d_keys_, keys * sizes_.key_stride, 0.0F);
      std::fill_n(d_values_, keys * sizes_.value_stride, 0.0F);
      for (int64_t g = 0; g < group_; ++g) add_head(block_.key_head * group_ + g, key, keys);
      write(call_.gradients.key, d_keys_, sizes_.key_stride, in_.sizes.D, key, keys);
      write(call_.gradients.value, d_values_, sizes_.value_stride, in_.sizes.Dv, key, keys);
    }
  }

 private:
  GradientRows d_query(int64_t h) const {
    const auto& result = call_.gradients.query;
    if (result.data == nullptr) return {nullptr, 0};
    if (block_.d_query != nullptr) return {block_.d_query + h % group_ * Tq_ * in_.sizes.D, in_.sizes.D};
    return {result.at(in_.query_offsets, block_.b, 0, h), result.token_stride};
  }

  void clear_queries(int64_t h) const {
    const auto rows = d_query(h);
    if (rows.data == nullptr) return;
    for (int64_t i = 0; i < Tq_; ++i) std::fill_n(rows.data + i * rows.stride, in_.sizes.D, 0.0F);
  }

  void pack_values(int64_t key, int64_t keys) const {
    const float* value = in_.value.at(in_.key_offsets, block_.b, key, block_.key_head);
    for (int64_t j = 0; j < keys; j += panel_lanes()) {
      turn_panel(value + j * in_.value.token_stride, in_.value.token_stride, std::min(panel_lanes(), keys - j),
                 in_.sizes.Dv, panel_lanes(), value_panels_ + j * in_.sizes.Dv);
    }
  }

  /// What one query head adds to a tile of keys, and gets from it.
  void add_head(int64_t h, int64_t key, int64_t keys) const {
    const Row row(in_, block_.b, h);
    const Allowed allowed(in_, row);
    const RowDropout dropout(in_.dropout, row);
    Scores scores(call_.scores, row);
    for (int64_t j = 0; j < keys; j += Scores::panel_keys())
      scores.pack_panel(key + j, key_panels_ + j / Scores::panel_keys() * Scores::panel_floats(in_));
    Tile tile{0, 0, key, keys, scores_, sizes_.tile_keys};
    float* d_u = block_.d_u == nullptr ? nullptr : block_.d_u + h % group_ * in_.sizes.D;
    const GradientRows d_keys{call_.gradients.key.data == nullptr ? nullptr : d_keys_, sizes_.key_stride};
    Gradients gradients(call_, row, tile, d_query(h), d_keys, d_u, gradients_);
    for (; tile.first_query < Tq_; tile.first_query += Gradients::kQueries) {
      tile.queries = std::min(Gradients::kQueries, Tq_ - tile.first_query);
      if (allowed.first_keys(tile.first_query + tile.queries - 1) <= key) continue;
      if (!allowed.any(tile.first_query, tile.queries, key, keys)) continue;
      scores.pack_queries(tile.first_query, tile.queries, queries_);
      scores.score(key_panels_, tile);
      add_values(row, allowed, dropout, tile);
      const Tile of_scores{tile.first_query, tile.queries, key, keys, d_scores_, tile.stride};
      gradients.add(scores, of_scores);
    }
    gradients.finish(tile);
  }

  /// From the scores of a tile to d_score, with what the values get on the way.
  void add_values(const Row& row, const Allowed& allowed, const RowDropout& dropout, const Tile& tile) const {
    const float* d_context = call_.d_context.at(in_.query_offsets, block_.b, tile.first_query, row.h);
    const int64_t stride = call_.d_context.token_stride, first = in_.query_offsets[row.b] * in_.sizes.H + row.h * Tq_;
    for (int64_t j = 0; j < tile.keys; j += panel_lanes()) {
      multiply_panel(d_context, stride, tile.queries, value_panels_ + j * in_.sizes.Dv, in_.sizes.Dv, d_scores_ + j,
                     tile.stride);
    }
    for (int64_t i = 0; i < tile.queries; ++i) {
      const int64_t query = first + tile.first_query + i;
      weights_of(tile, i, call_.log_sum_exp[query], call_.log_sum_exp_remainder[query]);
    }
    forbid(allowed, tile, 0.0F);
    for (int64_t i = 0; i < tile.queries; ++i)
      differentiate(tile, i, call_.delta[first + tile.first_query + i], dropout);
    if (call_.gradients.value.data == nullptr) return;
    add_weighted({.weights = tile.scores,
                  .row_step = 1,
                  .vector_step = tile.stride,
                  .vectors = d_context,
                  .stride = stride,
                  .count = tile.queries,
                  .width = in_.sizes.Dv,
                  .sums = d_values_,
                  .sums_stride = sizes_.value_stride},
                 tile.keys, {});
  }

  /// One after the other: what is left of a large score is exact, and the remainder is not rounded away.
  static void weights_of(const Tile& tile, int64_t i, float log_sum_exp, float remainder) {
    const Lanes d;
    float* row = tile.scores + i * tile.stride;
    for (int64_t j = 0; j < tile.keys; j += lane_count()) {
      const Vec left = hn::Sub(hn::Load(d, row + j), hn::Set(d, log_sum_exp));
      hn::Store(exp2(hn::Sub(left, hn::Set(d, remainder))), d, row + j);
    }
  }

  /// Weights and their gradients -> weights that values were multiplied with, and gradients of the scores.
  void differentiate(const Tile& tile, int64_t i, float delta, const RowDropout& dropout) const {
    const Lanes d;
    float *weights = tile.scores + i * tile.stride, *d_weights = d_scores_ + i * tile.stride;
    if (dropout.is_on()) {
      std::fill(multipliers_ + tile.keys, multipliers_ + tile.padded_keys(), 0.0F);
      dropout.draw(tile.first_query + i, tile.first_key, tile.keys, multipliers_);
    }
    const Vec factor = hn::Set(d, Gradients::factor(in_)), subtracted = hn::Set(d, delta);
    for (int64_t j = 0; j < tile.keys; j += lane_count()) {
      const Vec weight = hn::Load(d, weights + j);
      Vec d_weight = hn::Load(d, d_weights + j);
      if (dropout.is_on()) {
        const Vec multiplier = hn::Load(d, multipliers_ + j);
        d_weight = hn::Mul(d_weight, multiplier);
        hn::Store(hn::Mul(weight, multiplier), d, weights + j);
      }
      hn::Store(hn::Mul(hn::Mul(weight, factor), hn::Sub(d_weight, subtracted)), d, d_weights + j);
    }
  }

  void write(const HeadArray<float>& result, const float* sums, int64_t stride, int64_t width, int64_t key,
             int64_t keys) const {
    for (int64_t j = 0; j < keys && result.data != nullptr; ++j)
      std::copy_n(sums + j * stride, width, result.at(in_.key_offsets, block_.b, key + j, block_.key_head));
  }

  const BackwardCall& call_;
  const AttentionInputs& in_;
  const KeyBlock block_;
  int64_t group_, Tq_;
  const BackwardScratch<Gradients> sizes_;
  float *scores_, *d_scores_, *key_panels_, *value_panels_, *queries_, *d_keys_, *d_values_, *multipliers_, *gradients_;
};

template <class Gradients>
void run_backward(const BackwardCall& call, const KeyBlock& block, float* scratch) {
  BlockBackward<Gradients>(call, block, scratch).run();
}

template <class Gradients>
int64_t backward_floats(const AttentionInputs& in, int64_t keys) {
  return BackwardScratch<Gradients>(in, keys).floats();
}

template <class Gradients>
BackwardKernel make_backward_kernel() {
  return {.scratch_floats = backward_floats<Gradients>, .run = run_backward<Gradients>};
}

}  // namespace attune::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
