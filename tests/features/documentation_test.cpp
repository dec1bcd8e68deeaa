// SPDX-License-Identifier: Apache-2.0
// docs/add-a-feature.md quotes the real files: every block of C++ in it must still stand in one of them.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace attune {
namespace {

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> code_blocks(const std::string& page) {
  const std::string begin = "```cpp\n", end = "\n```";
  std::vector<std::string> blocks;
  for (auto at = page.find(begin); at != std::string::npos; at = page.find(begin, at)) {
    at += begin.size();
    blocks.push_back(page.substr(at, page.find(end, at) - at));
  }
  return blocks;
}

TEST(Documentation, AddAFeatureQuotesTheRealFiles) {
  const std::filesystem::path root = ATTUNE_SOURCE_FOLDER;
  const auto blocks = code_blocks(content(root / "docs/add-a-feature.md"));
  ASSERT_GE(blocks.size(), 9U);
  std::string sources;
  for (const auto* file : {"src/features/category/category_input.hpp", "src/features/category/category_input.cpp",
                           "src/features/registry.cpp", "tests/features/category_input_test.cpp"}) {
    sources += content(root / file);
  }
  for (const auto& block : blocks) EXPECT_NE(sources.find(block), std::string::npos) << block;
}

}  // namespace
}  // namespace attune
