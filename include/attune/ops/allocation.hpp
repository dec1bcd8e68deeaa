// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "attune/core/random.hpp"
#include "attune/ops/tensor.hpp"

namespace attune {

/// What an attention call returns besides its context. Statistics are of the weights before dropout and never change
/// the context.
struct Wanted {
  bool log_sum_exp = false;
  bool entropy = false;
  bool received = false;  ///< mass per key: the sum of its weights over the row's queries; by the fused
                          ///< kernels O(T) memory, and about the time of a backward pass
  bool weights = false;   ///< O(Tq Tk) memory

  [[nodiscard]] bool any() const { return log_sum_exp || entropy || received || weights; }
};

/// What one attention call returns. `query` and `key` stand for the form of the inputs: packed [N, H, ..] or dense
/// [B, H, T, ..]. What was not wanted is undefined. Only the context carries gradients.
struct Allocation {
  Tensor context;      ///< [as query, Dv]
  Tensor log_sum_exp;  ///< [as query]; -inf where a query may attend to nothing
  Tensor entropy;      ///< [as query], natural logarithm; 0 where a query may attend to nothing
  Tensor received;     ///< [as key, with H heads]
  Tensor weights;      ///< [B, H, Tq, Tk], in the packed form padded with zeros to the longest row
};

/// A change to an allocation, for explanations and budgets: other weights than the computed ones, and gates on heads.
struct Intervention {
  enum class Weights {
    kComputed,
    kGiven,     ///< `given`, laid out as Allocation::weights; not normalised; 0 where a query may not attend
    kUniform,   ///< the same for every key that may be attended to
    kPermuted,  ///< each query's computed weights, permuted among the keys that it may attend to
  };
  Weights weights = Weights::kComputed;
  Tensor given = {};           ///< [B, H, Tq, Tk], with kGiven and no other
  RandomKey permutation = {};  ///< which permutation; each (row id, head, query) has its own
  Tensor head_gates = {};      ///< [H], multiplied onto each head's context; undefined: ones

  [[nodiscard]] bool any() const { return weights != Weights::kComputed || head_gates.defined(); }
};

}  // namespace attune
