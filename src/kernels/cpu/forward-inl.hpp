// SPDX-License-Identifier: Apache-2.0
// A block of queries against all keys of its row, one tile of keys after the other: scores, masks, online softmax,
// weighted sum. What is kept between tiles is, per query, a largest score, a sum and a context. A tile's scores stay in
// the first or second cache and are never written further.
//
// A class of scores packs keys and queries the way it wants to read them, and scores a tile:
//   kQueries, kFewerQueries, kKeys       of a tile
//   panel_keys(), panel_floats()         keys in a panel, and its size
//   query_floats()                       room for packed queries
//   pack_panel(), pack_queries()
//   score()                              in units of ln 2
//
// Included once per instruction set.
#if defined(ATTUNE_CPU_FORWARD_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef ATTUNE_CPU_FORWARD_INL
#undef ATTUNE_CPU_FORWARD_INL
#else
#define ATTUNE_CPU_FORWARD_INL
#endif

#include <utility>

#include "cpu/forward.hpp"
#include "cpu/mask-inl.hpp"
#include "cpu/product-inl.hpp"
#include "cpu/round_up.hpp"
#include "cpu/row.hpp"
#include "cpu/softmax-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace attune::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// How a block's scratch memory is divided.
template <class Scores>
struct ForwardScratch {
  ForwardScratch(const AttentionInputs& in, int64_t keys)
      : tile_keys(std::min(Scores::kKeys, round_up(keys, Scores::panel_keys()))),
        context_stride(round_up(in.sizes.Dv, kAlignment)),
        scores(round_up(Scores::kQueries, 4) * tile_keys),
        context(Scores::kQueries * context_stride),
        panels(round_up(tile_keys / Scores::panel_keys() * Scores::panel_floats(in), kAlignment)),
        queries(round_up(Scores::query_floats(in, Scores::kQueries), kAlignment)),
        multipliers(round_up(tile_keys, kAlignment)),
        values(in.value.token_stride > context_stride ? tile_keys * context_stride : 0),
        sums(Scores::kQueries * lane_count()) {}
  [[nodiscard]] int64_t floats() const { return scores + context + panels + queries + multipliers + values + 2 * sums; }

  int64_t tile_keys, context_stride;
  int64_t scores, context, panels, queries, multipliers, values, sums;  ///< floats of each part, one after the other
};

template <class Scores>
class BlockForward {
 public:
  BlockForward(const ForwardCall& call, const QueryBlock& block, float* scratch)
      : call_(call),
        in_(call.in),
        block_(block),
        row_(call.in, block.b, block.h),
        allowed_(call.in, row_),
        dropout_(call.in.dropout, row_),
        scores_(call, row_),
        sizes_(call.in, row_.Tk),
        score_buffer_(scratch),
        context_(score_buffer_ + sizes_.scores),
        panel_buffer_(context_ + sizes_.context),
        query_buffer_(panel_buffer_ + sizes_.panels),
        multipliers_(query_buffer_ + sizes_.queries),
        value_buffer_(multipliers_ + sizes_.multipliers),
        sums_(value_buffer_ + sizes_.values),
        weighted_(sums_ + sizes_.sums) {}

  void run(const float* panels) {
    std::fill_n(largest_, block_.count, kForbidden);
    std::fill_n(sums_, block_.count * lane_count(), 0.0F);
    if (call_.out.entropy.data != nullptr) std::fill_n(weighted_, block_.count * lane_count(), 0.0F);
    scores_.pack_queries(block_.first, block_.count, query_buffer_);
    // Keys are allowed from the first on, and to the last query the most.
    const int64_t end = allowed_.first_keys(block_.first + block_.count - 1);
    for (int64_t key = 0; key < end; key += sizes_.tile_keys) {
      const Tile tile{block_.first,  block_.count,    key, std::min(sizes_.tile_keys, end - key),
                      score_buffer_, sizes_.tile_keys};
      if (!allowed_.any(tile.first_query, tile.queries, tile.first_key, tile.keys)) continue;
      scores_.score(panels_at(panels, tile), tile);
      forbid(allowed_, tile, kForbidden);
      if (call_.out.entropy.data != nullptr) {
        add_tile<true>(tile);
      } else {
        add_tile<false>(tile);
      }
    }
    for (int64_t i = 0; i < block_.count; ++i) write(i);
  }

 private:
  const float* panels_at(const float* panels, const Tile& tile) {
    const int64_t keys = Scores::panel_keys(), floats = Scores::panel_floats(in_);
    if (panels != nullptr) return panels + tile.first_key / keys * floats;
    for (int64_t j = 0; j < tile.keys; j += keys)
      scores_.pack_panel(tile.first_key + j, panel_buffer_ + j / keys * floats);
    return panel_buffer_;
  }

