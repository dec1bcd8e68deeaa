// SPDX-License-Identifier: Apache-2.0
// The promises of attention.hpp on numbers large, small and opposite. The log-sum-exp of a single key is its score: it
// shows a wrong or NaN score that a softmax would hide.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "cpu_expectation.hpp"

namespace attune::testing {
namespace {

using reference::Score;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
// What is smaller has fewer bits: errors are no share of it.
constexpr double kLeast = std::numeric_limits<float>::min();

/// Rows of one key each, so that log_sum_exp is the score; more queries than a few have another path than fewer.
CpuCase single_keys(Score score, int64_t queries, int64_t D) {
  return {.shape = {.score = score,
                    .D = D,
                    .Dv = 1,
                    .query_lengths = std::vector<int64_t>(40, queries),
                    .key_lengths = std::vector<int64_t>(40, 1)}};
}

double sum_of_u(const CpuProblem& problem) {
  double sum = 0;
  for (const float u : problem.u) sum += std::abs(static_cast<double>(u));
  return sum;
}

void expect_near(const std::vector<float>& scores, const std::vector<double>& exact, double allowed) {
  for (size_t n = 0; n < exact.size(); ++n)
    ASSERT_NEAR(scores[n], exact[n], allowed) << "score " << n << " of " << exact.size();
}

/// Also by keys packed before, and that the gradients are numbers.
void expect_scores(const CpuProblem& problem, double allowed) {
  const auto exact = run_attention(problem.exact).log_sum_exp.values();
  ASSERT_FALSE(exact.empty());
  for_each_isa([&] {
    const CpuResult result = run_cpu(problem);
    ASSERT_NO_FATAL_FAILURE(expect_near(result.log_sum_exp.values(), exact, allowed));
    const cpu::PackedKeys keys(keys_of(problem));
    ASSERT_NO_FATAL_FAILURE(expect_near(run_cpu_packed(problem, keys).log_sum_exp.values(), exact, allowed));
    const CpuGradients gradients = run_cpu_backward(problem, result);
    for (const CpuArray* array : {&gradients.query, &gradients.key, &gradients.value}) {
      for (const float number : array->values()) ASSERT_TRUE(std::isfinite(number)) << number;
    }
    for (const float number : gradients.u.values()) ASSERT_TRUE(std::isfinite(number)) << number;
  });
}

/// What attention.hpp and packed_keys.hpp promise.
void expect_additive_scores(const CpuProblem& problem) { expect_scores(problem, 1e-6 * sum_of_u(problem)); }

TEST(CpuNumerics, AdditiveScoresOfEveryAmplitude) {
  for (const double amplitude : {1e-3, 0.1, 1.0, 4.0, 8.0, 15.0, 40.0, 100.0, 1e4, 1e30}) {
    for (const int64_t queries : {1, 2, 3, 4, 7}) {
      for (const int64_t D : {1, 6, 64}) {
        SCOPED_TRACE(std::to_string(amplitude) + ", " + std::to_string(queries) + " queries, D " + std::to_string(D));
        CpuCase c = single_keys(Score::kAdditive, queries, D);
        c.amplitude = amplitude;
        expect_additive_scores(CpuProblem(c));
        if (::testing::Test::HasFatalFailure()) return;
      }
    }
  }
}

/// Sums of many features: random ones hide what equal ones add up to.
TEST(CpuNumerics, AdditiveScoresOfManyFeatures) {
  const auto equal = [](int64_t) { return 1.0; };
  const auto of_one_sign = [](int64_t f) { return -1.0 / static_cast<double>(1 + f % 7); };
  const auto one_large = [](int64_t f) { return f == 5 ? 1.0 : 0.3227; };
  const auto one_alone = [](int64_t f) { return f == 5 ? 1.0 : 0.0; };
  for (const std::function<double(int64_t)>& u_of :
       {std::function<double(int64_t)>(equal), {of_one_sign}, {one_large}, {one_alone}}) {
    for (const int64_t D : {64, 128, 256, 512}) {
      for (const int64_t queries : {1, 3, 4, 7}) {
        for (const auto& [query, key] : {std::pair{0.0, 0.0}, {0.3, 0.4}, {42.81, -43.22}}) {
          SCOPED_TRACE("D " + std::to_string(D) + ", " + std::to_string(queries) + " queries, " +
                       std::to_string(query) + ", u[0] " + std::to_string(u_of(0)));
          CpuProblem problem(single_keys(Score::kAdditive, queries, D));
          for (int64_t f = 0; f < D; ++f) problem.exact.u.at(0, 0, f) = static_cast<float>(u_of(f));
          for (double* place : problem.exact.query.places()) *place = static_cast<float>(*place + query);
          for (double* place : problem.exact.key.places()) *place = static_cast<float>(*place + key);
          problem.copy_numbers();
          expect_additive_scores(problem);
          if (::testing::Test::HasFatalFailure()) return;
        }
      }
    }
  }
}

/// Factors of the one lie beyond float32, and their product does not.
TEST(CpuNumerics, AdditiveScoresOfLargeOppositeNumbers) {
  constexpr std::pair<double, double> kPairs[] = {
      {60, -58},     {-60, 58},     {43, -43},   {44.5, -44},   {-90, 90.5},   {32.1, -45},
      {1000, -1001}, {-31.9, 43.5}, {88, -86.5}, {41.9, -41.8}, {-41.9, 41.8}, {20, -64},
      {64, -20},     {86, -64.3},   {1e8, -1e8}, {43, 43},      {-43, -43}};
  for (const int64_t queries : {1, 4, 5, 30}) {
    for (const auto& [query, key] : kPairs) {
      for (const int64_t D : {2, 7}) {
        SCOPED_TRACE(std::to_string(query) + " and " + std::to_string(key) + ", " + std::to_string(queries) +
                     " queries, D " + std::to_string(D));
        CpuProblem problem(single_keys(Score::kAdditive, queries, D));
        std::mt19937_64 random(3);
        for (double* place : problem.exact.query.places()) *place = static_cast<float>(query + uniform(random));
        for (double* place : problem.exact.key.places()) *place = static_cast<float>(key + uniform(random));
        problem.copy_numbers();
        expect_additive_scores(problem);
        if (::testing::Test::HasFatalFailure()) return;
      }
    }
  }
}

/// Neighbours in a vector, a panel or a group of queries decide together which path they take.
TEST(CpuNumerics, LargeNumbersAmongSmallOnes) {
  for (const int64_t at : {0, 1, 15, 16, 37}) {
    SCOPED_TRACE(at);
    CpuProblem problem(
        {.shape = {.score = Score::kAdditive, .D = 6, .Dv = 4, .query_lengths = {38}, .key_lengths = {38}}});
    for (int64_t f = 0; f < 6; ++f) {
      problem.exact.query.at(at, 0, f) = 95.25;
      problem.exact.key.at(37 - at, 0, f) = -95;
    }
    problem.copy_numbers();
    const CpuExpectation expectation(problem);
    for_each_isa([&] {
      const CpuResult fused = run_cpu(problem);
      expectation.expect_forward(fused);
      expectation.expect_backward(run_cpu_backward(problem, fused));
    });
  }
}

TEST(CpuNumerics, AdditiveScoresOfEveryU) {
  const std::vector<std::vector<double>> all = {{0, 0, 0, 0, 0},
                                                {0, 1, 0, -2, 0},
                                                {1e-30, 1, -1e-30, 1e-10, 0},
                                                {1e-8, -1e-9, 1e8, 3, 0},
                                                {1e-38, 2e-38, 0, 0, 0},
                                                {1e-42, -1e-44, 0, 1e-40, 0},
                                                {1e30, -1e30, 1, 0, 1e20},
                                                {2e36, 2e36, 2e36, -2e36, 1},
                                                {-1, -1, -1, -1, -1},
                                                {0x1p-29, 1, 0x1p-30, -0x1p-31, 1}};
  for (const std::vector<double>& u : all) {
    for (const double amplitude : {0.1, 2.0, 30.0, 1000.0}) {
      for (const int64_t queries : {2, 9}) {
        SCOPED_TRACE("u " + ::testing::PrintToString(u) + ", amplitude " + std::to_string(amplitude));
        CpuCase c = single_keys(Score::kAdditive, queries, 5);
        c.amplitude = amplitude;
        CpuProblem problem(c);
        for (size_t f = 0; f < u.size(); ++f)
          problem.exact.u.at(0, 0, static_cast<int64_t>(f)) = static_cast<float>(u[f]);
        problem.copy_numbers();
        const double allowed = 1e-6 * sum_of_u(problem) + 5 * kLeast;
        expect_scores(problem, allowed);
        if (::testing::Test::HasFatalFailure()) return;
      }
    }
  }
}

TEST(CpuNumerics, ProductsOfEverySize) {
  for (const double amplitude : {1e-20, 1e-3, 1.0, 100.0, 1e8, 1e18}) {
    for (const int64_t queries : {1, 4, 7}) {
      SCOPED_TRACE(std::to_string(amplitude) + ", " + std::to_string(queries) + " queries");
      CpuCase c = single_keys(Score::kDot, queries, 33);
      c.amplitude = amplitude;
      const CpuProblem problem(c);
      // A rounding for each product, one for each of its factors, and the scale's.
      const double allowed = plain_attention(problem).score_magnitude * 36 * 0x1p-24 + kLeast;
      expect_scores(problem, allowed);
      if (::testing::Test::HasFatalFailure()) return;
    }
  }
}

/// exp() of them is beyond float32: only what is relative to the largest may be raised.
TEST(CpuNumerics, LargeProductsAmongManyKeys) {
  for (const double at : {-1e4, 1e4}) {
    CpuProblem problem({.shape = {.score = Score::kDot, .D = 2, .Dv = 3, .query_lengths = {9}, .key_lengths = {600}}});
    for (int64_t i = 0; i < 9; ++i) problem.exact.query.at(i, 0, 0) = 1, problem.exact.query.at(i, 0, 1) = i;
    for (int64_t j = 0; j < 600; ++j) problem.exact.key.at(j, 0, 0) = at, problem.exact.key.at(j, 0, 1) = j % 97 / 64.0;
    problem.copy_numbers();
    const AttentionResult exact = run_attention(problem.exact);
    for_each_isa([&] {
      const CpuResult fused = run_cpu(problem);
      // Scores of 1e4 have steps of 2^-10, and of units of ln 2 there are more: 2^-9 twice.
      const auto context = fused.context.values();
      for (size_t n = 0; n < context.size(); ++n) EXPECT_NEAR(context[n], exact.context.values()[n], 0x1p-8);
      const auto log_sum_exp = fused.log_sum_exp.values();
      for (size_t n = 0; n < 9; ++n) EXPECT_NEAR(log_sum_exp[n], exact.log_sum_exp.values()[n], 0x1p-8);
      for (const float number : run_cpu_backward(problem, fused).query.values()) EXPECT_TRUE(std::isfinite(number));
    });
  }
}

/// Weights are computed again from a log-sum-exp whose float32 has steps of 2^-10 there, and of 2^-7.
TEST(CpuNumerics, GradientsOfEqualLargeScores) {
  for (const double score : {-1e4, 1e4, 1.1e5}) {
    CpuProblem problem({.shape = {.score = Score::kDot, .D = 1, .Dv = 3, .query_lengths = {7}, .key_lengths = {3}}});
    for (int64_t i = 0; i < 7; ++i) problem.exact.query.at(i, 0, 0) = 1;
    for (int64_t j = 0; j < 3; ++j) problem.exact.key.at(j, 0, 0) = score;
    problem.copy_numbers();
    const auto exact = run_exact_backward(problem);
    for_each_isa([&] {
      const auto found = run_cpu_backward(problem, run_cpu(problem));
      const auto expect_near_exact = [&](const std::vector<float>& numbers, const std::vector<double>& expected,
                                         double allowed) {
        for (size_t n = 0; n < expected.size(); ++n) EXPECT_NEAR(numbers[n], expected[n], allowed) << score;
      };
      expect_near_exact(found.value.values(), exact.value.values(), 2e-6);
      expect_near_exact(found.query.values(), exact.query.values(), 2e-6 * std::abs(score));
      expect_near_exact(found.key.values(), exact.key.values(), 2e-6);
    });
  }
}

TEST(CpuNumerics, InfiniteNumbersSaturateTanh) {
  for (const int64_t queries : {2, 6}) {
    CpuProblem problem(single_keys(Score::kAdditive, queries, 5));
    for (int64_t b = 0; b < 40; ++b) problem.exact.key.at(b, 0, b % 5) = b % 2 == 0 ? kInfinity : -kInfinity;
    problem.copy_numbers();
    expect_additive_scores(problem);
  }
}

TEST(CpuNumerics, AKeyWithScoreMinusInfinityHasNoWeight) {
  CpuProblem problem({.shape = {.score = Score::kDot, .D = 1, .Dv = 2, .query_lengths = {5}, .key_lengths = {20}}});
  for (int64_t i = 0; i < 5; ++i) problem.exact.query.at(i, 0, 0) = i + 0.5;
  for (const int64_t j : {0, 7, 19}) problem.exact.key.at(j, 0, 0) = -kInfinity;
  problem.copy_numbers();
  const AttentionResult exact = run_attention(problem.exact);
  for_each_isa([&] {
    const CpuResult fused = run_cpu(problem);
    for (size_t n = 0; n < 10; ++n) EXPECT_NEAR(fused.context.values()[n], exact.context.values()[n], 1e-6);
    for (size_t n = 0; n < 5; ++n) EXPECT_NEAR(fused.entropy.values()[n], exact.entropy.values()[n], 1e-5);
    for (size_t n = 0; n < 5; ++n) EXPECT_NEAR(fused.log_sum_exp.values()[n], exact.log_sum_exp.values()[n], 1e-5);
  });
}

}  // namespace
}  // namespace attune::testing
