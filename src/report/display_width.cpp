// SPDX-License-Identifier: Apache-2.0
#include <unicode/uchar.h>

#include <algorithm>

#include "attune/report/terminal.hpp"
#include "graphemes.hpp"

namespace attune::report {
namespace {

bool takes_no_column(UChar32 character) {
  constexpr int32_t kWithoutWidth = U_GC_MN_MASK | U_GC_ME_MASK | U_GC_CF_MASK | U_GC_CC_MASK;
  return (U_GET_GC_MASK(character) & kWithoutWidth) != 0;
}

bool is_wide(UChar32 character) {
  const auto width = u_getIntPropertyValue(character, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH;
}

/// Of one grapheme: what its widest character takes, and two where a variation selector asks for an emoji.
int64_t grapheme_width(const icu::UnicodeString& text, int32_t begin, int32_t end) {
  constexpr UChar32 kEmojiSelector = 0xFE0F;
  int64_t width = 0;
  for (int32_t at = begin; at < end; at = text.moveIndex32(at, 1)) {
    const auto character = text.char32At(at);
    if (character == kEmojiSelector && width > 0) width = 2;
    if (!takes_no_column(character)) width = std::max<int64_t>(width, is_wide(character) ? 2 : 1);
  }
  return width;
}

}  // namespace

int64_t display_width(std::string_view text) {
  int64_t width = 0;
  for_each_grapheme(text, [&](const icu::UnicodeString& decoded, int32_t begin, int32_t end) {
    width += grapheme_width(decoded, begin, end);
  });
  return width;
}

std::string fitted(std::string_view text, int64_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  constexpr std::string_view kDots = "..";
  icu::UnicodeString kept;
  int64_t left = columns - static_cast<int64_t>(kDots.size());
  for_each_grapheme(text, [&](const icu::UnicodeString& decoded, int32_t begin, int32_t end) {
    left -= grapheme_width(decoded, begin, end);
    if (left >= 0) kept.append(decoded, begin, end - begin);
  });
  std::string cut;
  kept.toUTF8String(cut);
  return cut + std::string(kDots.substr(0, static_cast<size_t>(std::clamp<int64_t>(columns, 0, 2))));
}

}  // namespace attune::report
