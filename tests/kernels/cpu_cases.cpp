// SPDX-License-Identifier: Apache-2.0
#include "cpu_cases.hpp"

#include <algorithm>

namespace attune::testing {
namespace {

using reference::Score;

constexpr int64_t kWidths[] = {1, 3, 8, 40, 59, 64, 96, 128};
constexpr int64_t kLengths[] = {1, 2, 3, 4, 5, 17, 97, 128, 257};
constexpr Layout kLayouts[] = {Layout::kContiguous, Layout::kGapped, Layout::kHeadsFirst};
constexpr Form kForms[] = {Form::kPacked, Form::kDenseTokens, Form::kDenseHeads};
struct Heads {
  int64_t H, Hkv;
};
constexpr Heads kHeads[] = {{1, 1}, {4, 4}, {4, 2}};

/// Two rows of different lengths, and more keys than queries in the first; one head only where that is already slow.
/// n = 0 .. 71 meets every width with every length once.
CpuCase turned(size_t n, bool additive) {
  const int64_t D = kWidths[n % 8], T = kLengths[n % 9];
  const bool large = D * T * T > 300'000;
  const Heads heads = large ? kHeads[0] : kHeads[n / 9 % 3];
  return {.shape = {.score = additive    ? Score::kAdditive
                             : n % 5 < 2 ? Score::kDot
                                         : Score::kScaledDot,
                    .H = heads.H,
                    .Hkv = heads.Hkv,
                    .D = D,
                    .Dv = kWidths[n / 3 % 8],
                    .query_lengths = {large ? T / 2 : T, T / 3 + 1},
                    .key_lengths = {n % 7 < 3 ? T : T + 1, T / 2 + 1},
                    .mask = kMasks[(n + n / 8) % 4],
                    .layout = kLayouts[n / 2 % 3]},
          .form = kForms[n / 4 % 3],
          .transposed_mask = n % 5 == 0,
          .seed = 100 + n};
}

std::vector<CpuCaseGroup> all_cases() {
  std::vector<CpuCaseGroup> groups;
  for (const bool additive : {true, false}) {
    for (size_t width = 0; width < 8; ++width) {
      auto& group = groups.emplace_back();
      group.name = (additive ? "Additive_D" : "Products_D") + std::to_string(kWidths[width]);
      for (size_t n = width; n < 72; n += 8) group.cases.push_back(turned(n, additive));
    }
  }
  for (const Score score : {Score::kAdditive, Score::kScaledDot}) {
    const auto add = [&](const std::string& name, CpuCase c) {
      c.shape.score = score;
      groups.push_back({name_of(score) + "_" + name, {c}});
    };
    add("RaggedRowsWithEmptyOnes", {.shape = {.H = 4,
                                              .Hkv = 2,
                                              .D = 5,
                                              .Dv = 7,
                                              .query_lengths = {3, 0, 30, 2, 0, 1, 13},
                                              .key_lengths = {4, 2, 33, 0, 0, 70, 5},
                                              .mask = MaskKind::kCausal,
                                              .layout = Layout::kGapped}});
    add("PooledRows", {.shape = {.H = 2,
                                 .Hkv = 2,
                                 .D = 16,
                                 .Dv = 16,
                                 .query_lengths = {1, 1, 1, 1},
                                 .key_lengths = {25, 1, 40, 300},
                                 .mask = MaskKind::kBoolean}});
    // More keys than a block of the backward pass has: their queries' gradients are joined.
    add("BackwardInBlocks", {.shape = {.H = 2,
                                       .Hkv = 1,
                                       .D = 4,
                                       .Dv = 3,
                                       .query_lengths = {30, 2},
                                       .key_lengths = {1100, 1300},
                                       .layout = Layout::kGapped},
                             .form = Form::kDenseTokens});
    add("BackwardInBlocksCausal", {.shape = {.D = 3,
                                             .Dv = 5,
                                             .query_lengths = {1040},
                                             .key_lengths = {1100},
                                             .mask = MaskKind::kCausal,
                                             .layout = Layout::kHeadsFirst}});
    add("MoreQueriesThanKeysCausal",
        {.shape = {.D = 8, .Dv = 8, .query_lengths = {120}, .key_lengths = {20}, .mask = MaskKind::kCausal},
         .form = Form::kDenseHeads});
    add("Dropout", {.shape = {.H = 4,
                              .Hkv = 2,
                              .D = 8,
                              .Dv = 9,
                              .query_lengths = {30, 5},
                              .key_lengths = {140, 9},
                              .mask = MaskKind::kBoolean},
                    .dropout = 0.3});
    add("LargeScores",
        {.shape = {.H = 2, .Hkv = 2, .D = 24, .Dv = 8, .query_lengths = {40}, .key_lengths = {60}}, .amplitude = 12});
  }
  return groups;
}

}  // namespace

std::string name_of(const CpuCase& c) {
  const auto& s = c.shape;
  return name_of(s.score) + ", D " + std::to_string(s.D) + ", Dv " + std::to_string(s.Dv) + ", Tq " +
         std::to_string(s.query_lengths.at(0)) + ", Tk " + std::to_string(s.key_lengths.at(0)) + ", " +
         std::to_string(s.H) + " over " + std::to_string(s.Hkv) + " heads, " + name_of(s.mask) + ", form " +
         std::to_string(static_cast<int>(c.form)) + ", layout " + std::to_string(static_cast<int>(s.layout)) +
         ", seed " + std::to_string(c.seed);
}

const std::vector<CpuCaseGroup>& cpu_cases() {
  static const auto groups = all_cases();
  return groups;
}

}  // namespace attune::testing
