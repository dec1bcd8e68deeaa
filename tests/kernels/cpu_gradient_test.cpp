// SPDX-License-Identifier: Apache-2.0
// Fused gradients against the reference and against central differences of it, on every instruction set.
#include <gtest/gtest.h>

#include <numeric>

#include "central_differences.hpp"
#include "cpu_cases.hpp"
#include "cpu_expectation.hpp"

namespace attune::testing {
namespace {

class CpuGradient : public ::testing::TestWithParam<CpuCaseGroup> {};

INSTANTIATE_TEST_SUITE_P(Cases, CpuGradient, ::testing::ValuesIn(cpu_cases()), CpuCaseName());

void expect_exact(const CpuCase& c) {
  const CpuProblem problem(c);
  ASSERT_GT(problem.exact.Nq, 0);
  const CpuExpectation expectation(problem);
  for_each_isa([&] { expectation.expect_backward(run_cpu_backward(problem, run_cpu(problem))); });
}

TEST_P(CpuGradient, AreAsExactAsThePlainComposition) {
  for (const CpuCase& c : GetParam().cases) {
    SCOPED_TRACE(name_of(c));
    expect_exact(c);
  }
}

std::vector<double> in_double(const std::vector<float>& numbers) { return {numbers.begin(), numbers.end()}; }

/// Independent of the reference's closed forms: only its forward pass is used.
TEST(CpuGradientByCentralDifferences, OfSmallCases) {
  constexpr double kInFloat = 1e-5;  // of the greatest gradient
  for (const reference::Score score : kScores) {
    if (score == reference::Score::kMultiplicative) continue;  // composed of dot and a projection
    for (const MaskKind mask : kMasks) {
      SCOPED_TRACE(name_of(score) + name_of(mask));
      CpuProblem p({.shape = {.score = score,
                              .H = 2,
                              .Hkv = 1,
                              .D = 3,
                              .Dv = 2,
                              .query_lengths = {5, 0, 2, 3},
                              .key_lengths = {6, 3, 0, 2},
                              .mask = mask},
                    .dropout = mask == MaskKind::kBoolean ? 0.25 : 0});
      const CpuGradients d = run_cpu_backward(p, run_cpu(p));
      const auto direction = p.d_context.values();
      const auto loss = [&] {
        const auto context = run_attention(p.exact).context.values();
        return std::inner_product(context.begin(), context.end(), direction.begin(), 0.0);
      };
      expect_central_differences("query", in_double(d.query.values()), p.exact.query.places(), loss, kInFloat);
      expect_central_differences("key", in_double(d.key.values()), p.exact.key.places(), loss, kInFloat);
      expect_central_differences("value", in_double(d.value.values()), p.exact.value.places(), loss, kInFloat);
      if (p.u.empty()) continue;
      expect_central_differences("u", in_double(d.u.values()), p.exact.u.places(), loss, kInFloat);
    }
  }
}

}  // namespace
}  // namespace attune::testing
