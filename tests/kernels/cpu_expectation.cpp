// SPDX-License-Identifier: Apache-2.0
#include "cpu_expectation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace attune::testing {
namespace {

constexpr double kRounding = 0x1p-24;

struct Worst {
  double error = 0;
  size_t index = 0;
};

Worst worst_error(const std::vector<float>& numbers, const std::vector<double>& exact) {
  Worst worst;
  for (size_t n = 0; n < exact.size(); ++n) {
    if (std::isinf(exact[n]) && numbers[n] == exact[n]) continue;
    const double error = std::abs(numbers[n] - exact[n]);
    if (!(error <= worst.error)) worst = {error, n};  // also for NaN
    if (std::isnan(error)) break;
  }
  return worst;
}

/// What a sum may be off by as it grows, whatever its addends: fused kernels add tile by tile, not one by one.
double growth(const std::vector<double>& exact) {
  double most = 0;
  for (const double number : exact) most = std::isfinite(number) ? std::max(most, std::abs(number)) : most;
  return 2 * kRounding * most;
}

void expect_close(const char* name, const std::vector<float>& fused, const std::vector<double>& exact,
                  const std::vector<float>& plain, double of_addends) {
  ASSERT_EQ(fused.size(), exact.size()) << name;
  ASSERT_EQ(plain.size(), exact.size()) << name;
  if (exact.empty()) return;
  const Worst of_fused = worst_error(fused, exact), of_plain = worst_error(plain, exact);
  EXPECT_LE(of_fused.error, 2 * of_plain.error + of_addends + growth(exact))
      << name << ", number " << of_fused.index << " of " << exact.size() << ": expected " << exact[of_fused.index]
      << ", found " << fused[of_fused.index] << "; the plain composition is off by " << of_plain.error;
}

double largest(const std::vector<float>& numbers) {
  return numbers.empty() ? 0 : *std::max_element(numbers.begin(), numbers.end());
}

}  // namespace

CpuExpectation::CpuExpectation(const CpuProblem& problem)
    : problem_(problem),
      exact_(run_attention(problem.exact)),
      exact_d_(run_exact_backward(problem)),
      plain_(plain_attention(problem)) {
  const double score = plain_.score_magnitude * (problem.u.empty() ? 2 * kRounding : 1e-6);
  int64_t most_keys = 1;
  for (int64_t b = 0; b < problem.in.sizes.B; ++b)
    most_keys = std::max(most_keys, problem.in.key_offsets[b + 1] - problem.in.key_offsets[b]);
  const double logarithm = 1 + std::log(static_cast<double>(most_keys));
  share_ = 2 * score + 4 * kRounding;
  log_sum_exp_ = score + 2 * kRounding * logarithm;
  entropy_ = share_ * logarithm;
}

void CpuExpectation::expect_forward(const CpuResult& fused) const {
  expect_close("context", fused.context.values(), exact_.context.values(), plain_.context,
               share_ * largest(plain_.context_magnitude));
  expect_close("log_sum_exp", fused.log_sum_exp.values(), exact_.log_sum_exp.values(), plain_.log_sum_exp,
               log_sum_exp_);
  expect_close("entropy", fused.entropy.values(), exact_.entropy.values(), plain_.entropy, entropy_);
}

void CpuExpectation::expect_backward(const CpuGradients& fused) const {
  expect_close("d_query", fused.query.values(), exact_d_.query.values(), plain_.d.query,
               share_ * largest(plain_.magnitude.query));
  expect_close("d_key", fused.key.values(), exact_d_.key.values(), plain_.d.key,
               share_ * largest(plain_.magnitude.key));
  expect_close("d_value", fused.value.values(), exact_d_.value.values(), plain_.d.value,
               share_ * largest(plain_.magnitude.value));
  if (problem_.u.empty()) return;
  expect_close("d_u", fused.u.values(), exact_d_.u.values(), plain_.d.u, share_ * largest(plain_.magnitude.u));
}

}  // namespace attune::testing
