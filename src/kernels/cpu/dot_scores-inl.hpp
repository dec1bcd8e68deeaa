// SPDX-License-Identifier: Apache-2.0
// Scores that are products: scale * q . k. Included once per instruction set.
#if defined(ATTUNE_CPU_DOT_SCORES_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef ATTUNE_CPU_DOT_SCORES_INL
#undef ATTUNE_CPU_DOT_SCORES_INL
#else
#define ATTUNE_CPU_DOT_SCORES_INL
#endif

#include "cpu/forward.hpp"
#include "cpu/mask-inl.hpp"
#include "cpu/panel-inl.hpp"
#include "cpu/product-inl.hpp"
#include "cpu/row.hpp"

HWY_BEFORE_NAMESPACE();
namespace attune::cpu::HWY_NAMESPACE {

/// The scores of one head of one row. Every score class has these members; forward-inl.hpp says what for.
class DotScores {
 public:
  /// Keys and values are read once for a block of queries, 16 or 32 times the rows of a product. 256 keys: their scores
  /// and values stay in the second cache.
  static constexpr int64_t kQueries = 192, kFewerQueries = 96, kKeys = 256;

  DotScores(const ForwardCall& call, const Row& row)
      : in_(call.in), row_(row), width_(in_.sizes.D), factor_(in_.scale * kLog2E) {}

  static int64_t panel_keys() { return panel_lanes(); }
  static int64_t panel_floats(const AttentionInputs& in) { return in.sizes.D * panel_lanes(); }
  static int64_t query_floats(const AttentionInputs& in, int64_t queries) { return queries * in.sizes.D; }

  void pack_panel(int64_t first_key, float* panel) const {
    const auto count = std::min(panel_lanes(), row_.Tk - first_key);
    turn_panel(row_.key + first_key * in_.key.token_stride, in_.key.token_stride, count, width_, panel_lanes(), panel);
  }

  /// Scaling the query costs Tq * D products instead of Tq * Tk.
  void pack_queries(int64_t first, int64_t count, float* packed) {
    packed_ = packed;
    const float* query = row_.query + first * in_.query.token_stride;
    for (int64_t i = 0; i < count; ++i, query += in_.query.token_stride, packed += width_) {
      for (int64_t f = 0; f < width_; ++f) packed[f] = factor_ * query[f];
    }
  }

  void score(const float* panels, const Tile& tile) const {
    for (int64_t j = 0; j < tile.keys; j += panel_lanes(), panels += panel_floats(in_))
      multiply_panel(packed_, width_, tile.queries, panels, width_, tile.scores + j, tile.stride);
  }

 private:
  const AttentionInputs& in_;
  const Row& row_;
  int64_t width_;
  float factor_;
  const float* packed_ = nullptr;
};

}  // namespace attune::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
