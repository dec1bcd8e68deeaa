// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <functional>

#include "attention_problem.hpp"
#include "attune/core/error.hpp"
#include "split_problem.hpp"

namespace attune::testing {
namespace {

using reference::AttentionInputs;
using reference::Score;
using reference::SplitInputs;
using ::testing::HasSubstr;

template <class ErrorType>
std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const ErrorType& error) {
    return error.what();
  }
  return "nothing was thrown";
}

struct BadAttention {
  std::function<void(AttentionInputs&)> spoil;
  std::string message;
};

AttentionCase small_case(Score score = Score::kDot) {
  return {.score = score, .H = 4, .Hkv = 2, .D = 3, .query_lengths = {1, 2}, .key_lengths = {2, 1}};
}

TEST(AttentionCheck, ShapesThatContradictEachOther) {
  static const int64_t late_start[] = {1, 2, 3}, falling[] = {0, 2, 1};
  static const uint8_t mask[64] = {};
  const BadAttention cases[] = {
      {[](auto& in) { in.sizes.Hkv = 3; }, "Hkv must divide H, found Hkv = 3 and H = 4"},
      {[](auto& in) { in.sizes.H = 0; }, "size H must be at least 1, found 0"},
      {[](auto& in) { in.sizes.D = 0; }, "size D must be at least 1, found 0"},
      {[](auto& in) { in.sizes.B = -1; }, "size B must be at least 0, found -1"},
      {[](auto& in) { in.query_offsets = late_start; }, "\"query_offsets\" must begin with 0, found 1"},
      {[](auto& in) { in.key_offsets = falling; }, "\"key_offsets\" must not fall, found 2 then 1 at row 1"},
      {[](auto& in) { in.mask = mask, in.mask_heads = 2; }, "mask_heads must be 1 or H = 4, found 2"},
  };
  for (const BadAttention& bad : cases) {
    AttentionProblem problem(small_case());
    bad.spoil(problem.in);
    EXPECT_THAT(message_of<ShapeError>([&] { attention(problem.in, {}); }), HasSubstr(bad.message));
    const auto backward = [&] { attention_backward(problem.in, problem.query.view(), {}); };
    EXPECT_THAT(message_of<ShapeError>(backward), HasSubstr(bad.message));
  }
}

TEST(AttentionCheck, ArraysThatAreMissingOrBelongToAnotherScore) {
  static const double some[64] = {};
  struct Case {
    Score score;
    std::function<void(AttentionInputs&)> spoil;
    std::string message;
  };
  const Case cases[] = {
      {Score::kDot, [](auto& in) { in.key.data = nullptr; }, "\"key\" is null, expected an array [Nk, Hkv, D]"},
      {Score::kDot, [](auto& in) { in.query_offsets = nullptr; }, "\"query_offsets\" is null, expected an array [B+1]"},
      {Score::kAdditive, [](auto& in) { in.u = nullptr; }, "\"u\" belongs to the score additive; it is missing"},
      {Score::kDot, [](auto& in) { in.u = some; }, "\"u\" belongs to the score additive; found it with another score"},
      {Score::kMultiplicative, [](auto& in) { in.matrix = nullptr; }, "\"matrix\" belongs to the score multiplicative"},
      {Score::kDot, [](auto& in) { in.scale = 1; }, "\"scale\" belongs to the score scaled_dot; found it with another"},
  };
  for (const Case& bad : cases) {
    AttentionProblem problem(small_case(bad.score));
    bad.spoil(problem.in);
    EXPECT_THAT(message_of<UsageError>([&] { attention(problem.in, {}); }), HasSubstr(bad.message));
  }
  AttentionProblem problem(small_case());
  EXPECT_THAT(message_of<UsageError>([&] { attention_backward(problem.in, {}, {}); }),
              HasSubstr("\"d_context\" is null, expected an array [Nq, H, Dv]"));
}

TEST(AttentionCheck, SplitAttention) {
  SplitProblem problem({.W = 4, .G = 2, .lengths = {2}});
  SplitInputs in = problem.in;
  in.sizes.G = 3;
  EXPECT_THAT(message_of<ShapeError>([&] { split_attention(in, {}); }),
              HasSubstr("G must divide W, found G = 3 and W = 4"));
  in = problem.in;
  in.sizes.R = 0;
  EXPECT_THAT(message_of<ShapeError>([&] { split_attention(in, {}); }),
              HasSubstr("size R must be at least 1, found 0"));
  in = problem.in;
  in.logit_bias = nullptr;
  EXPECT_THAT(message_of<UsageError>([&] { split_attention(in, {}); }),
              HasSubstr("\"logit_bias\" is null, expected an array [R * G]"));
  EXPECT_THAT(message_of<UsageError>([&] { split_attention_backward(problem.in, nullptr, 0, {}); }),
              HasSubstr("\"d_context\" is null, expected an array [N, W]"));
}

}  // namespace
}  // namespace attune::testing
