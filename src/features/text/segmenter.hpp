// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "attune/features/encoding.hpp"
#include "text/unicode.hpp"

namespace attune {

/// A piece of a text: the form it is looked up in, and its code points in the original cell.
struct Unit {
  std::string form;
  Place place;
  friend bool operator==(const Unit&, const Unit&) = default;
};

/// Cuts a cell into units. The ORIGINAL text is cut and each piece brought into its form alone, so that a place always
/// refers to the cell as it was given. Immutable and thread-safe.
class Segmenter {
 public:
  virtual ~Segmenter() = default;
  [[nodiscard]] virtual std::vector<Unit> segment(std::string_view cell) const = 0;
};

/// Words and punctuation by the word boundaries of Unicode (UAX #29; dictionaries for Chinese, Thai ..); blanks
/// dropped.
[[nodiscard]] std::unique_ptr<const Segmenter> make_word_segmenter(UnitForm form);

/// Characters as a reader sees them (extended grapheme clusters): a base with its combining marks, an emoji sequence.
/// Blanks between characters are one unit " "; at the ends they are dropped.
[[nodiscard]] std::unique_ptr<const Segmenter> make_character_segmenter(UnitForm form);

}  // namespace attune
