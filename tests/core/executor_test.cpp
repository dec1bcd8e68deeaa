// SPDX-License-Identifier: Apache-2.0
#include "attune/core/executor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include "attune/core/error.hpp"

namespace attune {
namespace {

class ExecutorWithThreads : public ::testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Threads, ExecutorWithThreads, ::testing::Values(1, 2, 5));

TEST_P(ExecutorWithThreads, RunsEachTaskOnce) {
  Executor executor(GetParam());
  EXPECT_EQ(executor.threads(), GetParam());
  for (const int64_t count : {0, 1, 2, 3, 1000}) {
    std::vector<int> runs(static_cast<size_t>(count), 0);
    executor.run(count, [&](int64_t i) { ++runs[static_cast<size_t>(i)]; });
    EXPECT_THAT(runs, ::testing::Each(1)) << count;
  }
}

TEST_P(ExecutorWithThreads, ManySmallRunsLoseNothing) {
  Executor executor(GetParam());
  constexpr int kRuns = 5000;
  int64_t sum = 0;
  for (int run = 0; run < kRuns; ++run) {
    int64_t parts[3] = {0, 0, 0};
    executor.run(3, [&](int64_t i) { parts[i] = i + run; });
    sum += parts[0] + parts[1] + parts[2];
  }
  EXPECT_EQ(sum, int64_t{3} * kRuns + int64_t{3} * kRuns * (kRuns - 1) / 2);
}

TEST_P(ExecutorWithThreads, RethrowsTheLowestTaskAndFinishesTheOthers) {
  Executor executor(GetParam());
  for (int round = 0; round < 50; ++round) {
    std::atomic<int> finished{0};
    try {
      executor.run(20, [&](int64_t i) {
        if (i % 7 == 3) throw std::runtime_error("task " + std::to_string(i));
        ++finished;
      });
      FAIL() << "nothing was thrown";
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "task 3");
    }
    EXPECT_EQ(finished, 17);
  }
  int after = 0;
  executor.run(1, [&](int64_t) { ++after; });
  EXPECT_EQ(after, 1) << "usable after an exception";
}

TEST_P(ExecutorWithThreads, NestedRunStaysInItsThread) {
  Executor executor(GetParam());
  Executor other(2);
  std::atomic<int> inner{0};
  executor.run(8, [&](int64_t) {
    const auto here = std::this_thread::get_id();
    for (auto* nested : {&executor, &other}) {
      nested->run(4, [&](int64_t) {
        EXPECT_EQ(std::this_thread::get_id(), here);
        ++inner;
      });
    }
  });
  EXPECT_EQ(inner, 64);
}

TEST_P(ExecutorWithThreads, CallersFromSeveralThreadsTakeTurns) {
  Executor executor(GetParam());
  std::atomic<int64_t> sum{0};
  std::vector<std::thread> callers;
  for (int c = 0; c < 4; ++c) {
    callers.emplace_back([&] {
      for (int run = 0; run < 200; ++run) executor.run(5, [&](int64_t i) { sum += i; });
    });
  }
  for (auto& caller : callers) caller.join();
  EXPECT_EQ(sum, 4 * 200 * 10);
}

TEST_P(ExecutorWithThreads, StartsEachThreadOnce) {
  std::mutex mutex;
  std::vector<std::thread::id> started;
  const Executor executor(GetParam(), [&] {
    const std::lock_guard lock(mutex);
    started.push_back(std::this_thread::get_id());
  });
  const std::set<std::thread::id> distinct(started.begin(), started.end());
  EXPECT_EQ(started.size(), static_cast<size_t>(GetParam()));
  EXPECT_EQ(distinct.size(), started.size());
  EXPECT_TRUE(distinct.contains(std::this_thread::get_id()));
}

TEST(Executor, WorkersTakePart) {
  Executor executor(2);
  // Each task waits for the other: only two threads can finish both.
  std::atomic<int> arrived{0};
  executor.run(2, [&](int64_t) {
    ++arrived;
    while (arrived < 2) std::this_thread::yield();
  });
  EXPECT_EQ(arrived, 2);
}

TEST(Executor, SleepsAndWakesBetweenRuns) {
  Executor executor(3);
  std::atomic<int> done{0};
  for (int run = 0; run < 5; ++run) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));  // longer than any spinning
    executor.run(6, [&](int64_t) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      ++done;
    });
  }
  EXPECT_EQ(done, 30);
}

TEST(Executor, FailingStartIsThrownByTheConstructor) {
  std::atomic<int> calls{0};
  const auto fail_in_second = [&] {
    if (++calls == 2) throw std::runtime_error("no such library");
  };
  EXPECT_THROW(Executor(3, fail_in_second), std::runtime_error);
}

TEST(Executor, NeedsAThread) {
  EXPECT_THROW(Executor(0), UsageError);
  EXPECT_THROW(Executor(-1), UsageError);
}

}  // namespace
}  // namespace attune
