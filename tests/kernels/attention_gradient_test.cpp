// SPDX-License-Identifier: Apache-2.0
// The closed-form gradients against central differences of the forward pass.
#include <gmock/gmock.h>

#include "attention_problem.hpp"
#include "central_differences.hpp"

namespace attune::testing {
namespace {

using reference::Score;
using ::testing::Each;

struct Heads {
  int64_t H, Hkv;
};

constexpr Heads kHeads[] = {{1, 1}, {4, 4}, {4, 2}};

/// Unequal lengths, a row without queries and one without keys; with a causal mask, keys ahead (row 0) and queries that
/// see none (row 3).
AttentionCase packed_case(Score score, MaskKind mask, Heads heads, int64_t D, int64_t T) {
  return {.score = score,
          .H = heads.H,
          .Hkv = heads.Hkv,
          .D = D,
          .Dv = 2,
          .query_lengths = {T, 0, 2, T + 1},
          .key_lengths = {T + 2, 3, 0, T},
          .mask = mask,
          .layout = Layout::kGapped};
}

StridedBuffer random_like_context(const AttentionProblem& p) {
  StridedBuffer d_context(p.Nq, p.in.sizes.H, p.in.sizes.Dv, Layout::kHeadsFirst);
  std::mt19937_64 random(7);
  d_context.fill([&] { return uniform(random); });
  return d_context;
}

double loss(const AttentionProblem& problem, const std::vector<double>& d_context) {
  const std::vector<double> context = run_attention(problem).context.values();
  double sum = 0;
  for (size_t n = 0; n < context.size(); ++n) sum += context[n] * d_context[n];
  return sum;
}

void expect_gradients_right(AttentionProblem& p) {
  const StridedBuffer d_context = random_like_context(p);
  const AttentionGradientResult gradients = run_attention_backward(p, d_context, Layout::kHeadsFirst);
  const std::vector<double> direction = d_context.values();
  const auto f = [&] { return loss(p, direction); };
  expect_central_differences("query", gradients.query.values(), p.query.places(), f);
  expect_central_differences("key", gradients.key.values(), p.key.places(), f);
  expect_central_differences("value", gradients.value.values(), p.value.places(), f);
  if (p.in.u) expect_central_differences("u", gradients.u.values(), p.u.places(), f);
  if (p.in.matrix) expect_central_differences("matrix", gradients.matrix.values(), p.matrix.places(), f);
  if (p.in.head_gate) expect_central_differences("head_gate", gradients.head_gate.values(), p.head_gate.places(), f);
}

class AttentionGradient : public ::testing::TestWithParam<std::tuple<Score, MaskKind, Heads>> {
 protected:
  AttentionCase make_case(int64_t D, int64_t T) const {
    return packed_case(std::get<0>(GetParam()), std::get<1>(GetParam()), std::get<2>(GetParam()), D, T);
  }
};

std::string case_name(const ::testing::TestParamInfo<AttentionGradient::ParamType>& info) {
  const auto& [score, mask, heads] = info.param;
  return name_of(score) + name_of(mask) + std::to_string(heads.H) + "Over" + std::to_string(heads.Hkv);
}

INSTANTIATE_TEST_SUITE_P(All, AttentionGradient,
                         ::testing::Combine(::testing::ValuesIn(kScores), ::testing::ValuesIn(kMasks),
                                            ::testing::ValuesIn(kHeads)),
                         case_name);

TEST_P(AttentionGradient, AgreesWithCentralDifferences) {
  for (const int64_t D : {1, 3, 8}) {
    for (const int64_t T : {1, 2, 5, 9}) {
      SCOPED_TRACE("D " + std::to_string(D) + " T " + std::to_string(T));
      AttentionProblem problem(make_case(D, T));
      expect_gradients_right(problem);
      if (HasFatalFailure()) return;
    }
  }
}

TEST_P(AttentionGradient, AgreesUnderDropoutAndGates) {
  AttentionProblem problem(make_case(3, 5));
  problem.in.dropout = problem.dropout.data();
  problem.in.head_gate = problem.head_gate.data();
  expect_gradients_right(problem);
}

TEST_P(AttentionGradient, GivenWeightsLeaveOnlyTheValuesToLearn) {
  AttentionProblem problem(make_case(3, 5));
  problem.in.given_weights = problem.given_weights.data();
  expect_gradients_right(problem);
  const AttentionGradientResult gradients = run_attention_backward(problem, random_like_context(problem));
  EXPECT_THAT(gradients.query.values(), Each(0));
  EXPECT_THAT(gradients.key.values(), Each(0));
  EXPECT_THAT(gradients.u.values(), Each(0));
  EXPECT_THAT(gradients.matrix.values(), Each(0));
}

TEST_P(AttentionGradient, NothingComesFromWhatMayNotAttend) {
  const AttentionProblem problem(make_case(3, 5));
  const AttentionGradientResult gradients = run_attention_backward(problem, random_like_context(problem));
  const int64_t H = problem.in.sizes.H, Hkv = problem.in.sizes.Hkv;
  const auto expect_zero = [](const StridedBuffer& buffer, int64_t token, int64_t heads, int64_t width) {
    for (int64_t h = 0; h < heads; ++h) {
      for (int64_t w = 0; w < width; ++w) EXPECT_EQ(buffer.at(token, h, w), 0);
    }
  };
  for (int64_t j = 7; j < 10; ++j) {  // row 1: no queries
    expect_zero(gradients.key, j, Hkv, 3);
    expect_zero(gradients.value, j, Hkv, 2);
  }
  for (const int64_t i : {5, 6}) expect_zero(gradients.query, i, H, 3);  // row 2: no keys
  if (problem.in.causal) expect_zero(gradients.query, 7, H, 3);          // row 3: one query more than keys
  if (std::get<1>(GetParam()) == MaskKind::kEmptyQuery) expect_zero(gradients.query, 0, H, 3);
}

TEST(AttentionGradientScale, ScaleOtherThanTheDefault) {
  AttentionProblem problem(packed_case(Score::kScaledDot, MaskKind::kNone, {4, 2}, 3, 5));
  problem.in.scale = 1.7;
  expect_gradients_right(problem);
}

/// Adding the same vector to all keys of dot attention changes no weight, so the key gradients of a row cancel.
TEST(AttentionGradientScale, KeyGradientsOfDotSumToZero) {
  const AttentionProblem problem(packed_case(Score::kDot, MaskKind::kNone, {1, 1}, 3, 9));
  const AttentionGradientResult gradients = run_attention_backward(problem, random_like_context(problem));
  double greatest = 0;
  for (int64_t w = 0; w < 3; ++w) {
    double sum = 0;
    for (int64_t j = 0; j < 11; ++j) {
      sum += gradients.key.at(j, 0, w);
      greatest = std::max(greatest, std::abs(gradients.key.at(j, 0, w)));
    }
    EXPECT_NEAR(sum, 0, 1e-14);
  }
  EXPECT_GT(greatest, 1e-3);
}

}  // namespace
}  // namespace attune::testing
