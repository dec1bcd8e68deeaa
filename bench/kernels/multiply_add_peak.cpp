// SPDX-License-Identifier: Apache-2.0
#include "multiply_add_peak.hpp"

#include <chrono>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "multiply_add_peak.cpp"
#include <hwy/foreach_target.h>
// clang-format off
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace attune::bench::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Sums that do not wait for one another: two units of a latency of 4 or 5 cycles are kept busy, and with the two
/// factors they fit the 16 registers of AVX2.
constexpr int kSums = 12;

/// Returns how many multiply-adds were done; `sink` keeps them from being left out.
int64_t multiply_adds_of(int64_t rounds, float* sink) {
  const hn::ScalableTag<float> d;
  const auto x = hn::Set(d, sink[0]), y = hn::Set(d, sink[1]);
  hn::Vec<decltype(d)> sums[kSums];
  for (auto& sum : sums) sum = x;
  for (int64_t i = 0; i < rounds; ++i) {
    for (auto& sum : sums) sum = hn::MulAdd(x, y, sum);
  }
  auto total = sums[0];
  for (int k = 1; k < kSums; ++k) total = hn::Add(total, sums[k]);
  sink[0] = hn::GetLane(hn::SumOfLanes(d, total));
  return rounds * kSums * static_cast<int64_t>(hn::Lanes(d));
}

}  // namespace attune::bench::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace attune::bench {

HWY_EXPORT(multiply_adds_of);

double multiply_add_peak(Executor& executor) {
  // 512 tasks of about 20 microseconds: as long as a row's call, since a processor's clock is higher for a moment.
  constexpr int64_t kTasks = 512, kRounds = 8192;
  const auto chosen = HWY_DYNAMIC_DISPATCH(multiply_adds_of);
  int64_t a_task = 0;
  const auto start = std::chrono::steady_clock::now();
  executor.run(kTasks, [&](int64_t task) {
    float sink[2] = {1, 0.5F};
    const int64_t done = chosen(kRounds, sink);
    if (task == 0) a_task = done;
  });
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return static_cast<double>(kTasks * a_task) / seconds;
}

}  // namespace attune::bench
#endif
