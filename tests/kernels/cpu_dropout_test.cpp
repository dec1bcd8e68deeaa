// SPDX-License-Identifier: Apache-2.0
// Which weights are dropped: element (head * Tq + query) * Tk + key of the stream of the key with the row's id.
#include <gtest/gtest.h>

#include <cmath>

#include "cpu_problem.hpp"

namespace attune::testing {
namespace {

using reference::Score;

constexpr int64_t kH = 3, kTk = 143;
constexpr double kRate = 0.3;

/// Queries of 0 weigh all keys alike, and value j is 1 in column j alone: the context is the multipliers over Tk.
CpuProblem equal_weights(Score score) {
  return CpuProblem({.shape = {.score = score,
                               .H = kH,
                               .Hkv = kH,
                               .D = 2,
                               .Dv = kTk,
                               .query_lengths = {30, 0, 2},
                               .key_lengths = {kTk, 4, kTk}},
                     .amplitude = 0,
                     .dropout = kRate});
}

std::vector<float> drawn(const CpuProblem& p, int64_t b, uint64_t row_id) {
  std::vector<float> row(static_cast<size_t>(kH * (p.in.query_offsets[b + 1] - p.in.query_offsets[b]) * kTk));
  p.in.dropout.key.with(row_id).fill_dropout(row, 0, 1 - kRate, static_cast<float>(1 / (1 - kRate)));
  return row;
}

void identify_keys(CpuProblem& p) {
  for (const int64_t b : {0, 2}) {
    for (int64_t j = 0; j < kTk; ++j) {
      for (int64_t h = 0; h < kH; ++h) {
        for (int64_t c = 0; c < kTk; ++c) p.value.at(b, j, h, c) = j == c ? 1 : 0;
      }
    }
  }
}

void expect_drawn(CpuProblem& p, const int64_t* row_ids) {
  p.in.dropout.row_ids = row_ids;
  CpuResult result = run_cpu(p);
  CpuGradients gradients = run_cpu_backward(p, result);
  int64_t dropped = 0, all = 0;
  for (const int64_t b : {0, 2}) {
    const auto row = drawn(p, b, static_cast<uint64_t>(row_ids == nullptr ? b : row_ids[b]));
    const int64_t Tq = p.in.query_offsets[b + 1] - p.in.query_offsets[b];
    for (int64_t h = 0; h < kH; ++h) {
      for (int64_t j = 0; j < kTk; ++j) {
        double d_value = 0;  // of column 0
        for (int64_t i = 0; i < Tq; ++i) {
          const float multiplier = row[static_cast<size_t>((h * Tq + i) * kTk + j)];
          ASSERT_NEAR(result.context.at(b, i, h, j), multiplier / kTk, 1e-8) << b << " " << i << " " << h << " " << j;
          d_value += static_cast<double>(multiplier) / kTk * p.d_context.at(b, i, h, 0);
          dropped += multiplier == 0;
          ++all;
        }
        ASSERT_NEAR(gradients.value.at(b, j, h, 0), d_value, 1e-7) << b << " " << h << " " << j;
      }
    }
  }
  EXPECT_NEAR(static_cast<double>(dropped) / static_cast<double>(all), kRate, 0.03);
}

TEST(CpuDropout, DrawsTheElementsOfTheStream) {
  for (const Score score : {Score::kAdditive, Score::kDot}) {
    CpuProblem problem(equal_weights(score));
    identify_keys(problem);
    for_each_isa([&] {
      expect_drawn(problem, nullptr);
      for (const std::vector<int64_t>& ids : {std::vector<int64_t>{7, 8, 9}, {1LL << 40, 0, -1}, {5, 5, 5}}) {
        expect_drawn(problem, ids.data());
      }
    });
  }
}

/// Statistics are those before dropout; a rate of 0 draws nothing.
TEST(CpuDropout, LeavesStatisticsAlone) {
  for (const Score score : {Score::kAdditive, Score::kDot}) {
    CpuCase c = {.shape = {.score = score, .H = 2, .D = 8, .Dv = 4, .query_lengths = {40}, .key_lengths = {200}}};
    const CpuResult without = run_cpu(CpuProblem(c));
    c.dropout = 0.9;
    const CpuResult with = run_cpu(CpuProblem(c));
    EXPECT_NE(with.context.values(), without.context.values());
    EXPECT_EQ(with.log_sum_exp.values(), without.log_sum_exp.values());
    EXPECT_EQ(with.entropy.values(), without.entropy.values());
  }
}

}  // namespace
}  // namespace attune::testing
