// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "attune/core/json.hpp"

namespace attune {

/// How an item's features become its score.
enum class ItemScore {
  kScaledDot,  ///< s = x W / sqrt(K): a score per item and value column. Vaswani et al. 2017, arXiv:1706.03762
  kAdditive,   ///< s = tanh(x W_a + b_a): a score per item. After Bahdanau, Cho, Bengio 2015, arXiv:1409.0473
};

/// What the allocation loop learns: W [K, V] of scaled_dot; W_a [K] and b_a of additive.
struct AllocationParameters {
  ItemScore score = ItemScore::kScaledDot;
  int64_t key_width = 0;             ///< K
  int64_t value_width = 0;           ///< V
  std::vector<double> weights = {};  ///< W, [K, C], row after row
  double bias = 0;                   ///< b_a; 0 in scaled_dot

  /// C: V columns of scores, or one for all value columns.
  [[nodiscard]] int64_t score_columns() const { return score == ItemScore::kScaledDot ? value_width : 1; }
};

/// "scaled_dot", "additive".
[[nodiscard]] const std::vector<std::string>& item_score_names();
/// @throws UsageError for a name that is none, with the nearest.
[[nodiscard]] ItemScore parse_item_score(const std::string& name);
[[nodiscard]] const std::string& item_score_name(ItemScore score);

/// Each number of W (and b_a) drawn from a normal distribution; the same for the same seed.
[[nodiscard]] AllocationParameters draw_parameters(ItemScore score, int64_t key_width, int64_t value_width, double mean,
                                                   double deviation, uint64_t seed);

/// All zero: every item of a group weighs the same.
[[nodiscard]] AllocationParameters uniform_parameters(int64_t key_width, int64_t value_width);

/// {"score": "scaled_dot", "W": [[..], ..]} with a row per feature; {"score": "additive", "W_a": [..], "b_a": ..}.
[[nodiscard]] Json to_json(const AllocationParameters& parameters);

/// Back from to_json; other keys are passed over.
/// @throws InputError naming `where` and the key: missing, of another shape, not a finite number.
[[nodiscard]] AllocationParameters parameters_from_json(const Json& json, const std::string& where,
                                                        int64_t value_width);

}  // namespace attune
