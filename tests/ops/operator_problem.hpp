// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "attention_problem.hpp"
#include "attune/ops/attention.hpp"

/// From a call of the reference kernels to the same call of the operators, and back.
namespace attune::testing {

enum class PairMask { kNone, kCausal, kShared, kPerHead, kEmptyQuery, kCausalAndShared };
enum class Form {
  kPacked,
  kPackedSliced,  ///< cut out of a larger tensor full of NaN
  kDense,
  kDensePermuted,  ///< [B, T, H, D] seen as [B, H, T, D]
  kDenseSliced,    ///< cut out of a larger tensor full of NaN
};

inline constexpr PairMask kPairMasks[] = {PairMask::kNone,    PairMask::kCausal,     PairMask::kShared,
                                          PairMask::kPerHead, PairMask::kEmptyQuery, PairMask::kCausalAndShared};
inline constexpr Form kForms[] = {Form::kPacked, Form::kPackedSliced, Form::kDense, Form::kDensePermuted,
                                  Form::kDenseSliced};

std::string name_of(PairMask mask);
std::string name_of(Form form);
inline bool is_packed(Form form) { return form == Form::kPacked || form == Form::kPackedSliced; }

struct OperatorCase {
  reference::Score score = reference::Score::kScaledDot;
  int64_t H = 1, Hkv = 1, D = 1, Dv = 1;
  std::vector<int64_t> query_lengths = {1};
  std::vector<int64_t> key_lengths = {1};
  PairMask mask = PairMask::kNone;
  at::ScalarType type = at::kDouble;  ///< the problem's numbers are ones that it can hold
};

/// A call of the reference, and the lengths of its rows.
struct OperatorProblem {
  explicit OperatorProblem(const OperatorCase& c);

  OperatorCase c;
  AttentionProblem reference;

  int64_t rows() const { return reference.in.sizes.B; }
  int64_t query_length(int64_t row) const { return c.query_lengths[row]; }
  int64_t key_length(int64_t row) const { return c.key_lengths[row]; }
  int64_t longest_query() const;
  int64_t longest_key() const;
};

/// What an operator is called with. Leaves of the autograd graph where `requires_grad`.
struct OperatorCall {
  AttentionInputs in;
  Tensor parameter;  ///< u or W, where the score has one
};

/// Dense forms need rows of equal lengths.
OperatorCall make_call(const OperatorProblem& problem, Form form, bool requires_grad = false);
Allocation allocate(reference::Score score, const OperatorCall& call, const AttentionOptions& options = {});

/// The reference's numbers, as double tensors in the operator's form.
Tensor like_query(const OperatorProblem& problem, const StridedBuffer& buffer, int64_t width, Form form);
Tensor like_key(const OperatorProblem& problem, const StridedBuffer& buffer, int64_t heads, int64_t width, Form form);
/// Per pair, row after row -> [B, heads, longest Tq, longest Tk], zeros beyond a row's lengths.
Tensor pad_pairs(const OperatorProblem& problem, const std::vector<double>& per_pair, int64_t heads);
/// The other way.
std::vector<double> unpad_pairs(const OperatorProblem& problem, const Tensor& padded);
/// The reference's context, statistics and weights in the operator's form.
Allocation expected_allocation(const OperatorProblem& problem, Form form);

/// The gradients of sum(context * d_context) by autograd, in double: of query, key, value and the parameter.
struct OperatorGradients {
  Tensor query, key, value, parameter;
};
OperatorGradients gradients_of(const OperatorCall& call, const Tensor& context, const Tensor& d_context);

/// A [tokens, heads, width] tensor's numbers.
std::vector<double> numbers_of(const Tensor& tensor);
Tensor tensor_of(const std::vector<double>& numbers, at::IntArrayRef shape);
Tensor offsets_tensor(const std::vector<int64_t>& lengths);
/// Uniform in [-1, 1).
Tensor random_tensor(at::IntArrayRef shape, uint64_t seed, at::ScalarType type = at::kDouble);

}  // namespace attune::testing
