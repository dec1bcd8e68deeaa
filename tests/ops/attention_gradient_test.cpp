// SPDX-License-Identifier: Apache-2.0
// The operators' gradients by autograd, in double, against the reference's closed form and against central differences
// of the reference's forward pass.
#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <limits>

#include "central_differences.hpp"
#include "expect_close.hpp"
#include "operator_problem.hpp"

namespace attune::testing {
namespace {

using reference::Score;

struct Sizes {
  int64_t D, Tq, Tk, H, Hkv;
};

constexpr Sizes kSizes[] = {{1, 1, 1, 1, 1}, {3, 2, 5, 4, 4}, {8, 5, 2, 4, 2}, {3, 9, 9, 1, 1}};
constexpr Sizes kLargeSizes[] = {{59, 17, 17, 4, 2}, {40, 2, 97, 4, 4}};

OperatorCase case_of(Score score, const Sizes& s, PairMask mask, Form form) {
  OperatorCase c{.score = score, .H = s.H, .Hkv = s.Hkv, .D = s.D, .Dv = 2, .mask = mask};
  c.query_lengths = {s.Tq, s.Tq};
  c.key_lengths = {s.Tk, s.Tk};
  if (is_packed(form)) {
    c.query_lengths = {s.Tq, 0, 2, s.Tq + 1};
    c.key_lengths = {s.Tk + 2, 3, 0, s.Tk};
  }
  return c;
}

StridedBuffer random_d_context(const OperatorProblem& problem) {
  StridedBuffer d_context(problem.reference.Nq, problem.c.H, problem.c.Dv);
  std::mt19937_64 random(7);
  d_context.fill([&] { return uniform(random); });
  return d_context;
}

/// Absolute, for gradients near 1: sums of at most some thousand products in double.
constexpr double kTolerance = 1e-11;

OperatorGradients expect_closed_form(const OperatorProblem& problem, Form form, const AttentionOptions& options = {}) {
  const auto& c = problem.c;
  const auto d_context = random_d_context(problem);
  const auto expected = run_attention_backward(problem.reference, d_context, Layout::kContiguous);
  const auto call = make_call(problem, form, /*requires_grad=*/true);
  const auto context = allocate(c.score, call, options).context;
  auto actual = gradients_of(call, context, like_query(problem, d_context, c.Dv, form));
  expect_close("d_query", actual.query, like_query(problem, expected.query, c.D, form), kTolerance);
  expect_close("d_key", actual.key, like_key(problem, expected.key, c.Hkv, c.D, form), kTolerance);
  expect_close("d_value", actual.value, like_key(problem, expected.value, c.Hkv, c.Dv, form), kTolerance);
  if (c.score == Score::kAdditive) {
    expect_close("d_u", actual.parameter, tensor_of(expected.u.values(), {c.H, c.D}), kTolerance);
  }
  if (c.score == Score::kMultiplicative) {
    expect_close("d_w", actual.parameter, tensor_of(expected.matrix.values(), {c.H, c.D, c.D}), kTolerance);
  }
  return actual;
}

/// `gradients`: of the packed form, whose order is that of the reference's buffers.
void expect_differences(OperatorProblem& problem, const OperatorGradients& gradients) {
  auto& p = problem.reference;
  const auto direction = random_d_context(problem).values();
  const auto loss = [&] {
    const auto context = run_attention(p, Layout::kContiguous).context.values();
    double sum = 0;
    for (size_t n = 0; n < context.size(); ++n) sum += context[n] * direction[n];
    return sum;
  };
  expect_central_differences("query", numbers_of(gradients.query), p.query.places(), loss);
  expect_central_differences("key", numbers_of(gradients.key), p.key.places(), loss);
  expect_central_differences("value", numbers_of(gradients.value), p.value.places(), loss);
  if (p.in.u) expect_central_differences("u", numbers_of(gradients.parameter), p.u.places(), loss);
  if (p.in.matrix) expect_central_differences("w", numbers_of(gradients.parameter), p.matrix.places(), loss);
}

std::string trace_of(const Sizes& s, PairMask mask, Form form) {
  return "D " + std::to_string(s.D) + " Tq " + std::to_string(s.Tq) + " Tk " + std::to_string(s.Tk) + " H " +
         std::to_string(s.H) + " over " + std::to_string(s.Hkv) + " " + name_of(mask) + " " + name_of(form);
}

class AttentionOperatorGradient : public ::testing::TestWithParam<Score> {};

INSTANTIATE_TEST_SUITE_P(All, AttentionOperatorGradient, ::testing::ValuesIn(kScores),
                         [](const auto& test) { return name_of(test.param); });

TEST_P(AttentionOperatorGradient, AgreesWithTheClosedForm) {
  for (const PairMask mask : kPairMasks) {
    for (const Form form : kForms) {
      for (const Sizes& s : kSizes) {
        SCOPED_TRACE(trace_of(s, mask, form));
        expect_closed_form(OperatorProblem(case_of(GetParam(), s, mask, form)), form);
      }
      for (const Sizes& s : kLargeSizes) {
        SCOPED_TRACE(trace_of(s, mask, form));
        expect_closed_form(OperatorProblem(case_of(GetParam(), s, mask, form)), form);
      }
      if (HasFailure()) return;
    }
  }
}

TEST_P(AttentionOperatorGradient, AgreesWithCentralDifferences) {
  for (const PairMask mask : kPairMasks) {
    for (const Sizes& s : kSizes) {
      SCOPED_TRACE(trace_of(s, mask, Form::kPacked));
      OperatorProblem problem(case_of(GetParam(), s, mask, Form::kPacked));
      expect_differences(problem, expect_closed_form(problem, Form::kPacked));
      if (HasFailure()) return;
    }
  }
}

/// The same multipliers forward and backward: the reference is given those that the key makes.
TEST_P(AttentionOperatorGradient, DropoutMultipliesForwardAndBackwardAlike) {
  OperatorProblem problem(case_of(GetParam(), {3, 5, 5, 4, 2}, PairMask::kPerHead, Form::kPacked));
  const AttentionDropout dropout{.rate = 0.25, .key = RandomKey(5)};
  std::vector<double> multipliers;
  for (int64_t b = 0; b < problem.rows(); ++b) {
    std::vector<float> row(static_cast<size_t>(4 * problem.query_length(b) * problem.key_length(b)));
    dropout.key.with(static_cast<uint64_t>(b)).fill_dropout(row, 0, 0.75, static_cast<float>(1 / 0.75));
    multipliers.insert(multipliers.end(), row.begin(), row.end());
  }
  problem.reference.dropout.fill(multipliers);
  problem.reference.in.dropout = problem.reference.dropout.data();
  expect_differences(problem, expect_closed_form(problem, Form::kPacked, {.dropout = dropout}));
}

TEST_P(AttentionOperatorGradient, HeadGates) {
  OperatorProblem problem(case_of(GetParam(), {3, 5, 5, 4, 2}, PairMask::kCausal, Form::kPacked));
  problem.reference.in.head_gate = problem.reference.head_gate.data();
  auto gates = tensor_of(problem.reference.head_gate.values(), {4}).requires_grad_(true);
  AttentionOptions options;
  options.intervention.head_gates = gates;
  expect_differences(problem, expect_closed_form(problem, Form::kPacked, options));

  const auto d_context = random_d_context(problem);
  const auto context = allocate(GetParam(), make_call(problem, Form::kPacked), options).context;
  const auto d_gates =
      torch::autograd::grad({context}, {gates}, {like_query(problem, d_context, problem.c.Dv, Form::kPacked)})[0];
  const auto expected = run_attention_backward(problem.reference, d_context).head_gate.values();
  expect_close("d_head_gates", d_gates, tensor_of(expected, {4}), kTolerance);
}

TEST_P(AttentionOperatorGradient, GivenWeightsLeaveOnlyTheValuesToLearn) {
  OperatorProblem problem(case_of(GetParam(), {3, 5, 5, 4, 2}, PairMask::kPerHead, Form::kPacked));
  problem.reference.in.given_weights = problem.reference.given_weights.data();
  AttentionOptions options;
  options.intervention.weights = Intervention::Weights::kGiven;
  options.intervention.given = pad_pairs(problem, problem.reference.given_weights.values(), 4);
  const auto gradients = expect_closed_form(problem, Form::kPacked, options);
  EXPECT_EQ(gradients.key.abs().max().item<double>(), 0);
  EXPECT_GT(gradients.value.abs().max().item<double>(), 0.1);
}

/// A row that is not finite spoils itself only: not the other rows' context, not their gradients.
TEST_P(AttentionOperatorGradient, RowsDoNotReachEachOther) {
  for (const Form form : {Form::kPacked, Form::kDense}) {
    SCOPED_TRACE(name_of(form));
    OperatorCase c = case_of(GetParam(), {3, 4, 5, 4, 2}, PairMask::kPerHead, form);
    if (is_packed(form)) c.query_lengths = {2, 4, 3}, c.key_lengths = {3, 5, 0};
    OperatorProblem problem(c);
    const auto d_context = like_query(problem, random_d_context(problem), c.Dv, form);
    const auto run = [&] {
      const auto call = make_call(problem, form, /*requires_grad=*/true);
      const auto context = allocate(GetParam(), call).context;
      return std::pair{context, gradients_of(call, context, d_context)};
    };
    const auto [context, gradients] = run();
    const int64_t queries = is_packed(form) ? 2 : 1, keys = is_packed(form) ? 3 : 1;  // of row 0, in tokens or rows
    for (int64_t token = 0; token < c.key_lengths[0]; ++token) {
      problem.reference.key.at(token, 0, 0) = std::numeric_limits<double>::quiet_NaN();
      problem.reference.value.at(token, 1, 0) = std::numeric_limits<double>::infinity();
    }
    const auto [spoilt_context, spoilt] = run();
    EXPECT_TRUE(spoilt_context.narrow(0, 0, queries).isnan().any().item<bool>());
    const auto rest = [](const Tensor& tensor, int64_t first) { return tensor.slice(0, first); };
    ASSERT_GT(rest(context, queries).numel(), 0);
    expect_same("context", rest(spoilt_context, queries), rest(context, queries));
    expect_same("d_query", rest(spoilt.query, queries), rest(gradients.query, queries));
    expect_same("d_key", rest(spoilt.key, keys), rest(gradients.key, keys));
    expect_same("d_value", rest(spoilt.value, keys), rest(gradients.value, keys));
  }
}

}  // namespace
}  // namespace attune::testing
