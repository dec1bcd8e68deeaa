// SPDX-License-Identifier: Apache-2.0
// Fused contexts and statistics against the reference, on every instruction set.
#include <gtest/gtest.h>

#include "cpu_cases.hpp"
#include "cpu_expectation.hpp"

namespace attune::testing {
namespace {

class CpuForward : public ::testing::TestWithParam<CpuCaseGroup> {};

INSTANTIATE_TEST_SUITE_P(Cases, CpuForward, ::testing::ValuesIn(cpu_cases()), CpuCaseName());

void expect_exact(const CpuCase& c) {
  const CpuProblem problem(c);
  ASSERT_GT(problem.exact.Nq, 0);
  const CpuExpectation expectation(problem);
  for_each_isa([&] { expectation.expect_forward(run_cpu(problem)); });
}

TEST_P(CpuForward, IsAsExactAsThePlainComposition) {
  for (const CpuCase& c : GetParam().cases) {
    SCOPED_TRACE(name_of(c));
    expect_exact(c);
  }
}

}  // namespace
}  // namespace attune::testing
