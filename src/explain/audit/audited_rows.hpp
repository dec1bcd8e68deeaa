// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "attune/core/executor.hpp"
#include "attune/core/random.hpp"
#include "attune/data/table.hpp"
#include "attune/explain/subject.hpp"

namespace attune {

/// Rows under a model with what its attention says of them.
struct AuditedRows {
  std::vector<int64_t> numbers;                ///< in the table
  std::vector<Subject> subjects;               ///< in parallel
  std::vector<std::vector<double>> attention;  ///< per row: a share of each token, which sum to 1
};

/// @param model must outlive what is returned
[[nodiscard]] AuditedRows read_audited(const Model& model, const Table& table, const std::vector<int64_t>& rows,
                                       size_t output, Executor& executor);

/// Of `most` equal stretches of the table each the first row of at least two tokens, for of one token attention says
/// nothing; other rows than those that are looked at for it are not read. @throws UsageError when there are none.
[[nodiscard]] std::vector<int64_t> choose_rows(const Model& model, const Table& table, int64_t most,
                                               Executor& executor);

/// How far apart two models' attention to the same rows is, the mean over rows of as many tokens for both.
struct AttentionDistance {
  int64_t rows = 0;       ///< that were compared
  double tau = 0;         ///< Kendall's; a row where one of the two orders nothing counts 0
  double divergence = 0;  ///< Jensen-Shannon, 0 to ln 2
  /// The same with the second's attention shuffled among the tokens of a row: how far apart the two would be if they
  /// had nothing in common but how uneven they are. Ranks would not do for this, for they are mostly those of tokens
  /// that get next to nothing.
  double shuffled_divergence = 0;

  /// Below 1 when the two look at the same, 1 when they have nothing in common; 1 where nothing tells.
  [[nodiscard]] double of_shuffled() const { return shuffled_divergence > 0 ? divergence / shuffled_divergence : 1; }
};
/// @param permutations of each row, drawn by `key` and the row's number
[[nodiscard]] AttentionDistance attention_distance(const AuditedRows& first, const AuditedRows& second,
                                                   int64_t permutations, RandomKey key);

/// The site whose weights the method `attention` shows.
[[nodiscard]] std::string judged_site(const Model& model);

}  // namespace attune
