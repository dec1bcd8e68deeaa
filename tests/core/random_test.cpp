// SPDX-License-Identifier: Apache-2.0
#include "attune/core/random.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <set>
#include <vector>

namespace attune {
namespace {

// The three lines "philox4x32 10" of kat_vectors in the Random123 library of the paper's authors.
TEST(Philox, KnownAnswers) {
  using Words = std::array<uint32_t, 4>;
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr uint32_t kAll = 0xffffffff;
  EXPECT_EQ(philox({kAll, kAll, kAll, kAll}, {kAll, kAll}), (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(RandomKey, DerivedKeysDiffer) {
  const RandomKey key(7);
  std::set<uint64_t> states = {key.state()};
  size_t derived = 1;
  for (uint64_t a = 0; a < 50; ++a) {
    for (uint64_t b = 0; b < 50; ++b, ++derived) states.insert(key.with(a).with(b).state());
  }
  for (const auto* name : {"", "a", "b", "ab", "ba", "block.1.self", "block.2.self"}) {
    states.insert(key.with(name).state());
    ++derived;
  }
  for (uint64_t seed = 0; seed < 50; ++seed, ++derived) states.insert(RandomKey(1000 + seed).with(seed).state());
  EXPECT_EQ(states.size(), derived);
}

TEST(RandomKey, IsAPureFunctionOfItsDerivation) {
  EXPECT_EQ(RandomKey(3).with(5).with("x").bits(9), RandomKey(3).with(5).with("x").bits(9));
  EXPECT_NE(RandomKey(3).with(5).with("x").bits(9), RandomKey(3).with("x").with(5).bits(9));
  EXPECT_NE(RandomKey(3).bits(1), RandomKey(3).bits(uint64_t{1} << 32)) << "the index's upper word counts too";
}

// A derived key must not resemble its neighbour: half of the 64 bits differ, give or take 5 standard deviations of the
// mean over the pairs (4 / sqrt(pairs)).
TEST(RandomKey, NeighboursDifferInHalfOfTheirBits) {
  constexpr int kPairs = 1000;
  double flips = 0;
  for (uint64_t i = 0; i < kPairs; ++i) {
    flips += __builtin_popcountll(RandomKey(1).with(i).state() ^ RandomKey(1).with(i + 1).state());
  }
  EXPECT_NEAR(flips / kPairs, 32, 5 * 4 / std::sqrt(kPairs));
}

struct Moments {
  double mean = 0, variance = 0;
};

template <class Draw>
Moments moments(int64_t count, const Draw& draw) {
  double sum = 0, squares = 0;
  for (int64_t i = 0; i < count; ++i) {
    const double x = draw(static_cast<uint64_t>(i));
    sum += x;
    squares += x * x;
  }
  const auto n = static_cast<double>(count);
  return {sum / n, squares / n - (sum / n) * (sum / n)};
}

// Bounds: five standard deviations of the estimate.
TEST(RandomKey, UniformHasItsMoments) {
  constexpr int64_t kCount = 100'000;
  const RandomKey key = RandomKey(11).with("uniform");
  const auto found = moments(kCount, [&](uint64_t i) {
    const double x = key.uniform(i);
    EXPECT_TRUE(x >= 0 && x < 1);
    return x;
  });
  EXPECT_NEAR(found.mean, 0.5, 5 * std::sqrt(1.0 / 12 / kCount));
  EXPECT_NEAR(found.variance, 1.0 / 12, 5 * std::sqrt(1.0 / 180 / kCount));
}

TEST(RandomKey, NormalHasItsMomentsAndTails) {
  constexpr int64_t kCount = 100'000;
  const RandomKey key = RandomKey(11).with("normal");
  int64_t beyond_two = 0;
  const auto found = moments(kCount, [&](uint64_t i) {
    const double x = key.normal(i);
    EXPECT_TRUE(std::isfinite(x));
    beyond_two += std::abs(x) > 2 ? 1 : 0;
    return x;
  });
  EXPECT_NEAR(found.mean, 0, 5 * std::sqrt(1.0 / kCount));
  EXPECT_NEAR(found.variance, 1, 5 * std::sqrt(2.0 / kCount));
  const double share = std::erfc(2 / std::sqrt(2.0));
  EXPECT_NEAR(static_cast<double>(beyond_two) / kCount, share, 5 * std::sqrt(share * (1 - share) / kCount));
}

TEST(RandomKey, PermutationHoldsEachNumberOnce) {
  for (const size_t size : {0, 1, 2, 3, 100}) {
    std::vector<int64_t> order(size, -1), expected(size);
    RandomKey(5).permutation(order);
    std::iota(expected.begin(), expected.end(), 0);
    EXPECT_THAT(order, ::testing::UnorderedElementsAreArray(expected)) << size;
  }
}

// All six orders of three are equally likely: chi-squared with 5 degrees of freedom stays below 20.5 with p = 0.999.
TEST(RandomKey, PermutationIsFair) {
  constexpr int kDraws = 6000;
  std::map<std::vector<int64_t>, int> counts;
  for (uint64_t i = 0; i < kDraws; ++i) {
    std::vector<int64_t> order(3);
    RandomKey(5).with(i).permutation(order);
    ++counts[order];
  }
  ASSERT_EQ(counts.size(), 6U);
  double chi_squared = 0;
  for (const auto& [order, count] : counts) chi_squared += std::pow(count - kDraws / 6.0, 2) / (kDraws / 6.0);
  EXPECT_LT(chi_squared, 20.5);
}

}  // namespace
}  // namespace attune