  template <bool kEntropy>
  void add_tile(const Tile& tile) {
    float factors[std::max<int64_t>(Scores::kQueries, 2 * kProductRows)];  // as many as rows are added at once
    for (int64_t i = 0; i < tile.queries; ++i) {
      float* weights = tile.scores + i * tile.stride;
      factors[i] = add_to_softmax<kEntropy>(weights, tile.padded_keys(), row_softmax(i));
      if (dropout_.is_on()) drop(tile, i, weights);
    }
    const auto values = values_of(tile);
    add_weighted({.weights = tile.scores,
                  .row_step = tile.stride,
                  .vector_step = 1,
                  .vectors = values.data,
                  .stride = values.stride,
                  .count = tile.keys,
                  .width = in_.sizes.Dv,
                  .sums = context_,
                  .sums_stride = sizes_.context_stride},
                 tile.queries, std::exchange(begun_, true) ? Before{.factors = factors} : Before{.kept = false});
  }

  struct Values {
    const float* data;
    int64_t stride;
  };
  /// Values far apart, as of several heads beside each other, fall into few lines of the cache: many queries read a
  /// copy.
  Values values_of(const Tile& tile) const {
    constexpr int64_t kManyQueries = 24;
    const int64_t width = in_.sizes.Dv;
    const Values given{row_.value + tile.first_key * in_.value.token_stride, in_.value.token_stride};
    if (sizes_.values == 0 || block_.count < kManyQueries) return given;
    for (int64_t j = 0; j < tile.keys; ++j)
      std::copy_n(given.data + j * given.stride, width, value_buffer_ + j * sizes_.context_stride);
    return {value_buffer_, sizes_.context_stride};
  }

  SoftmaxRow row_softmax(int64_t i) { return {largest_[i], sums_ + i * lane_count(), weighted_ + i * lane_count()}; }

  void drop(const Tile& tile, int64_t i, float* weights) {
    dropout_.draw(tile.first_query + i, tile.first_key, tile.keys, multipliers_);
    for (int64_t j = 0; j < tile.keys; ++j) weights[j] *= multipliers_[j];
  }

  void write(int64_t i) const {
    const bool wants_entropy = call_.out.entropy.data != nullptr;
    const SoftmaxTotal softmax{largest_[i], sum_of(sums_ + i * lane_count()),
                               wants_entropy ? sum_of(weighted_ + i * lane_count()) : 0.0F};
    const int64_t query = block_.first + i, width = in_.sizes.Dv;
    float* to = call_.out.context.at(in_.query_offsets, block_.b, query, block_.h);
    if (softmax.sum == 0) {
      std::fill_n(to, width, 0.0F);
    } else {
      const float factor = 1 / softmax.sum;
      const float* sums = context_ + i * sizes_.context_stride;
      for (int64_t c = 0; c < width; ++c) to[c] = factor * sums[c];
    }
    const bool wants_log_sum_exp =
        call_.out.log_sum_exp.data != nullptr || call_.out.log_sum_exp_remainder.data != nullptr;
    if (wants_log_sum_exp) write_log_sum_exp(query, softmax.log_sum_exp());
    if (wants_entropy) *call_.out.entropy.at(in_.query_offsets, block_.b, query, block_.h) = softmax.entropy();
  }

  void write_log_sum_exp(int64_t query, double exact) const {
    const auto rounded = static_cast<float>(exact);
    if (call_.out.log_sum_exp.data != nullptr)
      *call_.out.log_sum_exp.at(in_.query_offsets, block_.b, query, block_.h) = rounded;
    if (call_.out.log_sum_exp_remainder.data != nullptr) {
      *call_.out.log_sum_exp_remainder.at(in_.query_offsets, block_.b, query, block_.h) =
          std::isinf(rounded) ? 0.0F : static_cast<float>(exact - rounded);
    }
  }

  const ForwardCall& call_;
  const AttentionInputs& in_;
  const QueryBlock block_;
  const Row row_;
  const Allowed allowed_;
  const RowDropout dropout_;
  Scores scores_;
  const ForwardScratch<Scores> sizes_;
  float *score_buffer_, *context_, *panel_buffer_, *query_buffer_, *multipliers_, *value_buffer_, *sums_, *weighted_;
  float largest_[Scores::kQueries];
  bool begun_ = false;  // context_ holds sums
};

template <class Scores>
void attend_block(const ForwardCall& call, const QueryBlock& block, const float* panels, float* scratch) {
  BlockForward<Scores>(call, block, scratch).run(panels);
}

template <class Scores>
void pack_panels(const ForwardCall& call, const Row& row, int64_t first, int64_t end, float* panels) {
  const Scores scores(call, row);
  const int64_t floats = Scores::panel_floats(call.in);
  for (int64_t p = first; p < end; ++p) scores.pack_panel(p * Scores::panel_keys(), panels + p * floats);
}

template <class Scores>
int64_t forward_floats(const AttentionInputs& in, int64_t keys) {
  return ForwardScratch<Scores>(in, keys).floats();
}

template <class Scores>
ForwardKernel make_forward_kernel() {
  return {.most_queries = Scores::kQueries,
          .fewer_queries = Scores::kFewerQueries,
          .panel_keys = Scores::panel_keys(),
          .panel_floats = Scores::panel_floats,
          .scratch_floats = forward_floats<Scores>,
          .pack = pack_panels<Scores>,
          .attend = attend_block<Scores>};
}

}  // namespace attune::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
