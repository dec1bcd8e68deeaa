// SPDX-License-Identifier: Apache-2.0
// What a document quotes from a file must still stand in that file. A quotation is a code block after a line that ends
// with the file's path: "In `src/nn/mechanism.cpp`:", or "(`tests/main.cpp`):"; below a heading that ends with a path,
// so is every block of C++ that names no other. It may stand further to the right in its file, as in a function.
#include <gtest/gtest.h>

#include <cctype>
#include <fstream>
#include <optional>
#include <regex>
#include <sstream>
#include <utility>

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

/// The path at the end of a line, as in "..in `some/file.cpp`:", or of a heading.
std::optional<std::string> named_file(const std::string& line) {
  static const std::regex kName("`([^`]+/[^`]+)`\\)?:$"), kHeading("^#.*`([^`]+/[^`]+)`$");
  std::smatch match;
  if (!std::regex_search(line, match, kName) && !std::regex_search(line, match, kHeading)) return std::nullopt;
  return match[1].str();
}

std::vector<Excerpt> excerpts(const std::string& document) {
  std::vector<Excerpt> all;
  std::optional<std::string> path, path_of_section;
  std::istringstream lines(document);
  bool in_block = false, quoting = false;
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.starts_with("```")) {
      in_block = !in_block;
      if (in_block && !path && line == "```cpp") path = path_of_section;
      quoting = in_block && path;
      if (quoting) all.push_back({.path = *path, .code = {}, .line = number});
      path.reset();
    } else if (quoting) {
      all.back().code += line + "\n";
    } else if (!in_block && !line.empty()) {
      path = named_file(line);
      if (line.starts_with("#")) path_of_section = std::exchange(path, std::nullopt);
    }
  }
  return all;
}

/// Every line that is not empty this much further to the right.
std::string indented(const std::string& code, size_t columns) {
  std::string moved;
  std::istringstream lines(code);
  for (std::string line; std::getline(lines, line);)
    moved += (line.empty() ? "" : std::string(columns, ' ') + line) + "\n";
  return moved;
}

bool stands_in(const std::string& code, const std::string& file) {
  for (const size_t columns : {0, 2, 4}) {
    if (("\n" + file).find("\n" + indented(code, columns)) != std::string::npos) return true;
  }
  return false;
}

TEST(Excerpts, AreFoundInADocument) {
  const auto found = excerpts(
      "Text.\nIn `a/b.cpp`:\n\n```cpp\nint x;\n```\n\n```\nno file\n```\nSee `a/c.cpp`:\nnot at once\n```\n```\n");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].path, "a/b.cpp");
  EXPECT_EQ(found[0].code, "int x;\n");
  EXPECT_EQ(found[0].line, 4);
}

TEST(Excerpts, OfASectionAndOfAFunctionAreFound) {
  const auto found = excerpts(
      "## The source: `a/b.cpp`\nText:\n```cpp\nint x;\n```\n```toml\nx = 1\n```\nIn `a/c.cpp`:\n```cpp\nint y;\n```\n"
      "More.\n```cpp\nint z;\n```\n## Another\n```cpp\nint none;\n```\n");
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].path, "a/b.cpp");
  EXPECT_EQ(found[1].path, "a/c.cpp");
  EXPECT_EQ(found[2].path, "a/b.cpp");
  EXPECT_EQ(found[2].code, "int z;\n");
  EXPECT_TRUE(stands_in("a();\n\nb();\n", "void f() {\n  a();\n\n  b();\n}\n"));
  EXPECT_FALSE(stands_in("a();\n  b();\n", "void f() {\n  a();\n  b();\n}\n"));
}

class DocumentExcerpts : public testing::TestWithParam<std::pair<const char*, size_t>> {};

TEST_P(DocumentExcerpts, StandInTheirFiles) {
  const auto& [document, least] = GetParam();
  const auto found = excerpts(read(document));
  ASSERT_GE(found.size(), least);
  for (const auto& excerpt : found) {
    const auto file = read(excerpt.path);
    ASSERT_FALSE(file.empty()) << excerpt.path << " is not there";
    EXPECT_TRUE(stands_in(excerpt.code, file))
        << document << ", line " << excerpt.line << ": " << excerpt.path << " no longer contains\n"
        << excerpt.code;
  }
}

/// With the excerpts that each has at least.
INSTANTIATE_TEST_SUITE_P(
    Documents, DocumentExcerpts,
    testing::Values(std::pair{"docs/add-a-mechanism.md", size_t{10}}, std::pair{"docs/add-a-feature.md", size_t{9}},
                    std::pair{"docs/add-an-explanation.md", size_t{3}}, std::pair{"docs/allocation.md", size_t{1}},
                    std::pair{"docs/library.md", size_t{3}}, std::pair{"docs/pictures.md", size_t{1}}),
    [](const auto& document) {
      std::string name(document.param.first);
      std::erase_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; });
      return name;
    });

}  // namespace
}  // namespace attune
