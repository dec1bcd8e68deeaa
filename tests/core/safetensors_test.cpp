// SPDX-License-Identifier: Apache-2.0
//
// Our container against the safetensors library itself. The interpreter is ATTUNE_TEST_PYTHON, else python3.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "attune/core/tensor_container.hpp"
#include "support/temporary_folder.hpp"

namespace attune {
namespace {

using testing::TemporaryFolder;

struct Outcome {
  int exit_code = -1;
  std::string output;
};

Outcome run_script(const std::string& mode, const std::filesystem::path& path) {
  const char* python = std::getenv("ATTUNE_TEST_PYTHON");
  const std::string command = std::string("'") + (python != nullptr ? python : "python3") +
                              "' '" ATTUNE_SAFETENSORS_SCRIPT "' " + mode + " '" + path.string() + "'";
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return {};
  Outcome outcome;
  char buffer[4096];
  while (const size_t size = std::fread(buffer, 1, sizeof buffer, pipe)) outcome.output.append(buffer, size);
  const int status = ::pclose(pipe);
  outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return outcome;
}

/// 77: the script found no package; 127: the shell found no interpreter.
bool is_missing(const Outcome& outcome) { return outcome.exit_code == 77 || outcome.exit_code == 127; }

constexpr const char* kSkipped = "needs a Python with the packages safetensors and numpy (ATTUNE_TEST_PYTHON)";

TEST(Safetensors, TheLibraryReadsWhatWeWrite) {
  const TemporaryFolder folder;
  const float floats[] = {1, -2};
  const std::string float_bytes(reinterpret_cast<const char*>(floats), sizeof floats);
  const std::vector<TensorView> tensors = {{"a", ElementType::kUInt8, {1, 3}, "xyz"},
                                           {"b", ElementType::kFloat32, {2}, float_bytes},
                                           {"c", ElementType::kInt64, {}, std::string_view("\1\0\0\0\0\0\0\0", 8)},
                                           {"d", ElementType::kFloat64, {0, 4}, ""},
                                           {"e", ElementType::kInt32, {1}, std::string_view("\0\0\0\x80", 4)}};
  TensorContainer::write(folder.path() / "x", tensors, {{"title", "Größe \"1\""}});
  const auto outcome = run_script("read", folder.path() / "x");
  if (is_missing(outcome)) GTEST_SKIP() << kSkipped;
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.output,
            "a uint8 [1, 3] 78797a\nb float32 [2] 0000803f000000c0\nc int64 [] 0100000000000000\n"
            "d float64 [0, 4] \ne int32 [1] 00000080\ntitle Größe \"1\"\n");
}

TEST(Safetensors, WeReadWhatTheLibraryWrites) {
  const TemporaryFolder folder;
  const auto outcome = run_script("write", folder.path() / "x");
  if (is_missing(outcome)) GTEST_SKIP() << kSkipped;
  ASSERT_EQ(outcome.exit_code, 0);
  const auto container = TensorContainer::open(folder.path() / "x");
  EXPECT_EQ(container.metadata().at("made by"), "safetensors");
  EXPECT_EQ(container.tensors().size(), 3U);
  const auto& weight = container.tensor("weight");
  EXPECT_EQ(weight.type, ElementType::kFloat32);
  EXPECT_EQ(weight.shape, (std::vector<int64_t>{2, 3}));
  const float expected[] = {0, 1, 2, 3, 4, 5};
  ASSERT_EQ(weight.bytes.size(), sizeof expected);
  EXPECT_EQ(std::memcmp(weight.bytes.data(), expected, sizeof expected), 0);
  EXPECT_EQ(container.tensor("odd").bytes, "\1\2\3");
  EXPECT_EQ(container.tensor("ids").shape, std::vector<int64_t>{2});
}

}  // namespace
}  // namespace attune
