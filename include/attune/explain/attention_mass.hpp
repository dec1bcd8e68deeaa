// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "attune/explain/subject.hpp"

namespace attune {

/// The site of the attention pool, which has one query of its own a row; those of blocks are "block.0.self" and so on.
inline constexpr std::string_view kPoolSite = "pool";
/// Of a split pool, the site of the learned query that makes one of the four summaries of a row which it weighs.
inline constexpr std::string_view kLearnedQuerySite = "pool.learned";
/// Whether each token has a query of its own there, as in blocks, so that one can say what a token looks at.
[[nodiscard]] constexpr bool has_token_queries(std::string_view site) {
  return site != kPoolSite && site != kLearnedQuerySite;
}

/// How much of each token one head looks at: the mean of its weights over the queries of the site, which sums to 1.
struct AttentionMass {
  std::string site;  ///< "block.0.self", "pool", "pool.learned"
  int64_t head = 0;
  std::vector<double> values;  ///< per token
};

/// Of every head of every site that allocates among tokens, in the order of the pass; with `site` of that one alone.
/// One forward pass; by the fused kernels O(T) memory. Thread-safe, as are the two below.
/// @throws UsageError for a site that the model does not have (nearest suggested), or that allocates among branches.
[[nodiscard]] std::vector<AttentionMass> attention_masses(const Subject& subject, std::string_view site = {});

/// Who looks at whom at one head: weights[q * keys + k].
struct AttentionMatrix {
  std::string site;
  int64_t head = 0;
  int64_t queries = 0;  ///< the tokens of the row; 1 without token queries
  int64_t keys = 0;     ///< the tokens of the row
  std::vector<float> weights;
};

/// As attention_masses(), of the row's whole matrices: O(T^2) numbers a head of every site that is asked for, and while
/// a site is computed as much again (additive attention: times its key width). By whatever kernels the model takes.
/// @throws UsageError, as there.
[[nodiscard]] std::vector<AttentionMatrix> attention_matrices(const Subject& subject, std::string_view site = {});

/// The sites that allocate among tokens: what the two above may be asked for.
[[nodiscard]] std::vector<std::string> attention_sites(const Model& model);

}  // namespace attune
