// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "text/unicode.hpp"

namespace attune {

/// A cell in the form that subwords are cut from, remembering for every byte which code points of the cell it came
/// from. Each grapheme is brought into its form alone; blanks become a space.
class SubwordText {
 public:
  SubwordText(std::string_view cell, UnitForm form);

  [[nodiscard]] const std::string& text() const { return text_; }
  /// The code points behind bytes [begin, end) of text(), without blanks at either end; empty when there is nothing
  /// else.
  [[nodiscard]] Place place(size_t begin, size_t end) const;

 private:
  struct Grapheme {
    size_t byte = 0;
    Place place;
  };
  [[nodiscard]] Place place_of_byte(size_t byte) const;
  std::string text_;
  std::vector<Grapheme> graphemes_;
};

}  // namespace attune
