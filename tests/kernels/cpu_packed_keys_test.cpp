// SPDX-License-Identifier: Apache-2.0
// Keys packed once and attended to by several calls. Their scores on numbers of every size: cpu_numerics_test.cpp.
#include "attune/kernels/cpu/packed_keys.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "attune/core/error.hpp"
#include "attune/kernels/cpu/isa.hpp"
#include "cpu_cases.hpp"
#include "cpu_expectation.hpp"
#include "support/message_of.hpp"

namespace attune::testing {
namespace {

using reference::Score;

class CpuPackedKeys : public ::testing::TestWithParam<CpuCaseGroup> {};

INSTANTIATE_TEST_SUITE_P(Cases, CpuPackedKeys, ::testing::ValuesIn(cpu_cases()), CpuCaseName());

void expect_equal(const CpuResult& found, const CpuResult& expected) {
  EXPECT_EQ(found.context.values(), expected.context.values());
  EXPECT_EQ(found.log_sum_exp.values(), expected.log_sum_exp.values());
  EXPECT_EQ(found.entropy.values(), expected.entropy.values());
}

/// Whether attention() itself would score all rows by the panels that are packed.
bool scores_alike(const CpuCase& c) {
  const auto& lengths = c.shape.query_lengths;
  return c.shape.score != Score::kAdditive ||
         std::all_of(lengths.begin(), lengths.end(), [](int64_t Tq) { return Tq == 0 || Tq >= 4; });
}

TEST_P(CpuPackedKeys, AreAsExactAsThePlainComposition) {
  for (const CpuCase& c : GetParam().cases) {
    SCOPED_TRACE(name_of(c));
    const CpuProblem problem(c);
    const CpuExpectation expectation(problem);
    for_each_isa([&] {
      const CpuResult packed = run_cpu_packed(problem, cpu::PackedKeys(keys_of(problem)));
      expectation.expect_forward(packed);
      if (scores_alike(c)) expect_equal(packed, run_cpu(problem));
    });
    // Gradients are of the keys themselves, whatever the forward pass read.
    const CpuResult packed = run_cpu_packed(problem, cpu::PackedKeys(keys_of(problem)));
    expectation.expect_backward(run_cpu_backward(problem, packed));
  }
}

TEST_P(CpuPackedKeys, GiveTheSameBitsForEveryNumberOfThreads) {
  for (const CpuCase& c : GetParam().cases) {
    SCOPED_TRACE(name_of(c));
    const CpuProblem problem(c);
    const CpuResult expected = run_cpu_packed(problem, cpu::PackedKeys(keys_of(problem)));
    for (const int threads : {2, 5}) {
      Executor executor(threads);
      const cpu::PackedKeys keys(keys_of(problem), &executor);
      expect_equal(run_cpu_packed(problem, keys, &executor), expected);
    }
  }
}

CpuCase memory_case(Score score, const std::vector<int64_t>& query_lengths) {
  return {.shape = {.score = score,
                    .H = 4,
                    .Hkv = 2,
                    .D = 11,
                    .Dv = 6,
                    .query_lengths = query_lengths,
                    .key_lengths = {300, 0, 7}}};
}

/// One packing, and calls that differ in everything but the keys: the same draw of numbers gives them the same.
TEST(CpuPackedKeysReused, ByCallsOfOtherQueriesMasksAndDropout) {
  for (const Score score : {Score::kAdditive, Score::kScaledDot}) {
    for_each_isa([&] {
      const CpuProblem first(memory_case(score, {1, 1, 1}));
      const cpu::PackedKeys keys(keys_of(first));
      for (const std::vector<int64_t>& lengths : std::vector<std::vector<int64_t>>{{1, 1, 1}, {3, 2, 0}, {40, 4, 9}}) {
        for (const MaskKind mask : {MaskKind::kNone, MaskKind::kCausal, MaskKind::kBoolean}) {
          CpuCase c = memory_case(score, lengths);
          c.shape.mask = mask;
          c.dropout = mask == MaskKind::kBoolean ? 0.5 : 0;
          SCOPED_TRACE(name_of(c));
          CpuProblem problem(c);
          problem.exact.key.fill(first.exact.key.values());
          auto u = first.exact.u.values();
          for (size_t f = 0; f < u.size(); ++f) u[f] *= 0.5 + static_cast<double>(f % 4);  // of the same signs
          problem.exact.u.fill(u);
          problem.copy_numbers();
          CpuExpectation(problem).expect_forward(run_cpu_packed(problem, keys));
        }
      }
    });
  }
}

/// Numbers small enough that the keys themselves are not read again.
TEST(CpuPackedKeysReused, AreWhatIsRead) {
  for (const Score score : {Score::kAdditive, Score::kScaledDot}) {
    for (const int64_t queries : {1, 30}) {
      CpuProblem problem(memory_case(score, {queries, 0, queries}));
      const cpu::PackedKeys keys(keys_of(problem));
      const CpuResult before = run_cpu_packed(problem, keys);
      problem.key.fill(std::vector<double>(problem.exact.key.values().size(), 0.125));
      expect_equal(run_cpu_packed(problem, keys), before);
      EXPECT_NE(run_cpu(problem).context.values(), before.context.values());
    }
  }
}

TEST(CpuPackedKeysReused, NaNComesOutWhereItWentIn) {
  for (const Score score : {Score::kAdditive, Score::kScaledDot}) {
    for (const int64_t queries : {1, 2, 3, 6}) {
      CpuProblem problem(memory_case(score, {queries, 0, queries}));
      problem.exact.key.at(306, 1, 4) = std::numeric_limits<double>::quiet_NaN();  // read by heads 2 and 3 of row 2
      problem.copy_numbers();
      for_each_isa([&] {
        CpuResult result = run_cpu_packed(problem, cpu::PackedKeys(keys_of(problem)));
        for (const int64_t b : {0, 2}) {
          for (int64_t h = 0; h < 4; ++h) {
            for (int64_t i = 0; i < queries; ++i) {
              EXPECT_EQ(std::isnan(result.context.at(b, i, h, 0)), b == 2 && h >= 2) << b << ", " << h << ", " << i;
              EXPECT_EQ(std::isnan(result.log_sum_exp.at(b, i, h, 0)), b == 2 && h >= 2) << b << ", " << h << ", " << i;
            }
          }
        }
      });
    }
  }
}

TEST(CpuPackedKeysSize, IsThatOfThePanels) {
  const int64_t lanes_at_most = 64;
  for (const Score score : {Score::kAdditive, Score::kScaledDot}) {
    const CpuProblem problem(memory_case(score, {1, 1, 1}));
    const int64_t heads = score == Score::kAdditive ? 4 : 2;
    const int64_t bytes = cpu::PackedKeys(keys_of(problem)).bytes();
    EXPECT_GE(bytes, heads * 307 * 11 * 4);
    EXPECT_LE(bytes, heads * (307 + 2 * lanes_at_most) * 13 * 4);
  }
}

/// Of a call whose inputs were changed after the keys were packed.
template <class ErrorType>
std::string misuse(Score score, const std::function<void(CpuProblem&)>& change) {
  CpuProblem problem(memory_case(score, {1, 1, 1}));
  const cpu::PackedKeys keys(keys_of(problem));
  change(problem);
  CpuResult result(problem);
  return message_of<ErrorType>([&] { cpu::attention(problem.in, keys, {.context = result.context.array()}); });
}

std::string packed(const std::string& message) {
  return "cpu::attention: \"packed_keys\" were packed " + message + "; pack the keys again";
}

TEST(CpuPackedKeysCheck, KeysOfOtherCalls) {
  static const int64_t other_offsets[] = {0, 300, 301, 307};
  const CpuProblem additive(memory_case(Score::kAdditive, {1, 1, 1}));
  EXPECT_EQ(
      misuse<UsageError>(Score::kAdditive, [](auto& p) { p.in.score = cpu::Score::kScaledDot, p.in.u = nullptr; }),
      packed("for additive scores, but the call is for products"));
  EXPECT_EQ(
      misuse<UsageError>(Score::kDot, [&](auto& p) { p.in.score = cpu::Score::kAdditive, p.in.u = additive.in.u; }),
      packed("for products, but the call is for additive scores"));
  EXPECT_EQ(misuse<ShapeError>(Score::kDot, [](auto& p) { p.in.sizes.B = 2; }), packed("with B = 3, found 2"));
  EXPECT_EQ(misuse<ShapeError>(Score::kAdditive, [](auto& p) { p.in.sizes.H = 2; }), packed("with H = 4, found 2"));
  EXPECT_EQ(misuse<ShapeError>(Score::kDot, [](auto& p) { p.in.sizes.Hkv = 1; }), packed("with Hkv = 2, found 1"));
  EXPECT_EQ(misuse<ShapeError>(Score::kDot, [](auto& p) { p.in.sizes.D = 10; }), packed("with D = 11, found 10"));
  EXPECT_EQ(misuse<ShapeError>(Score::kDot, [](auto& p) { p.in.key_offsets = other_offsets; }),
            packed("for \"key_offsets\" with 300 at 2, found 301"));
  EXPECT_EQ(misuse<UsageError>(Score::kAdditive, [](auto& p) { p.u[7] = -p.u[7]; }),
            packed("with a \"u\" of other signs"));
  EXPECT_EQ(misuse<UsageError>(Score::kAdditive, [](auto& p) { p.in.u = nullptr; }),
            "cpu::attention: \"u\" is null, expected an array [H, D] for additive scores");
}

TEST(CpuPackedKeysCheck, ProductsServeAnyNumberOfQueryHeads) {
  CpuCase c = memory_case(Score::kDot, {2, 0, 5});
  c.shape.H = 6;
  const CpuProblem problem(c);
  auto inputs = keys_of(problem);
  inputs.H = 1;
  expect_equal(run_cpu_packed(problem, cpu::PackedKeys(inputs)), run_cpu(problem));
}

TEST(CpuPackedKeysCheck, OtherInstructions) {
  const std::string before = cpu::isa();
  for (const std::string& other : cpu::supported_isas()) {
    if (other == before) continue;
    const auto message = misuse<UsageError>(Score::kDot, [&](auto&) { cpu::force_isa(other); });
    cpu::force_isa(before);
    EXPECT_EQ(message, packed("for " + before + ", but " + other + " is in use"));
  }
}

TEST(CpuPackedKeysCheck, WhatIsPacked) {
  const CpuProblem problem(memory_case(Score::kAdditive, {1, 1, 1}));
  const auto message = [&](const std::function<void(cpu::KeyInputs&)>& spoil) {
    auto inputs = keys_of(problem);
    spoil(inputs);
    return message_of<Error>([&] { const cpu::PackedKeys keys(inputs); });
  };
  EXPECT_EQ(message([](auto& in) { in.B = -2; }), "cpu::attention: size B must be at least 0, found -2");
  EXPECT_EQ(message([](auto& in) { in.D = 0; }), "cpu::attention: size D must be at least 1, found 0");
  EXPECT_EQ(message([](auto& in) { in.H = 3; }), "cpu::attention: Hkv must divide H, found Hkv = 2 and H = 3");
  EXPECT_EQ(message([](auto& in) { in.key.data = nullptr; }),
            "cpu::attention: \"key\" is null, expected an array [Nk, Hkv, D]");
  EXPECT_EQ(message([](auto& in) { in.key_offsets = nullptr; }),
            "cpu::attention: \"key_offsets\" is null, expected an array [B+1]");
  EXPECT_EQ(message([](auto& in) { in.u = nullptr; }),
            "cpu::attention: \"u\" is null, expected an array [H, D] for additive scores");
  EXPECT_EQ(message([](auto& in) { in.score = cpu::Score::kScaledDot; }),
            "cpu::attention: \"u\" belongs to additive scores; leave it out");
}

TEST(CpuPackedKeysCheck, NoRowsAndNoKeys) {
  const int64_t zero = 0;
  cpu::KeyInputs none;
  none.D = 3, none.key_offsets = &zero;
  const cpu::PackedKeys keys(none);
  EXPECT_EQ(keys.bytes(), 0);
  cpu::AttentionInputs in;
  in.sizes.D = 3, in.query_offsets = in.key_offsets = &zero;
  cpu::attention(in, keys, {});
}

}  // namespace
}  // namespace attune::testing
