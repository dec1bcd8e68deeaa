// SPDX-License-Identifier: Apache-2.0
// NaN in gives NaN out where it is touched, and not one other bit anywhere else.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "cpu_problem.hpp"

namespace attune::testing {
namespace {

using reference::Score;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr int64_t kH = 2, kD = 6, kDv = 5;

/// Three rows; the second, which NaN comes to, has several tiles of queries and of keys.
CpuCase three_rows(Score score, MaskKind mask, int64_t queries) {
  return {.shape = {.score = score,
                    .H = kH,
                    .Hkv = kH,
                    .D = kD,
                    .Dv = kDv,
                    .query_lengths = {5, queries, 4},
                    .key_lengths = {7, 300, 9},
                    .mask = mask},
          .amplitude = 45};  // in the range where neighbours decide on the path of additive scores
}

bool may_attend(const CpuProblem& p, int64_t b, int64_t h, int64_t i, int64_t j) {
  const int64_t Tq = p.in.query_offsets[b + 1] - p.in.query_offsets[b];
  const int64_t Tk = p.in.key_offsets[b + 1] - p.in.key_offsets[b];
  if (p.in.causal && j > i + Tk - Tq) return false;
  return p.exact.in.mask == nullptr || p.exact.in.mask[pair_index(p.exact.in, kH, b, h, i, j)] != 0;
}

bool attends(const CpuProblem& p, int64_t b, int64_t h, int64_t i) {
  const int64_t Tk = p.in.key_offsets[b + 1] - p.in.key_offsets[b];
  for (int64_t j = 0; j < Tk; ++j) {
    if (may_attend(p, b, h, i, j)) return true;
  }
  return false;
}

using Touches = std::function<bool(int64_t b, int64_t h, int64_t i)>;

/// @param touches whether the query's results must be NaN; the others' bits are those of `clean`. Returns how many.
int64_t expect_nan_where(const CpuProblem& p, const CpuResult& clean, const Touches& touches) {
  CpuResult result = run_cpu(p), expected = clean;
  int64_t touched = 0;
  for (int64_t b = 0; b < p.in.sizes.B; ++b) {
    for (int64_t i = 0; i < p.in.query_offsets[b + 1] - p.in.query_offsets[b]; ++i) {
      for (int64_t h = 0; h < kH; ++h) {
        const bool is_nan = touches(b, h, i);
        touched += is_nan;
        const auto check = [&](float found, float before, const char* name) {
          if (is_nan) {
            EXPECT_TRUE(std::isnan(found)) << name << " of row " << b << ", head " << h << ", query " << i;
          } else {
            EXPECT_EQ(std::bit_cast<uint32_t>(found), std::bit_cast<uint32_t>(before))
                << name << " of row " << b << ", head " << h << ", query " << i << ": " << found << ", " << before;
          }
        };
        for (int64_t c = 0; c < kDv; ++c)
          check(result.context.at(b, i, h, c), expected.context.at(b, i, h, c), "context");
        check(result.log_sum_exp.at(b, i, h, 0), expected.log_sum_exp.at(b, i, h, 0), "log_sum_exp");
        check(result.entropy.at(b, i, h, 0), expected.entropy.at(b, i, h, 0), "entropy");
      }
    }
  }
  return touched;
}

class CpuNaN : public ::testing::TestWithParam<std::tuple<Score, MaskKind, int64_t>> {
 protected:
  CpuNaN() : p(three_rows(std::get<0>(GetParam()), std::get<1>(GetParam()), std::get<2>(GetParam()))) {}
  int64_t queries() const { return std::get<2>(GetParam()); }

