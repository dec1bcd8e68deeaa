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

/// At most `most` rows of at least two tokens, spread evenly over the table: of a row of one token attention says
/// nothing. @throws UsageError when there are none.
[[nodiscard]] std::vector<int64_t> choose_rows(const Model& model, const Table& table, int64_t most,
                                               Executor& executor);

/// How far apart two models' attention to the same rows is, the mean over rows of the same tokens.
struct AttentionDistance {
  int64_t rows = 0;       ///< that were compared
  double tau = 0;         ///< Kendall's; a row where one of the two orders nothing counts 0
  double divergence = 0;  ///< Jensen-Shannon, 0 to ln 2
};
[[nodiscard]] AttentionDistance attention_distance(const AuditedRows& first, const AuditedRows& second);

/// How far a row's attention is from itself when it is shuffled among the tokens, the mean Jensen-Shannon divergence
/// over rows and permutations: what attention to something else looks like, whose weights are as uneven. 0 where all
/// weights are equal. Ranks would not do for this, for they are mostly those of tokens that get next to nothing.
[[nodiscard]] double shuffled_divergence(const AuditedRows& rows, int64_t permutations, RandomKey key);

/// The site whose weights the method `attention` shows.
[[nodiscard]] std::string judged_site(const Model& model);

}  // namespace attune
