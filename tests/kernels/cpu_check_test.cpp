// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "attune/core/error.hpp"
#include "cpu_problem.hpp"
#include "support/message_of.hpp"

namespace attune::testing {
namespace {

using reference::Score;

CpuCase small_case(Score score = Score::kDot) {
  return {.shape = {.score = score, .H = 4, .Hkv = 2, .D = 3, .query_lengths = {1, 2}, .key_lengths = {2, 1}}};
}

struct Bad {
  std::function<void(cpu::AttentionInputs&)> spoil;
  std::string message;
};

/// Of both passes.
template <class ErrorType>
void expect_refused(const Bad& bad, Score score) {
  CpuProblem problem(small_case(score));
  CpuResult result(problem);
  bad.spoil(problem.in);
  const std::string message = "cpu::attention: " + bad.message;
  const cpu::AttentionOutputs out = {.context = result.context.array(), .log_sum_exp = result.log_sum_exp.array()};
  EXPECT_EQ(message_of<ErrorType>([&] { cpu::attention(problem.in, out); }), message);
  const auto backward = [&] {
    cpu::attention_backward(problem.in, {result.context.view(), result.log_sum_exp.view()}, problem.d_context.view(),
                            {});
  };
  EXPECT_EQ(message_of<ErrorType>(backward), message);
}

TEST(CpuCheck, ShapesThatContradictEachOther) {
  static const int64_t late_start[] = {1, 2, 3}, falling[] = {0, 2, 1};
  const Bad cases[] = {
      {[](auto& in) { in.sizes.B = -1; }, "size B must be at least 0, found -1"},
      {[](auto& in) { in.sizes.H = 0; }, "size H must be at least 1, found 0"},
      {[](auto& in) { in.sizes.Hkv = 0; }, "size Hkv must be at least 1, found 0"},
      {[](auto& in) { in.sizes.D = 0; }, "size D must be at least 1, found 0"},
      {[](auto& in) { in.sizes.Dv = -3; }, "size Dv must be at least 1, found -3"},
      {[](auto& in) { in.sizes.Hkv = 3; }, "Hkv must divide H, found Hkv = 3 and H = 4"},
      {[](auto& in) { in.sizes.Hkv = 8; }, "Hkv must divide H, found Hkv = 8 and H = 4"},
      {[](auto& in) { in.query_offsets = late_start; },
       "\"query_offsets\" must begin with 0 and not fall, found 1 at 0"},
      {[](auto& in) { in.key_offsets = falling; }, "\"key_offsets\" must begin with 0 and not fall, found 1 at 2"},
  };
  for (const Bad& bad : cases) expect_refused<ShapeError>(bad, Score::kDot);
}

TEST(CpuCheck, SizesWhoseProductsDoNotFit) {
  static constexpr int64_t many[] = {0, int64_t{1} << 40, int64_t{1} << 46};
  static constexpr int64_t most[] = {0, int64_t{1} << 40, std::numeric_limits<int64_t>::max()};
  const Bad cases[] = {
      {[](auto& in) { in.query_offsets = many; },
       "Nq * H * D must be at most 281474976710656, found 70368744177664 * 4 * 3"},
      {[](auto& in) { in.key_offsets = most; },
       "Nk * H * D must be at most 281474976710656, found 9223372036854775807 * 4 * 3"},
      {[](auto& in) { in.sizes.Dv = int64_t{1} << 61; },
       "Nq * H * Dv must be at most 281474976710656, found 3 * 4 * 2305843009213693952"},
      {[](auto& in) { in.sizes.H = in.sizes.Hkv = int64_t{1} << 60; },
       "Nq * H * D must be at most 281474976710656, found 3 * 1152921504606846976 * 3"},
  };
  for (const Bad& bad : cases) expect_refused<ShapeError>(bad, Score::kDot);
}

TEST(CpuCheck, ArraysThatAreMissingOrBelongToAnotherScore) {
  static const float some[12] = {};
  struct BadArray : Bad {
    Score score = Score::kDot;
  };
  const BadArray cases[] = {
      {{[](auto& in) { in.query.data = nullptr; }, "\"query\" is null, expected an array [Nq, H, D]"}},
      {{[](auto& in) { in.key.data = nullptr; }, "\"key\" is null, expected an array [Nk, Hkv, D]"}},
      {{[](auto& in) { in.value.data = nullptr; }, "\"value\" is null, expected an array [Nk, Hkv, Dv]"}},
      {{[](auto& in) { in.query_offsets = nullptr; }, "\"query_offsets\" is null, expected an array [B+1]"}},
      {{[](auto& in) { in.key_offsets = nullptr; }, "\"key_offsets\" is null, expected an array [B+1]"}},
      {{[](auto& in) { in.u = nullptr; }, "\"u\" is null, expected an array [H, D] for additive scores"},
       Score::kAdditive},
      {{[](auto& in) { in.u = some; }, "\"u\" belongs to additive scores; leave it out"}},
      {{[](auto& in) { in.dropout.rate = 1; }, "the rate of dropout must be in [0, 1), found 1.000000"}},
      {{[](auto& in) { in.dropout.rate = -0.5; }, "the rate of dropout must be in [0, 1), found -0.500000"}},
      {{[](auto& in) { in.dropout.rate = std::nan(""); }, "the rate of dropout must be in [0, 1), found nan"}},
  };
  for (const BadArray& bad : cases) expect_refused<UsageError>(bad, bad.score);
}

TEST(CpuCheck, WhatIsWrittenOrTakenOver) {
  CpuProblem p(small_case());
  const CpuResult result = run_cpu(p);
  const auto context = result.context.view(), log_sum_exp = result.log_sum_exp.view(), d = p.d_context.view();
  float d_u[12];
  EXPECT_EQ(message_of<UsageError>([&] { cpu::attention(p.in, {}); }),
            "cpu::attention: \"context\" is null, expected an array [Nq, H, Dv]");
  EXPECT_EQ(message_of<UsageError>([&] {
              cpu::attention_backward(p.in, {{}, log_sum_exp}, d, {});
            }),
            "cpu::attention: \"context\" is null, expected an array [Nq, H, Dv]");
  EXPECT_EQ(message_of<UsageError>([&] {
              cpu::attention_backward(p.in, {context, {}}, d, {});
            }),
            "cpu::attention: \"log_sum_exp\" is null, expected an array [Nq, H, 1]");
  EXPECT_EQ(message_of<UsageError>([&] {
              cpu::attention_backward(p.in, {context, log_sum_exp}, {}, {});
            }),
            "cpu::attention: \"d_context\" is null, expected an array [Nq, H, Dv]");
  EXPECT_EQ(message_of<UsageError>([&] {
              cpu::attention_backward(p.in, {context, log_sum_exp}, d, {.u = d_u});
            }),
            "cpu::attention: the gradient of \"u\" belongs to additive scores; leave it out");
}

TEST(CpuCheck, NoRows) {
  const int64_t zero = 0;
  for (const Score score : {Score::kAdditive, Score::kDot}) {
    const CpuProblem problem(small_case(score));
    cpu::AttentionInputs in = problem.in;
    in.sizes.B = 0;
    in.query = in.key = in.value = {};
    in.query_offsets = in.key_offsets = &zero;
    std::vector<float> d_u(12, 7.0F);
    for_each_isa([&] {
      cpu::attention(in, {});
      cpu::attention_backward(in, {}, {}, {.u = score == Score::kAdditive ? d_u.data() : nullptr});
    });
    EXPECT_EQ(d_u, std::vector<float>(12, score == Score::kAdditive ? 0.0F : 7.0F));
  }
}

TEST(CpuCheck, RowsWithoutQueriesOrKeys) {
  for (const Score score : {Score::kAdditive, Score::kDot}) {
    for (const bool has_queries : {false, true}) {
      CpuCase c = small_case(score);
      c.shape.query_lengths = {has_queries ? 7 : 0, has_queries ? 2 : 0};
      c.shape.key_lengths = {has_queries ? 0 : 7, has_queries ? 0 : 1100};
      CpuProblem problem(c);
      if (has_queries) problem.in.key = problem.in.value = {};
      if (!has_queries) problem.in.query = {};
      for_each_isa([&] {
        const CpuResult result = run_cpu(problem);
        for (const float number : result.context.values()) EXPECT_EQ(number, 0);
        for (const float number : result.entropy.values()) EXPECT_EQ(number, 0);
        for (const float number : result.log_sum_exp.values())
          EXPECT_EQ(number, -std::numeric_limits<float>::infinity());
        const CpuGradients gradients = run_cpu_backward(problem, result);
        EXPECT_GT(gradients.query.values().size() + gradients.key.values().size(), 0u);
        for (const CpuArray* array : {&gradients.query, &gradients.key, &gradients.value}) {
          for (const float number : array->values()) EXPECT_EQ(number, 0);
        }
        for (const float number : gradients.u.values()) EXPECT_EQ(number, 0);
      });
    }
  }
}

}  // namespace
}  // namespace attune::testing