  CpuProblem p;
};

std::string name_of_parameters(const ::testing::TestParamInfo<CpuNaN::ParamType>& info) {
  return name_of(std::get<0>(info.param)) + name_of(std::get<1>(info.param)) + std::to_string(std::get<2>(info.param)) +
         "Queries";
}

INSTANTIATE_TEST_SUITE_P(All, CpuNaN,
                         ::testing::Combine(::testing::Values(Score::kAdditive, Score::kDot),
                                            ::testing::ValuesIn(kMasks), ::testing::Values(3, 110)),
                         name_of_parameters);

TEST_P(CpuNaN, InAQueryTouchesThatQuery) {
  for_each_isa([&] {
    const CpuResult clean = run_cpu(p);
    int64_t touched = 0;
    for (const int64_t i : {int64_t{1}, queries() / 2, queries() - 1}) {
      float& number = p.query.at(1, i, 1, i % kD);
      const float kept = std::exchange(number, kNaN);
      touched += expect_nan_where(p, clean, [&](int64_t b, int64_t h, int64_t at) {
        return b == 1 && h == 1 && at == i && attends(p, b, h, i);
      });
      number = kept;
    }
    EXPECT_EQ(touched, 3);
  });
}

TEST_P(CpuNaN, InAKeyTouchesTheQueriesThatMayAttendToIt) {
  for_each_isa([&] {
    const CpuResult clean = run_cpu(p);
    int64_t touched = 0;
    for (const int64_t j : {0, 3, 129, 130, 131, 298, 299}) {
      float& number = p.key.at(1, j, 0, j % kD);
      const float kept = std::exchange(number, kNaN);
      touched += expect_nan_where(
          p, clean, [&](int64_t b, int64_t h, int64_t i) { return b == 1 && h == 0 && may_attend(p, b, h, i, j); });
      number = kept;
    }
    EXPECT_GT(touched, 0);
  });
}

TEST(CpuNaNInU, TouchesItsHead) {
  for (const int64_t queries : {3, 110}) {
    CpuProblem p(three_rows(Score::kAdditive, MaskKind::kEmptyQuery, queries));
    for_each_isa([&] {
      const CpuResult clean = run_cpu(p);
      const float kept = std::exchange(p.u[kD + 2], kNaN);
      const auto touches = [&](int64_t b, int64_t h, int64_t i) { return h == 1 && attends(p, b, h, i); };
      EXPECT_EQ(expect_nan_where(p, clean, touches), 5 + queries + 4 - 1);
      p.u[kD + 2] = kept;
    });
  }
}

/// As the header says, a value is multiplied with the weight 0 of those who may not attend: only other rows and heads,
/// and without a mask all others, are free of it. A column is free of the others.
TEST_P(CpuNaN, InAValueTouchesOneColumnOfOneHead) {
  for_each_isa([&] {
    const CpuResult clean = run_cpu(p);
    p.value.at(1, 290, 1, 3) = kNaN;
    CpuResult result = run_cpu(p), expected = clean;
    int64_t compared = 0;
    for (int64_t b = 0; b < 3; ++b) {
      for (int64_t i = 0; i < p.in.query_offsets[b + 1] - p.in.query_offsets[b]; ++i) {
        for (int64_t h = 0; h < kH; ++h) {
          for (int64_t c = 0; c < kDv; ++c) {
            const float found = result.context.at(b, i, h, c);
            if (b == 1 && h == 1 && c == 3) {
              EXPECT_TRUE(std::isnan(found) || !may_attend(p, b, h, i, 290)) << i;
            } else {
              ASSERT_EQ(found, expected.context.at(b, i, h, c)) << b << " " << i << " " << h << " " << c;
              ++compared;
            }
          }
        }
      }
    }
    EXPECT_EQ(result.log_sum_exp.values(), clean.log_sum_exp.values());
    EXPECT_EQ(result.entropy.values(), clean.entropy.values());
    EXPECT_GT(compared, 0);
    p.copy_numbers();
  });
}

/// Of a row and head that NaN comes to nothing is promised but that what must be NaN is; the others do not change.
TEST_P(CpuNaN, InTheBackwardPassStaysInItsRowAndHead) {
  for_each_isa([&] {
    const CpuResult forward = run_cpu(p);
    const CpuGradients clean = run_cpu_backward(p, forward);
    float& number = p.d_context.at(1, queries() - 1, 0, 2);
    const float kept = std::exchange(number, kNaN);
    CpuGradients result = run_cpu_backward(p, forward), expected = clean;
    const auto compare = [&](CpuArray& found, CpuArray& before, const std::vector<int64_t>& offsets, int64_t width) {
      int64_t nans = 0;
      for (int64_t b = 0; b < 3; ++b) {
        for (int64_t i = 0; i < offsets[b + 1] - offsets[b]; ++i) {
          for (int64_t h = 0; h < kH; ++h) {
            for (int64_t w = 0; w < width; ++w) {
              if (b == 1 && h == 0) {
                nans += std::isnan(found.at(b, i, h, w));
              } else {
                ASSERT_EQ(found.at(b, i, h, w), before.at(b, i, h, w)) << b << " " << i << " " << h << " " << w;
              }
            }
          }
        }
      }
      EXPECT_GT(nans, 0);
    };
    compare(result.query, expected.query, p.exact.query_offsets, kD);
    compare(result.key, expected.key, p.exact.key_offsets, kD);
    compare(result.value, expected.value, p.exact.key_offsets, kDv);
    for (int64_t f = 0; f < kD && !p.u.empty(); ++f) {
      EXPECT_TRUE(std::isnan(result.u.at(0, 0, f)));
      EXPECT_EQ(result.u.at(1, 0, f), clean.u.at(1, 0, f));
    }
    number = kept;
  });
}

}  // namespace
}  // namespace attune::testing
