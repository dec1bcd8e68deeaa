// SPDX-License-Identifier: Apache-2.0
#include "dropout_groups.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "attune/core/error.hpp"
#include "attune/core/random.hpp"
#include "philox.hpp"

namespace attune {
namespace {

/// The definition, element by element, over the plain philox().
float expected_element(uint64_t state, uint64_t element, uint32_t threshold, float scale) {
  const uint64_t block = element / 128 * 16 + element % 16;
  const auto half = static_cast<uint32_t>(element % 128 / 16);
  const auto words = philox({low_word(block), high_word(block), static_cast<uint32_t>(Stream::kDropout), 0},
                            {low_word(state), high_word(state)});
  const uint32_t draw = (words[half / 2] >> (half % 2 == 0 ? 0 : 16)) & 0xffff;
  return draw < threshold ? scale : 0;
}

std::vector<float> drawn(const RandomKey& key, uint64_t first, size_t count, double keep, float scale) {
  std::vector<float> out(count, -1);
  key.fill_dropout(out, first, keep, scale);
  return out;
}

TEST(Dropout, IsItsDefinitionAtEveryStartAndLength) {
  const RandomKey key = RandomKey(1).with("site");
  for (const uint64_t first : {0UL, 1UL, 15UL, 16UL, 127UL, 128UL, 129UL, 1000UL, (1UL << 36) - 70, 1UL << 40}) {
    for (const size_t count : {0, 1, 16, 127, 128, 129, 300}) {
      const auto found = drawn(key, first, count, 0.75, 2.5F);
      for (size_t i = 0; i < count; ++i) {
        ASSERT_EQ(found[i], expected_element(key.state(), first + i, 49152, 2.5F)) << first << " + " << i;
      }
    }
  }
}

TEST(Dropout, EveryInstructionSetGivesTheSameBits) {
  std::vector<FillGroups> versions = {fill_groups_baseline};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) versions.push_back(fill_groups_avx2);
  if (__builtin_cpu_supports("avx512f")) versions.push_back(fill_groups_avx512);
#endif
  constexpr size_t kGroups = 3;
  const Dropout dropout{0x0123456789abcdefU, 30000, 1.5F};
  const uint64_t first = (uint64_t{1} << 28) - 1;  // the block number's upper word changes on the way
  for (const auto fill : versions) {
    std::vector<float> out(kGroups * kElementsOfGroup + 1, -7);
    fill(dropout, first, kGroups, out.data());
    for (size_t i = 0; i + 1 < out.size(); ++i) {
      ASSERT_EQ(out[i], expected_element(dropout.state, first * kElementsOfGroup + i, 30000, 1.5F)) << i;
    }
    EXPECT_EQ(out.back(), -7) << "wrote past the end";
  }
}

TEST(Dropout, WritesInsideItsSpanOnly) {
  std::vector<float> out(400, -7);
  RandomKey(2).fill_dropout(std::span(out).subspan(1, 301), 77, 0.5, 1);
  EXPECT_EQ(out[0], -7);
  EXPECT_EQ(out[302], -7);
  EXPECT_THAT(std::vector<float>(out.begin() + 1, out.begin() + 302), ::testing::Each(::testing::AnyOf(0.0F, 1.0F)));
}

TEST(Dropout, KeepsTheShareAskedFor) {
  constexpr size_t kCount = 200'000;
  for (const double keep : {0.1, 0.5, 0.9}) {
    double kept = 0;
    for (const float x : drawn(RandomKey(3).with("share"), 0, kCount, keep, 1)) kept += x;
    EXPECT_NEAR(kept / kCount, keep, 5 * std::sqrt(keep * (1 - keep) / kCount) + 1.0 / 65536) << keep;
  }
}

TEST(Dropout, AtTheEdgesOfKeep) {
  EXPECT_THAT(drawn(RandomKey(3), 0, 100'000, 1, 4), ::testing::Each(4.0F));
  EXPECT_THAT(drawn(RandomKey(3), 0, 1'000'000, 1e-12, 4), ::testing::Contains(4.0F)) << "1 / 65536 at least";
}

TEST(Dropout, RefusesWhatIsNoShare) {
  std::vector<float> out(4);
  for (const double keep : {0.0, -0.5, 1.5, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THROW(RandomKey(3).fill_dropout(out, 0, keep, 1), UsageError) << keep;
  }
}

}  // namespace
}  // namespace attune
