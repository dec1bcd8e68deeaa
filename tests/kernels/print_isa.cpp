// SPDX-License-Identifier: Apache-2.0
// Which instructions the kernels use in a fresh process, for cpu_isa_test.cpp.
#include <gtest/gtest.h>

#include <cstdio>

#include "attune/core/error.hpp"
#include "attune/kernels/cpu/attention.hpp"
#include "attune/kernels/cpu/isa.hpp"

int main() {
  const int64_t offsets[] = {0, 1};
  const float one = 1;
  float context = 0;
  try {
    attune::cpu::attention({.sizes = {.B = 1},
                            .query = {&one},
                            .key = {&one},
                            .value = {&one},
                            .query_offsets = offsets,
                            .key_offsets = offsets},
                           {.context = {&context}});
  } catch (const attune::UsageError& error) {
    std::puts(error.what());
  }
  try {
    const std::string used = attune::cpu::isa();
    std::printf("%s of %s\n", used.c_str(), ::testing::PrintToString(attune::cpu::supported_isas()).c_str());
  } catch (const attune::UsageError& error) {
    std::puts(error.what());
  }
}
