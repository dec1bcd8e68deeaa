// SPDX-License-Identifier: Apache-2.0
#include "attune/ops/threads.hpp"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <set>
#include <thread>

namespace attune::testing {
namespace {

TEST(Threads, LibTorchIsSingleThreadedInEveryOne) {
  at::set_num_threads(2);
  const auto executor = make_executor(3);
  EXPECT_EQ(executor->threads(), 3);
  EXPECT_EQ(at::get_num_threads(), 1);  // the calling thread

  std::mutex mutex;
  std::condition_variable all_here;
  std::set<std::thread::id> threads;
  executor->run(3, [&](int64_t) {
    EXPECT_EQ(at::get_num_threads(), 1);
    volatile float smallest = std::numeric_limits<float>::min();
    EXPECT_EQ(smallest / 2, 0.0F);  // denormal, so flushed
    std::unique_lock lock(mutex);
    threads.insert(std::this_thread::get_id());
    all_here.notify_all();
    all_here.wait(lock, [&] { return threads.size() == 3; });  // so that each thread has a task
  });
  EXPECT_EQ(threads.size(), 3u);
}

TEST(Threads, ZeroIsAsManyAsTheProcessorHas) {
  EXPECT_EQ(make_executor(0)->threads(), std::max(1, static_cast<int>(std::thread::hardware_concurrency())));
}

}  // namespace
}  // namespace attune::testing
