// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/resource.h>

namespace attune::testing {

/// Of this process, since it began.
inline long peak_kibibytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

}  // namespace attune::testing
