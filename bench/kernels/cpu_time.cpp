// SPDX-License-Identifier: Apache-2.0
#include "cpu_time.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <thread>

namespace attune::bench {
namespace {

/// Seconds in which any processor was at work: user, nice, system, irq, softirq and steal of the first line of
/// /proc/stat (proc(5)); idle and iowait are the fourth and fifth number.
double machine_seconds() {
  std::ifstream file("/proc/stat");
  std::string word;
  file >> word;
  double ticks = 0, number = 0;
  for (int column = 0; column < 8 && file >> number; ++column) {
    if (column != 3 && column != 4) ticks += number;
  }
  return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double own_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

OthersWatch::OthersWatch()
    : start_(std::chrono::steady_clock::now()), machine_(machine_seconds()), own_(own_seconds()) {}

double OthersWatch::share() const {
  const double elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  const double others = (machine_seconds() - machine_) - (own_seconds() - own_);
  const double processors = std::max(1U, std::thread::hardware_concurrency());
  return std::clamp(others / (elapsed * processors), 0.0, 1.0);
}

}  // namespace attune::bench
