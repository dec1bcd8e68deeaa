// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unicode/brkiter.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "attune/features/encoding.hpp"

namespace attune {

/// A cell as ICU reads it; invalid bytes become U+FFFD. @throws InputError above 1 GiB, where ICU's indices end.
[[nodiscard]] icu::UnicodeString decode_utf8(std::string_view cell);

[[nodiscard]] bool is_utf8(std::string_view text);

/// Nothing to be seen: white space, control characters, and what Unicode calls default ignorable (zero-width space,
/// byte order mark, joiners on their own).
[[nodiscard]] bool is_blank(UChar32 character);
[[nodiscard]] bool is_blank(const icu::UnicodeString& text, int32_t begin, int32_t end);

/// The bytes of code points [place.begin, place.end) of a cell.
[[nodiscard]] std::string_view code_points(std::string_view cell, Place place);

/// The cell without the code points of these places, which may overlap and come in any order.
/// @param stay_apart what was apart before is kept so, by a space where no blank is left between
[[nodiscard]] std::string without(std::string_view cell, std::span<const Place> places, bool stay_apart);

/// Break iterators of the root locale, one per thread: they carry state, and making one takes far longer than using it.
[[nodiscard]] icu::BreakIterator& word_breaks();
[[nodiscard]] icu::BreakIterator& character_breaks();

/// Calls visit(begin, end, place) for each segment of the text: UTF-16 range and code point range.
template <class Visit>
void for_each_segment(icu::BreakIterator& breaks, const icu::UnicodeString& text, Visit&& visit) {
  breaks.setText(text);
  int32_t begin = breaks.first();
  Place place;
  for (int32_t end = breaks.next(); end != icu::BreakIterator::DONE; begin = end, end = breaks.next()) {
    place = {place.end, place.end + text.countChar32(begin, end - begin)};
    visit(begin, end, place);
  }
}

/// Whether every boundary beside this code unit is one between characters as users see them, when the neighbour is
/// plain as well: Han, kana, ASCII and the punctuation of either, without anything that joins, combines or controls.
[[nodiscard]] bool is_plain(char16_t unit);

/// As for_each_segment(character_breaks(), ..), which costs more than all else in reading a text; a text of plain
/// characters, as most Chinese ones are, needs no rules.
template <class Visit>
void for_each_character(const icu::UnicodeString& text, Visit&& visit) {
  const auto* units = text.getBuffer();
  if (!std::all_of(units, units + text.length(), is_plain)) {
    for_each_segment(character_breaks(), text, visit);
    return;
  }
  for (int32_t i = 0; i < text.length(); ++i) visit(i, i + 1, Place{i, i + 1});
}

/// The form in which units are compared: normalisation, then case folding if asked for.
class UnitForm {
 public:
  UnitForm(bool compatibility, bool fold_case);
  [[nodiscard]] std::string operator()(const icu::UnicodeString& text, int32_t begin, int32_t end) const;

 private:
  [[nodiscard]] icu::UnicodeString normalized(const icu::UnicodeString& text) const;
  bool compatibility_, fold_case_;
};

/// The share of letters in scripts that are written without spaces between words.
class ScriptShare {
 public:
  void add(std::string_view cell);
  [[nodiscard]] double share() const;  ///< 0 without letters

 private:
  int64_t letters_ = 0, spaceless_ = 0;
};

/// ICU's and Unicode's version, such as "72.1" and "15.0".
[[nodiscard]] std::string icu_version();
[[nodiscard]] std::string unicode_version();

}  // namespace attune
