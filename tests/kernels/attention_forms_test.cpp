// SPDX-License-Identifier: Apache-2.0
// What must not change the result, or change it in a known way: order of keys, shifts, strides, packing, shared heads.
#include <gmock/gmock.h>

#include <cmath>

#include "attention_problem.hpp"

namespace attune::testing {
namespace {

using reference::Score;
using ::testing::DoubleNear;
using ::testing::Pointwise;

auto near(const std::vector<double>& expected) { return Pointwise(DoubleNear(1e-13), expected); }

AttentionCase packed_case(Score score, MaskKind mask) {
  return {.score = score,
          .H = 4,
          .Hkv = 2,
          .D = 3,
          .Dv = 2,
          .query_lengths = {3, 0, 5, 2, 4},
          .key_lengths = {4, 2, 5, 0, 1},
          .mask = mask};
}

class AttentionForms : public ::testing::TestWithParam<std::tuple<Score, MaskKind>> {
 protected:
  Score score() const { return std::get<0>(GetParam()); }
  MaskKind mask() const { return std::get<1>(GetParam()); }
};

std::string case_name(const ::testing::TestParamInfo<AttentionForms::ParamType>& info) {
  return name_of(std::get<0>(info.param)) + name_of(std::get<1>(info.param));
}

INSTANTIATE_TEST_SUITE_P(All, AttentionForms,
                         ::testing::Combine(::testing::ValuesIn(kScores), ::testing::ValuesIn(kMasks)), case_name);

TEST_P(AttentionForms, WeightsAreSharesOfOne) {
  const AttentionProblem problem(packed_case(score(), mask()));
  const AttentionResult result = run_attention(problem);
  int64_t attending = 0;
  for (int64_t b = 0; b < problem.in.sizes.B; ++b) {
    const int64_t Tq = problem.query_offsets[b + 1] - problem.query_offsets[b];
    for (int64_t i = 0; i < Tq; ++i) {
      for (int64_t h = 0; h < 4; ++h) {
        double sum = 0;
        for (int64_t j = 0; j < problem.key_offsets[b + 1] - problem.key_offsets[b]; ++j) {
          const double weight = result.weights.at(pair_index(problem.in, 4, b, h, i, j));
          EXPECT_GE(weight, 0);
          sum += weight;
        }
        const bool attends = std::isfinite(result.log_sum_exp.at(problem.query_offsets[b] + i, h));
        EXPECT_NEAR(sum, attends ? 1 : 0, 1e-14);
        attending += attends;
      }
    }
  }
  EXPECT_GT(attending, 10);
}

TEST_P(AttentionForms, StridesDoNotMatter) {
  AttentionCase c = packed_case(score(), mask());
  const AttentionResult expected = run_attention(AttentionProblem(c), Layout::kContiguous);
  ASSERT_EQ(expected.context.values().size(), 14u * 4 * 2);
  for (const Layout layout : {Layout::kGapped, Layout::kHeadsFirst}) {
    c.layout = layout;
    const AttentionResult result = run_attention(AttentionProblem(c), layout);
    EXPECT_EQ(result.context.values(), expected.context.values());
    EXPECT_EQ(result.weights.values(), expected.weights.values());
    EXPECT_EQ(result.log_sum_exp.values(), expected.log_sum_exp.values());
  }
}

TEST_P(AttentionForms, PackedRowsAreEachAsIfAlone) {
  const AttentionProblem packed(packed_case(score(), mask()));
  const AttentionResult together = run_attention(packed);
  for (int64_t b = 0; b < packed.in.sizes.B; ++b) {
    SCOPED_TRACE("row " + std::to_string(b));
    const int64_t query_offsets[] = {0, packed.query_offsets[b + 1] - packed.query_offsets[b]};
    const int64_t key_offsets[] = {0, packed.key_offsets[b + 1] - packed.key_offsets[b]};
    reference::AttentionInputs in = packed.in;
    in.sizes.B = 1;
    in.query.data += packed.query_offsets[b] * in.query.token_stride;
    in.key.data += packed.key_offsets[b] * in.key.token_stride;
    in.value.data += packed.key_offsets[b] * in.value.token_stride;
    in.query_offsets = query_offsets;
    in.key_offsets = key_offsets;
    const int64_t first_pair = pair_index(packed.in, 4, b, 0, 0, 0);
    if (in.mask) in.mask += first_pair;
    StridedBuffer context(query_offsets[1], 4, 2);
    StridedBuffer weights(4 * query_offsets[1] * key_offsets[1], 1, 1);
    attention(in, {.context = context.array(), .weights = weights.data()});
    for (int64_t i = 0; i < query_offsets[1]; ++i) {
      for (int64_t h = 0; h < 4; ++h) {
        EXPECT_EQ(context.at(i, h, 0), together.context.at(packed.query_offsets[b] + i, h, 0));
        EXPECT_EQ(context.at(i, h, 1), together.context.at(packed.query_offsets[b] + i, h, 1));
      }
    }
    for (int64_t n = 0; n < weights.size(); ++n) EXPECT_EQ(weights.at(n), together.weights.at(first_pair + n));
  }
}

TEST_P(AttentionForms, SharedKeyHeadsEqualRepeatedOnes) {
  const AttentionCase c = packed_case(score(), mask());
  const AttentionProblem shared(c);
  AttentionCase repeated_case = c;
  repeated_case.Hkv = 4;
  AttentionProblem repeated(repeated_case);
  repeated.query.fill(shared.query.values());
  if (shared.in.u) repeated.u.fill(shared.u.values());
  if (shared.in.matrix) repeated.matrix.fill(shared.matrix.values());
  repeated.mask.assign(shared.mask.begin(), shared.mask.end());
  for (int64_t j = 0; j < shared.Nk; ++j) {
    for (int64_t h = 0; h < 4; ++h) {
      for (int64_t w = 0; w < 3; ++w) repeated.key.at(j, h, w) = shared.key.at(j, h / 2, w);
      for (int64_t w = 0; w < 2; ++w) repeated.value.at(j, h, w) = shared.value.at(j, h / 2, w);
    }
  }
  ASSERT_GT(shared.Nk, 0);
  EXPECT_EQ(run_attention(repeated).context.values(), run_attention(shared).context.values());
}

/// Rows of equal lengths as [B, H, T, D], against the same numbers packed.
TEST_P(AttentionForms, DenseEqualsPacked) {
  AttentionCase c = packed_case(score(), mask());
  c.query_lengths = {3, 3};
  c.key_lengths = {4, 4};
  const AttentionProblem packed(c);
  const AttentionResult expected = run_attention(packed);

  const auto dense = [](const StridedBuffer& from, int64_t heads, int64_t T, int64_t width) {
    StridedBuffer to(2 * heads * T, 1, width);  // [B, heads, T] as one long list of tokens
    for (int64_t b = 0; b < 2; ++b) {
      for (int64_t h = 0; h < heads; ++h) {
        for (int64_t t = 0; t < T; ++t) {
          for (int64_t w = 0; w < width; ++w) to.at((b * heads + h) * T + t, 0, w) = from.at(b * T + t, h, w);
        }
      }
    }
    return to;
  };
  const StridedBuffer query = dense(packed.query, 4, 3, 3);
  const StridedBuffer key = dense(packed.key, 2, 4, 3);
  const StridedBuffer value = dense(packed.value, 2, 4, 2);
  reference::AttentionInputs in = packed.in;
  in.query = {query.data(), 3, 3 * 3, 4 * 3 * 3};
  in.key = {key.data(), 3, 4 * 3, 2 * 4 * 3};
  in.value = {value.data(), 2, 4 * 2, 2 * 4 * 2};
  StridedBuffer context(2 * 4 * 3, 1, 2);
  attention(in, {.context = {context.data(), 2, 3 * 2, 4 * 3 * 2}});
  EXPECT_TRUE(context.rest_untouched());
  EXPECT_EQ(context.values(), dense(expected.context, 4, 3, 2).values());

  StridedBuffer d_query(2 * 4 * 3, 1, 3), d_key(2 * 2 * 4, 1, 3), d_value(2 * 2 * 4, 1, 2);
  attention_backward(in, {context.data(), 2, 3 * 2, 4 * 3 * 2},
                     {.query = {d_query.data(), 3, 3 * 3, 4 * 3 * 3},
                      .key = {d_key.data(), 3, 4 * 3, 2 * 4 * 3},
                      .value = {d_value.data(), 2, 4 * 2, 2 * 4 * 2}});
  const AttentionGradientResult gradients = run_attention_backward(packed, expected.context);
  EXPECT_EQ(d_query.values(), dense(gradients.query, 4, 3, 3).values());
  EXPECT_EQ(d_key.values(), dense(gradients.key, 2, 4, 3).values());
  EXPECT_EQ(d_value.values(), dense(gradients.value, 2, 4, 2).values());
}

void expect_permuted_weights(Score score, MaskKind mask) {
  AttentionCase c = packed_case(score, mask);
  c.query_lengths = {3};
  c.key_lengths = {4};
  const AttentionProblem original(c);
  AttentionProblem permuted(c);
  const int64_t source[] = {2, 0, 3, 1};
  for (int64_t j = 0; j < 4; ++j) {
    for (int64_t h = 0; h < 2; ++h) {
      for (int64_t w = 0; w < 3; ++w) permuted.key.at(j, h, w) = original.key.at(source[j], h, w);
      for (int64_t w = 0; w < 2; ++w) permuted.value.at(j, h, w) = original.value.at(source[j], h, w);
    }
    for (int64_t n = 0; n < 12 && original.in.mask; ++n) permuted.mask[n * 4 + j] = original.mask[n * 4 + source[j]];
  }
  const AttentionResult expected = run_attention(original);
  const AttentionResult result = run_attention(permuted);
  for (int64_t n = 0; n < 12; ++n) {
    for (int64_t j = 0; j < 4; ++j) {
      EXPECT_NEAR(result.weights.at(n * 4 + j), expected.weights.at(n * 4 + source[j]), 1e-14);
    }
  }
  EXPECT_THAT(result.context.values(), near(expected.context.values()));
  EXPECT_EQ(std::isfinite(result.log_sum_exp.at(0)), std::isfinite(expected.log_sum_exp.at(0)));
}

TEST(AttentionIdentities, PermutingKeysPermutesWeights) {
  for (const Score score : kScores) {
    for (const MaskKind mask : {MaskKind::kNone, MaskKind::kBoolean, MaskKind::kEmptyQuery}) {
      SCOPED_TRACE(name_of(score) + name_of(mask));
      expect_permuted_weights(score, mask);
    }
  }
}

TEST(AttentionIdentities, AddingAConstantToAllScoresShiftsOnlyTheLogSumExp) {
  // One more dimension, 1 in every query and 5 in every key, adds 5 to every dot product.
  AttentionCase c = packed_case(Score::kDot, MaskKind::kBoolean);
  const AttentionProblem plain(c);
  c.D = 4;
  AttentionProblem shifted(c);
  for (int64_t i = 0; i < plain.Nq; ++i) {
    for (int64_t h = 0; h < 4; ++h) {
      for (int64_t w = 0; w < 4; ++w) shifted.query.at(i, h, w) = w < 3 ? plain.query.at(i, h, w) : 1;
    }
  }
  for (int64_t j = 0; j < plain.Nk; ++j) {
    for (int64_t h = 0; h < 2; ++h) {
      for (int64_t w = 0; w < 4; ++w) shifted.key.at(j, h, w) = w < 3 ? plain.key.at(j, h, w) : 5;
    }
  }
  shifted.value.fill(plain.value.values());
  shifted.mask.assign(plain.mask.begin(), plain.mask.end());

  const AttentionResult expected = run_attention(plain);
  const AttentionResult result = run_attention(shifted);
  EXPECT_THAT(result.context.values(), near(expected.context.values()));
  EXPECT_THAT(result.entropy.values(), near(expected.entropy.values()));
  std::vector<double> log_sum_exp = expected.log_sum_exp.values();
  for (double& number : log_sum_exp) number += 5;
  int64_t finite = 0;
  for (size_t n = 0; n < log_sum_exp.size(); ++n) {
    if (!std::isfinite(log_sum_exp[n])) continue;
    EXPECT_NEAR(result.log_sum_exp.values()[n], log_sum_exp[n], 1e-13);
    ++finite;
  }
  EXPECT_GT(finite, 10);
}

TEST(AttentionIdentities, MultiplicativeWithIdentityAndScaledDotWithScaleOneAreDot) {
  const AttentionProblem dot(packed_case(Score::kDot, MaskKind::kCausal));
  const std::vector<double> expected = run_attention(dot).context.values();

  AttentionProblem multiplicative(packed_case(Score::kMultiplicative, MaskKind::kCausal));
  for (int64_t h = 0; h < 4; ++h) {
    for (int64_t a = 0; a < 3; ++a) {
      for (int64_t c = 0; c < 3; ++c) multiplicative.matrix.at(h, a, c) = a == c;
    }
  }
  EXPECT_THAT(run_attention(multiplicative).context.values(), near(expected));

  AttentionProblem scaled(packed_case(Score::kScaledDot, MaskKind::kCausal));
  scaled.in.scale = 1;
  EXPECT_THAT(run_attention(scaled).context.values(), near(expected));
}

TEST(AttentionIdentities, NoRowsAndNoTokens) {
  for (const std::vector<int64_t>& lengths : {std::vector<int64_t>{}, {0}, {0, 0}}) {
    const AttentionProblem problem({.query_lengths = lengths, .key_lengths = lengths});
    EXPECT_EQ(run_attention(problem).context.size(), 0);
    EXPECT_EQ(run_attention_backward(problem, StridedBuffer()).head_gate.at(0), 0);
  }
}

}  // namespace
}  // namespace attune::testing
