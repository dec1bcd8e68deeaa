// SPDX-License-Identifier: Apache-2.0
// The short ways for plain characters, against ICU's own properties and rules, for every character that takes them.
#include "text/unicode.hpp"

#include <gtest/gtest.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>

#include <string>
#include <tuple>
#include <vector>

namespace attune {
namespace {

using Segments = std::vector<std::tuple<int32_t, int32_t, int32_t, int32_t>>;

Segments segments_by_rules(const icu::UnicodeString& text) {
  Segments segments;
  for_each_segment(character_breaks(), text, [&](int32_t begin, int32_t end, Place place) {
    segments.emplace_back(begin, end, place.begin, place.end);
  });
  return segments;
}

Segments segments_of(const icu::UnicodeString& text) {
  Segments segments;
  for_each_character(text, [&](int32_t begin, int32_t end, Place place) {
    segments.emplace_back(begin, end, place.begin, place.end);
  });
  return segments;
}

// UAX #29, rule GB999: between two characters without a grapheme cluster property lies a boundary.
TEST(PlainCharacters, NothingJoinsThem) {
  int plain = 0;
  for (int32_t unit = 0; unit <= 0xFFFF; ++unit) {
    if (!is_plain(static_cast<char16_t>(unit))) continue;
    ++plain;
    EXPECT_EQ(u_getIntPropertyValue(unit, UCHAR_GRAPHEME_CLUSTER_BREAK), U_GCB_OTHER) << std::hex << unit;
  }
  EXPECT_GT(plain, 20992 + 95);  // ideographs and printable ASCII among them
}

TEST(PlainCharacters, AreCutAsTheRulesCut) {
  const std::vector<std::string> texts = {"",
                                          "x",
                                          "很好吃，下次还来！ 送餐快。(9.5)",
                                          "カレーライス「大盛」…",
                                          "好\u3099",    // a combining mark after an ideograph
                                          "好\uFE00吃",  // a variation selector
                                          "好\r\n吃",    // a control sequence that stays together
                                          "好\U0001F469\u200D\U0001F4BB吃",
                                          "e\u0301好"};
  for (const auto& text : texts) {
    const auto decoded = decode_utf8(text);
    EXPECT_EQ(segments_of(decoded), segments_by_rules(decoded)) << text;
  }
}

TEST(Ideographs, AreTheirOwnForm) {
  UErrorCode status = U_ZERO_ERROR;
  const auto* nfkc = icu::Normalizer2::getNFKCInstance(status);
  ASSERT_TRUE(U_SUCCESS(status));
  const UnitForm form(/*compatibility=*/true, /*fold_case=*/true);
  for (UChar32 ideograph = 0x4E00; ideograph <= 0x9FFF; ++ideograph) {
    icu::UnicodeString text(ideograph);
    auto expected = text;
    expected = nfkc->normalize(expected.foldCase(), status);
    std::string bytes;
    EXPECT_EQ(form(text, 0, text.length()), expected.toUTF8String(bytes));
    EXPECT_EQ(is_blank(text, 0, text.length()), is_blank(ideograph));
  }
}

}  // namespace
}  // namespace attune
