// SPDX-License-Identifier: Apache-2.0
// Boolean masks of every kind of stride, forbidden tiles, and what is never read.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "cpu_expectation.hpp"

namespace attune::testing {
namespace {

using reference::Score;

constexpr int64_t kB = 2, kH = 2;

CpuCase two_rows(Score score, int64_t Tq, int64_t Tk) {
  return {.shape = {
              .score = score, .H = kH, .Hkv = kH, .D = 5, .Dv = 4, .query_lengths = {Tq, Tq}, .key_lengths = {Tk, Tk}}};
}

void expect_exact(const CpuProblem& problem) {
  const CpuExpectation expectation(problem);
  for_each_isa([&] {
    const CpuResult fused = run_cpu(problem);
    expectation.expect_forward(fused);
    expectation.expect_backward(run_cpu_backward(problem, fused));
  });
}

/// Gives the problem a mask of the kernel's kind, and the reference the same as it reads it.
void give_mask(CpuProblem& p, const cpu::BooleanMask& mask) {
  p.in.mask = mask;
  p.exact.in.mask_heads = kH;
  p.exact.mask.assign(p.exact.pairs, 0);
  for (int64_t b = 0; b < p.in.sizes.B; ++b) {
    for (int64_t h = 0; h < kH; ++h) {
      for (int64_t i = 0; i < p.in.query_offsets[b + 1] - p.in.query_offsets[b]; ++i) {
        for (int64_t j = 0; j < p.in.key_offsets[b + 1] - p.in.key_offsets[b]; ++j) {
          p.exact.mask[pair_index(p.exact.in, kH, b, h, i, j)] =
              mask.data[b * mask.row_stride + h * mask.head_stride + i * mask.query_stride + j * mask.key_stride];
        }
      }
    }
  }
  p.exact.in.mask = p.exact.mask.data();
}

std::vector<uint8_t> random_bytes(int64_t count) {
  std::mt19937_64 random(5);
  std::vector<uint8_t> bytes(static_cast<size_t>(count));
  for (uint8_t& byte : bytes) byte = random() % 2 == 0 ? 0 : static_cast<uint8_t>(random() % 255 + 1);
  return bytes;
}

struct Strides {
  const char* name;
  int64_t row, head, query, key;
};

TEST(CpuMask, EveryKindOfStride) {
  constexpr int64_t Tq = 29, Tk = 143;
  constexpr Strides kStrides[] = {
      {"all of its own", kH * Tq * Tk, Tq * Tk, Tk, 1},
      {"the same for all rows", 0, Tq * Tk, Tk, 1},
      {"the same for all heads", Tq * Tk, 0, Tk, 1},
      {"the same for all queries", kH * Tk, Tk, 0, 1},
      {"the same for all keys", kH * Tq, Tq, 1, 0},
      {"of keys alone, by row", Tk, 0, 0, 1},
      {"of keys alone", 0, 0, 0, 1},
      {"of queries alone", 0, 0, 1, 0},
      {"transposed", kH * Tq * Tk, Tq * Tk, 1, Tq},
      {"heads last", Tq * Tk * kH, 1, Tk * kH, kH},
      {"every third byte", 3 * kH * Tq * Tk, 3 * Tq * Tk, 3 * Tk, 3},
      {"backwards", -kH * Tq * Tk, -Tq * Tk, -Tk, -1},
  };
  constexpr int64_t kMost = 3 * kB * kH * Tq * Tk;
  const auto bytes = random_bytes(kMost);
  for (const Score score : {Score::kAdditive, Score::kScaledDot}) {
    for (const bool causal : {false, true}) {
      for (const auto& [name, row, head, query, key] : kStrides) {
        SCOPED_TRACE(name_of(score) + ", " + name + (causal ? ", causal" : ""));
        CpuProblem problem(two_rows(score, Tq, Tk));
        problem.in.causal = problem.exact.in.causal = causal;
        give_mask(problem, {bytes.data() + (key < 0 ? kMost - 1 : 0), row, head, query, key});
        expect_exact(problem);
      }
    }
  }
}

/// Keys [first, end) forbidden to queries [first_query, end_query).
struct Hole {
  int64_t first_query, end_query, first, end;
};

TEST(CpuMask, WholeTilesForbidden) {
  constexpr int64_t Tq = 210, Tk = 800;
  const std::vector<std::vector<Hole>> all = {
      {{0, Tq, 0, 256}},                     // the first tile
      {{0, Tq, 256, 512}},                   // one between
      {{0, Tq, 512, Tk}},                    // the last
      {{0, 96, 0, Tk}, {100, 110, 0, 700}},  // all of a block of queries
      {{0, Tq, 0, 799}},                     // all but the last key
      {{0, Tq, 1, Tk}},                      // all but the first
      {{0, 50, 0, 300}, {50, 150, 200, 520}, {150, Tq, 400, Tk}},
      {{0, Tq, 0, Tk}},  // everything
  };
  for (const Score score : {Score::kAdditive, Score::kScaledDot}) {
    for (const auto& holes : all) {
      std::vector<uint8_t> bytes(Tq * Tk, 1);
      for (const Hole& hole : holes) {
        for (int64_t i = hole.first_query; i < hole.end_query; ++i)
          std::fill(bytes.begin() + i * Tk + hole.first, bytes.begin() + i * Tk + hole.end, uint8_t{0});
      }
      SCOPED_TRACE(name_of(score) + ", a hole of keys " + std::to_string(holes[0].first) + " to " +
                   std::to_string(holes[0].end));
      CpuProblem problem(two_rows(score, Tq, Tk));
      give_mask(problem, {bytes.data(), 0, 0, Tk, 1});
      expect_exact(problem);
    }
  }
}

TEST(CpuMask, NothingAllowedGivesExactZeros) {
  const uint8_t none = 0;
  for (const Score score : {Score::kAdditive, Score::kScaledDot}) {
    for (const int64_t queries : {2, 30}) {
      CpuProblem problem(two_rows(score, queries, 20));
      problem.in.mask.data = &none;
      for_each_isa([&] {
        const CpuResult result = run_cpu(problem);
        for (const float number : result.context.values()) EXPECT_EQ(number, 0);
        for (const float number : result.entropy.values()) EXPECT_EQ(number, 0);
        for (const float number : result.log_sum_exp.values())
          EXPECT_EQ(number, -std::numeric_limits<float>::infinity());
        const CpuGradients gradients = run_cpu_backward(problem, result);
        for (const CpuArray* array : {&gradients.query, &gradients.key, &gradients.value}) {
          for (const float number : array->values()) EXPECT_EQ(number, 0);
        }
        for (const float number : gradients.u.values()) EXPECT_EQ(number, 0);
      });
    }
  }
}

/// Causal and boolean: both must allow. Scores of what is forbidden may be far above those that are not.
TEST(CpuMask, ForbiddenScoresAboveAllOthers) {
  for (const Score score : {Score::kAdditive, Score::kScaledDot}) {
    CpuProblem problem(two_rows(score, 40, 50));
    problem.in.causal = problem.exact.in.causal = true;
    for (int64_t j = 0; j < 100; j += 9) {
      for (int64_t h = 0; h < kH; ++h) {
        for (int64_t f = 0; f < 5; ++f) problem.exact.key.at(j, h, f) = score == Score::kAdditive ? 50 : 3000;
      }
    }
    problem.copy_numbers();
    auto bytes = std::vector<uint8_t>(2 * 50, 1);
    for (size_t j = 0; j < bytes.size(); j += 9) bytes[j] = 0;
    give_mask(problem, {bytes.data(), 50, 0, 0, 1});
    expect_exact(problem);
  }
}

}  // namespace
}  // namespace attune::testing
