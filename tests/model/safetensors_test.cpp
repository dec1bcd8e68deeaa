// SPDX-License-Identifier: Apache-2.0
//
// A model file read by the safetensors library. The interpreter is ATTUNE_TEST_PYTHON, else python3.
#include <gmock/gmock.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "attune/core/sha256.hpp"
#include "model_fixtures.hpp"
#include "support/temporary_folder.hpp"

namespace attune::testing {
namespace {

struct Outcome {
  int exit_code = -1;
  std::string output;
};

Outcome list_tensors(const std::filesystem::path& path) {
  const char* python = std::getenv("ATTUNE_TEST_PYTHON");
  const std::string command = std::string("'") + (python != nullptr ? python : "python3") +
                              "' '" ATTUNE_LIST_TENSORS_SCRIPT "' '" + path.string() + "'";
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

std::string shape_text(const Tensor& tensor) {
  std::string text;
  for (const int64_t size : tensor.sizes()) text += (text.empty() ? "" : ", ") + std::to_string(size);
  return "[" + text + "]";
}

TEST(ModelSafetensors, TheLibraryReadsEveryTensor) {
  const TemporaryFolder folder;
  const auto model = fresh_model(*mixed_table(30));
  model.save(folder.path() / "m.attune");
  const auto outcome = list_tensors(folder.path() / "m.attune");
  if (is_missing(outcome))
    GTEST_SKIP() << "needs a Python with the packages safetensors and numpy (ATTUNE_TEST_PYTHON)";
  ASSERT_EQ(outcome.exit_code, 0);
  std::vector<std::string> lines;
  for (const auto& [name, value, decay, trained] : model.network().parameters().all()) {
    const std::string_view bytes(static_cast<const char*>(value.const_data_ptr()), value.nbytes());
    lines.push_back(name + " float32 " + shape_text(value) + " " + sha256_hex(bytes) + "\n");
  }
  ASSERT_GT(lines.size(), 10U);
  std::sort(lines.begin(), lines.end());
  std::string expected;
  for (const auto& line : lines) expected += line;
  EXPECT_THAT(outcome.output, ::testing::StartsWith(expected));
  for (const char* key : {"schema", "inputs", "outputs", "architecture", "calibration", "record", "attune.format"}) {
    EXPECT_THAT(outcome.output, ::testing::HasSubstr(std::string("metadata ") + key + " "));
  }
}

}  // namespace
}  // namespace attune::testing
