// SPDX-License-Identifier: Apache-2.0
#include "attune/core/invisible.hpp"

#include <gmock/gmock.h>

namespace attune {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Case {
  std::string text, seen, escaped;
};

TEST(Invisible, CharactersAreLeftOutOrEscaped) {
  using std::string_literals::operator""s;
  const std::vector<Case> cases = {
      {"", "", ""},
      {"plain text", "plain text", "plain text"},
      {"很好 é🙂", "很好 é🙂", "很好 é🙂"},
      {"te\u200Bxt", "text", "te\\u200Bxt"},
      {"\uFEFFtext", "text", "\\uFEFFtext"},
      {"so\u00ADft", "soft", "so\\u00ADft"},
      {"a\u00A0b", "a b", "a\\u00A0b"},
      {"a\tb\r", "a b ", "a\\u0009b\\u000D"},
      {"a\0b\x7F"s, "ab", "a\\u0000b\\u007F"},
      {"a\U000E0041", "a", "a\\U000E0041"},                          // a tag character
      {"caf\xE9 \xC0\x80", "caf\xE9 \xC0\x80", "caf\xE9 \xC0\x80"},  // no UTF-8
  };
  for (const auto& row : cases) {
    EXPECT_EQ(as_seen(row.text), row.seen) << row.escaped;
    EXPECT_EQ(with_escapes(row.text), row.escaped);
  }
}

TEST(Invisible, CharactersAreNamedOnce) {
  EXPECT_THAT(invisible_in("a\u200Bb\uFEFFc\u200B"), ElementsAre("\\u200B", "\\uFEFF"));
  EXPECT_THAT(invisible_in("a b"), IsEmpty());
}

}  // namespace
}  // namespace attune
