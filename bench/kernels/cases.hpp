// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "arrays.hpp"
#include "contest.hpp"

/// The rows of the table. `quick`: of tiny sizes, to see that everything works.
namespace attune::bench {

/// Memory first: nothing that ran before may have left some behind.
[[nodiscard]] std::vector<Case> all_cases(bool quick);

[[nodiscard]] std::vector<Case> memory_cases(bool quick);
[[nodiscard]] std::vector<Case> additive_cases(bool quick);
[[nodiscard]] std::vector<Case> product_cases(bool quick);
[[nodiscard]] std::vector<Case> ragged_cases(bool quick);
[[nodiscard]] std::vector<Case> packed_keys_cases(bool quick);
[[nodiscard]] std::vector<Case> statistics_cases(bool quick);

/// The shape, or a tiny one of the same kind.
[[nodiscard]] Shape sized(const Shape& shape, bool quick);
/// "B8 H8 T128 d64"; one head is not mentioned.
[[nodiscard]] std::string text_of(const Shape& shape);

/// Query-key pairs of all rows and heads.
[[nodiscard]] double pairs(const Shape& shape);

/// Multiply-adds that a pair takes at least, with values as wide as keys. Of the additive ones a multiplication counts
/// as one: the form of src/kernels/cpu/additive_scores-inl.hpp takes 12 for four features, one pass over the values D
/// more. The backward pass computes the scores again; 5 a feature give the gradients of query, key and u.
[[nodiscard]] constexpr double additive_work(double D) { return 3 * D + D; }
[[nodiscard]] constexpr double additive_backward_work(double D) { return additive_work(D) + 3 * D + 5 * D + 2 * D; }
[[nodiscard]] constexpr double product_work(double D) { return D + D; }
[[nodiscard]] constexpr double product_backward_work(double D) { return product_work(D) + 3 * D + 2 * D; }

}  // namespace attune::bench
