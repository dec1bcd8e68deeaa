// SPDX-License-Identifier: Apache-2.0
// Which instructions run. ATTUNE_FORCE_ISA is heeded once in a process, so that each of its values needs one of its own
// (print_isa.cpp).
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <set>

#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "attune/kernels/cpu/isa.hpp"
#include "cpu_problem.hpp"

namespace attune::testing {
namespace {

/// Standard output and error of print_isa.
std::string printed_with(const std::string& environment) {
  const std::string command = environment + " '" ATTUNE_PRINT_ISA "' 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return "popen failed";
  std::string text;
  std::array<char, 256> part{};
  while (std::fgets(part.data(), part.size(), pipe) != nullptr) text += part.data();
  pclose(pipe);
  return text;
}

std::vector<float> contexts() {
  return run_cpu(CpuProblem({.shape = {.score = reference::Score::kAdditive,
                                       .D = 37,
                                       .Dv = 5,
                                       .query_lengths = {50},
                                       .key_lengths = {200}}}))
      .context.values();
}

TEST(CpuIsa, TheWidestComesFirstAndIsUsed) {
  const auto isas = cpu::supported_isas();
  ASSERT_FALSE(isas.empty());
  EXPECT_EQ(std::set<std::string>(isas.begin(), isas.end()).size(), isas.size());
  EXPECT_EQ(printed_with("env -u ATTUNE_FORCE_ISA"), isas.front() + " of " + ::testing::PrintToString(isas) + "\n");
}

TEST(CpuIsa, ForcedInsideTheProcess) {
  std::vector<std::vector<float>> results;
  for_each_isa([&] { results.push_back(contexts()); });
  const auto isas = cpu::supported_isas();
  ASSERT_EQ(results.size(), isas.size());
  // Other lanes, panels and approximations: the last bits tell that other code ran.
  for (size_t a = 0; a < results.size(); ++a) {
    for (size_t b = 0; b < a; ++b) EXPECT_NE(results[a], results[b]) << isas[a] << ", " << isas[b];
  }
  const std::string before = cpu::isa();
  for (const std::string& name : isas) {
    cpu::force_isa(name);
    EXPECT_EQ(cpu::isa(), name);
    EXPECT_EQ(cpu::supported_isas(), isas);  // not only the forced one
  }
  cpu::force_isa(before);
}

TEST(CpuIsa, ForcedByTheEnvironment) {
  const auto isas = cpu::supported_isas();
  ASSERT_FALSE(isas.empty());
  for (const std::string& name : isas)
    EXPECT_EQ(printed_with("ATTUNE_FORCE_ISA=" + name), name + " of " + ::testing::PrintToString(isas) + "\n");
}

TEST(CpuIsa, UnknownNames) {
  const std::string expected =
      ": expected one of " + listed(cpu::supported_isas(), "or") + ", which this processor has; found ";
  for (const std::string name : {"avx1024", "AVX2", "avx2 "}) {
    const std::string before = cpu::isa();
    try {
      cpu::force_isa(name);
      ADD_FAILURE() << "\"" << name << "\" was taken";
    } catch (const UsageError& error) {
      EXPECT_EQ(error.what(), "force_isa" + expected + "\"" + name + "\"");
    }
    EXPECT_EQ(cpu::isa(), before);
    // Asked twice: it is refused each time.
    const std::string refusal = "ATTUNE_FORCE_ISA" + expected + "\"" + name + "\"\n";
    EXPECT_EQ(printed_with("ATTUNE_FORCE_ISA='" + name + "'"), refusal + refusal);
  }
  EXPECT_EQ(printed_with("ATTUNE_FORCE_ISA="), printed_with("")) << "empty is not set";
}

}  // namespace
}  // namespace attune::testing
