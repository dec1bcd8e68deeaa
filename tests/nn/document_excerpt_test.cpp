// SPDX-License-Identifier: Apache-2.0
// What a document quotes from a file must still stand in that file. A quotation is a code block after a line that ends
// with the file's path: "In `src/nn/mechanism.cpp`:".
#include <gtest/gtest.h>

#include <fstream>
#include <optional>
#include <regex>
#include <sstream>

namespace attune {
namespace {

struct Excerpt {
  std::string path;
  std::string code;
  int line = 0;  ///< of the document
};

std::string read(const std::string& path) {
  std::ifstream file(std::string(ATTUNE_SOURCE_FOLDER) + "/" + path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The path at the end of a line, as in "..in `some/file.cpp`:".
std::optional<std::string> named_file(const std::string& line) {
  static const std::regex kName("`([^`]+/[^`]+)`:$");
  std::smatch match;
  if (!std::regex_search(line, match, kName)) return std::nullopt;
  return match[1].str();
}

std::vector<Excerpt> excerpts(const std::string& document) {
  std::vector<Excerpt> all;
  std::optional<std::string> path;
  std::istringstream lines(document);
  bool quoting = false;
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.starts_with("```")) {
      if (!quoting && path) all.push_back({.path = *path, .code = {}, .line = number});
      quoting = !quoting && path;
      if (!quoting) path.reset();
    } else if (quoting) {
      all.back().code += line + "\n";
    } else if (!line.empty()) {
      path = named_file(line);
    }
  }
  return all;
}

TEST(Excerpts, AreFoundInADocument) {
  const auto found = excerpts(
      "Text.\nIn `a/b.cpp`:\n\n```cpp\nint x;\n```\n\n```\nno file\n```\nSee `a/c.cpp`:\nnot at once\n```\n```\n");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].path, "a/b.cpp");
  EXPECT_EQ(found[0].code, "int x;\n");
  EXPECT_EQ(found[0].line, 4);
}

TEST(Excerpts, OfAddAMechanismStandInTheirFiles) {
  const auto found = excerpts(read("docs/add-a-mechanism.md"));
  ASSERT_GE(found.size(), 6U);
  for (const auto& excerpt : found) {
    const auto file = read(excerpt.path);
    ASSERT_FALSE(file.empty()) << excerpt.path << " is not there";
    EXPECT_NE(file.find(excerpt.code), std::string::npos)
        << "docs/add-a-mechanism.md, line " << excerpt.line << ": " << excerpt.path << " no longer contains\n"
        << excerpt.code;
  }
}

}  // namespace
}  // namespace attune
