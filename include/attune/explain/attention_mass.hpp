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

/// How much of each token one head looks at: the mean of its weights over the queries of the site, which sums to 1.
struct AttentionMass {
  std::string site;  ///< "block.0.self", "pool"
  int64_t head = 0;
  std::vector<double> values;  ///< per token
};

/// Of every head of every site that allocates among tokens, in the order of the pass; with `site` of that one alone.
/// One forward pass. @throws UsageError for a site that the model does not have (nearest suggested), or that allocates
/// among branches.
[[nodiscard]] std::vector<AttentionMass> attention_masses(const Subject& subject, std::string_view site = {});

/// Who looks at whom at one head: weights[q * keys + k].
struct AttentionMatrix {
  std::string site;
  int64_t head = 0;
  int64_t queries = 0;  ///< the tokens of the row; 1 at the pool
  int64_t keys = 0;     ///< the tokens of the row
  std::vector<float> weights;
};

/// As attention_masses(), of the row's whole matrices: O(T^2) numbers a head.
[[nodiscard]] std::vector<AttentionMatrix> attention_matrices(const Subject& subject, std::string_view site = {});

/// The sites that allocate among tokens: what the two above may be asked for.
[[nodiscard]] std::vector<std::string> attention_sites(const Model& model);

}  // namespace attune
