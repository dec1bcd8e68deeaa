// SPDX-License-Identifier: Apache-2.0
#include "text/subword_text.hpp"

#include <algorithm>

namespace attune {
namespace {

/// U+2581 stands for a space inside sentencepiece and U+2585 for an unknown: it refuses to learn from text that holds
/// them, and ends the program when all of the text does.
void replace_reserved(std::string& form) {
  for (const std::string_view reserved : {"\u2581", "\u2585"}) {
    for (auto at = form.find(reserved); at != std::string::npos; at = form.find(reserved)) {
      form.replace(at, reserved.size(), "_");
    }
  }
}

}  // namespace

SubwordText::SubwordText(std::string_view cell, UnitForm form) {
  const auto text = decode_utf8(cell);
  for_each_character(text, [&](int32_t begin, int32_t end, Place place) {
    graphemes_.push_back({text_.size(), place});
    if (is_blank(text, begin, end)) {
      text_ += ' ';
      return;
    }
    auto grapheme = form(text, begin, end);
    replace_reserved(grapheme);
    text_ += grapheme;
  });
}

Place SubwordText::place(size_t begin, size_t end) const {
  while (begin < end && text_[begin] == ' ') ++begin;
  while (begin < end && text_[end - 1] == ' ') --end;
  if (begin == end) return {};
  return {place_of_byte(begin).begin, place_of_byte(end - 1).end};
}

Place SubwordText::place_of_byte(size_t byte) const {
  const auto after = std::upper_bound(graphemes_.begin(), graphemes_.end(), byte,
                                      [](size_t value, const Grapheme& grapheme) { return value < grapheme.byte; });
  return std::prev(after)->place;
}

}  // namespace attune
