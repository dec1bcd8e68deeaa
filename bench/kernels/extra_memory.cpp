// SPDX-License-Identifier: Apache-2.0
#include "extra_memory.hpp"

#include <malloc.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "attune/core/error.hpp"

namespace attune::bench {
namespace {

/// A line of /proc/self/status that is given in kB, such as "VmRSS:"; in bytes.
int64_t status(const std::string& name) {
  std::ifstream file("/proc/self/status");
  for (std::string word; file >> word;) {
    int64_t kilobytes = 0;
    if (word == name && file >> kilobytes) return kilobytes * 1024;
  }
  throw IoError("/proc/self/status: expected a line " + name + " N kB, found none");
}

void reset_peak() {
  constexpr char kPeak[] = "5";  // proc(5): sets the peak of resident memory to what is resident now
  std::ofstream file("/proc/self/clear_refs");
  file << kPeak << std::flush;
  if (!file) throw IoError("/proc/self/clear_refs: cannot be written, so the peak of memory cannot be measured");
}

}  // namespace

int64_t extra_memory(const std::function<void()>& work) {
  malloc_trim(0);
  reset_peak();
  const int64_t before = status("VmRSS:");
  work();
  return std::max<int64_t>(0, status("VmHWM:") - before);  // the kernel counts in steps of some pages
}

}  // namespace attune::bench
