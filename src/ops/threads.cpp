// SPDX-License-Identifier: Apache-2.0
#include "attune/ops/threads.hpp"

#include <ATen/Context.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <thread>

namespace attune {

std::unique_ptr<Executor> make_executor(int threads) {
  if (threads == 0) threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  return std::make_unique<Executor>(threads, [] {
    at::set_num_threads(1);
    at::globalContext().setFlushDenormal(true);
  });
}

}  // namespace attune
