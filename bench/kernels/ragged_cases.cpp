// SPDX-License-Identifier: Apache-2.0
//
// Rows of 1/16, 3/16, .. 15/16 of the padded length, of mean fill 0.5, packed one after another. In the first two only
// the keys are so: every query of the padded batch attends. In the others the queries are too, as in self-attention;
// the share of work that is left is then that of the pairs, a third.
#include <algorithm>
#include <numeric>

#include "cases.hpp"
#include "contestants.hpp"

namespace attune::bench {
namespace {

struct Ragged {
  Shape shape;
  std::vector<int64_t> query_lengths, key_lengths;

  /// Of the padded batch's pairs, those of a query and a key that are there.
  [[nodiscard]] double share() const {
    const auto there = std::inner_product(query_lengths.begin(), query_lengths.end(), key_lengths.begin(), int64_t{0});
    return static_cast<double>(there) / static_cast<double>(shape.B * shape.T * shape.T);
  }
  [[nodiscard]] double work() const { return share() * pairs(shape) * product_work(static_cast<double>(shape.D)); }

  [[nodiscard]] Arrays packed(const Arrays& padded) const {
    return {.query = first_tokens(padded.query, query_lengths),
            .key = first_tokens(padded.key, key_lengths),
            .value = first_tokens(padded.value, key_lengths),
            .query_offsets = offsets_of(query_lengths),
            .key_offsets = offsets_of(key_lengths)};
  }
};

Ragged ragged(const Shape& shape, bool are_queries_ragged) {
  std::vector<int64_t> lengths;
  for (int64_t b = 0; b < shape.B; ++b) lengths.push_back(std::max<int64_t>(1, (2 * b + 1) * shape.T / (2 * shape.B)));
  const std::vector<int64_t> full(lengths.size(), shape.T);
  return {shape, are_queries_ragged ? lengths : full, lengths};
}

Case over_padded(const std::string& name, const Ragged& rows) {
  return {.name = name,
          .peer = Peer::kOwn,
          .peer_name = "own, fill x padded",
          .at_least = 1 / 1.08,
          .multiply_adds = rows.work(),
          .prepare = [rows](const Arena& arena) {
            const auto padded = product_arrays(rows.shape);
            auto ours = our_kernel(rows.packed(padded), arena), all = our_kernel(padded, arena);
            all.results = {};  // its padding is attended to
            return std::make_unique<Contest>(Contest{ours, all, rows.share()});
          }};
}

Case over_onnxruntime(const std::string& name, const Ragged& rows) {
  return {.name = name,
          .peer = Peer::kOnnxruntime,
          .peer_name = "onnxruntime, MultiHeadAttention with a padding mask",
          .at_least = 2.5,
          .multiply_adds = rows.work(),
          .prepare = [rows](const Arena& arena) {
            const auto padded = by_token(product_arrays(rows.shape));
            auto peer = onnxruntime_product(padded, arena, rows.key_lengths);
            peer.results = [results = peer.results, rows] {
              return std::vector{first_tokens(results().front(), rows.query_lengths)};
            };
            return std::make_unique<Contest>(Contest{our_kernel(rows.packed(padded), arena), peer});
          }};
}

}  // namespace

std::vector<Case> ragged_cases(bool quick) {
  const auto shape = sized({8, 1, 1024, 64}, quick);
  const auto keys = ragged(shape, false), both = ragged(shape, true);
  const auto keys_name = "packed, ragged keys, " + text_of(shape), both_name = "packed, ragged rows, " + text_of(shape);
  return {over_padded(keys_name, keys), over_onnxruntime(keys_name, keys), over_padded(both_name, both),
          over_onnxruntime(both_name, both)};
}

}  // namespace attune::bench
