// SPDX-License-Identifier: Apache-2.0
// What a query may attend to, drawn: 1 where a weight is positive.
#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "attention_problem.hpp"

namespace attune::testing {
namespace {

using reference::Score;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Head `h` of row `b`, a line per query.
std::string draw(const AttentionProblem& p, const AttentionResult& result, int64_t b, int64_t h) {
  std::string drawing;
  for (int64_t i = 0; i < p.query_offsets[b + 1] - p.query_offsets[b]; ++i) {
    for (int64_t j = 0; j < p.key_offsets[b + 1] - p.key_offsets[b]; ++j) {
      drawing += result.weights.at(pair_index(p.in, p.in.sizes.H, b, h, i, j)) > 0 ? '1' : '0';
    }
    drawing += '\n';
  }
  return drawing;
}

struct CausalGrid {
  int64_t Tq, Tk;
  const char* expected;
};

TEST(AttentionMask, CausalIsAlignedBottomRight) {
  const CausalGrid grids[] = {
      {2, 4, "1110\n1111\n"}, {3, 3, "100\n110\n111\n"}, {4, 2, "00\n00\n10\n11\n"},
      {1, 3, "111\n"},        {3, 1, "0\n0\n1\n"},       {1, 1, "1\n"},
  };
  for (const Score score : kScores) {
    for (const CausalGrid& grid : grids) {
      SCOPED_TRACE(name_of(score) + " Tq " + std::to_string(grid.Tq) + " Tk " + std::to_string(grid.Tk));
      const AttentionProblem problem({.score = score,
                                      .H = 2,
                                      .Hkv = 2,
                                      .D = 3,
                                      .query_lengths = {grid.Tq},
                                      .key_lengths = {grid.Tk},
                                      .mask = MaskKind::kCausal});
      const AttentionResult result = run_attention(problem);
      EXPECT_EQ(draw(problem, result, 0, 0), grid.expected);
      EXPECT_EQ(draw(problem, result, 0, 1), grid.expected);
    }
  }
}

TEST(AttentionMask, PackedRowsEachHaveTheirOwnCorner) {
  const AttentionProblem problem(
      {.H = 1, .query_lengths = {2, 0, 3, 1}, .key_lengths = {2, 3, 2, 0}, .mask = MaskKind::kCausal});
  const AttentionResult result = run_attention(problem);
  EXPECT_EQ(draw(problem, result, 0, 0), "10\n11\n");
  EXPECT_EQ(draw(problem, result, 1, 0), "");
  EXPECT_EQ(draw(problem, result, 2, 0), "00\n10\n11\n");
  EXPECT_EQ(draw(problem, result, 3, 0), "\n");
}

TEST(AttentionMask, OneMaskForAllHeadsOrOnePerHead) {
  AttentionProblem problem({.H = 2, .Hkv = 1, .D = 3, .query_lengths = {1, 2}, .key_lengths = {1, 3}});
  const uint8_t shared[] = {1, /* row 1 */ 1, 0, 1, 0, 1, 0};
  problem.in.mask = shared;
  const AttentionResult same = run_attention(problem);
  EXPECT_EQ(draw(problem, same, 1, 0), "101\n010\n");
  EXPECT_EQ(draw(problem, same, 1, 1), "101\n010\n");

  const uint8_t own[] = {1, 0, /* row 1, head 0 */ 1, 0, 1, 0, 1, 0, /* head 1 */ 0, 0, 7, 1, 1, 1};
  problem.in.mask = own;
  problem.in.mask_heads = 2;
  const AttentionResult each = run_attention(problem);
  EXPECT_EQ(draw(problem, each, 0, 0), "1\n");
  EXPECT_EQ(draw(problem, each, 0, 1), "0\n");
  EXPECT_EQ(draw(problem, each, 1, 0), "101\n010\n");
  EXPECT_EQ(draw(problem, each, 1, 1), "001\n111\n");
}

TEST(AttentionMask, CausalAndBooleanMustBothAllow) {
  AttentionProblem problem({.query_lengths = {3}, .key_lengths = {3}, .mask = MaskKind::kCausal});
  const uint8_t mask[] = {0, 1, 1, 1, 1, 1, 1, 0, 1};
  problem.in.mask = mask;
  EXPECT_EQ(draw(problem, run_attention(problem), 0, 0), "000\n110\n101\n");
}

TEST(AttentionMask, QueryThatMayAttendToNothing) {
  for (const Score score : kScores) {
    for (const MaskKind mask : {MaskKind::kEmptyQuery, MaskKind::kCausal, MaskKind::kNone}) {
      SCOPED_TRACE(name_of(score) + name_of(mask));
      const int64_t keys = mask == MaskKind::kNone ? 0 : 2;  // without a mask: a row without keys
      const AttentionProblem problem({.score = score,
                                      .H = 2,
                                      .Hkv = 1,
                                      .D = 3,
                                      .Dv = 2,
                                      .query_lengths = {3},
                                      .key_lengths = {keys},
                                      .mask = mask});
      const AttentionResult result = run_attention(problem);
      for (int64_t h = 0; h < 2; ++h) {
        EXPECT_EQ(result.context.at(0, h, 0), 0);
        EXPECT_EQ(result.context.at(0, h, 1), 0);
        EXPECT_EQ(result.log_sum_exp.at(0, h), -kInfinity);
        EXPECT_EQ(result.entropy.at(0, h), 0);
        for (int64_t j = 0; j < keys; ++j) EXPECT_EQ(result.weights.at(pair_index(problem.in, 2, 0, h, 0, j)), 0);
      }
    }
  }
}

TEST(AttentionMask, ForbiddenKeysAreNeverRead) {
  for (const Score score : kScores) {
    SCOPED_TRACE(name_of(score));
    AttentionProblem problem({.score = score, .D = 2, .Dv = 2, .query_lengths = {2}, .key_lengths = {3}});
    const uint8_t mask[] = {1, 0, 1, 1, 0, 0};
    problem.in.mask = mask;
    const std::vector<double> before = run_attention(problem).context.values();
    StridedBuffer d_context(2, 1, 2);
    d_context.fill([] { return 1.0; });
    const std::vector<double> d_query = run_attention_backward(problem, d_context).query.values();

    for (int64_t w = 0; w < 2; ++w) {
      problem.key.at(1, 0, w) = std::nan("");
      problem.value.at(1, 0, w) = kInfinity;
    }
    EXPECT_EQ(run_attention(problem).context.values(), before);
    const AttentionGradientResult gradients = run_attention_backward(problem, d_context);
    EXPECT_EQ(gradients.query.values(), d_query);
    for (int64_t w = 0; w < 2; ++w) {
      EXPECT_EQ(gradients.key.at(1, 0, w), 0);
      EXPECT_EQ(gradients.value.at(1, 0, w), 0);
    }
  }
}

}  // namespace
}  // namespace attune::testing
