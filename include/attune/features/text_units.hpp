// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "attune/core/json.hpp"
#include "attune/core/place.hpp"
#include "attune/features/feature.hpp"

namespace attune {

class Segmenter;

/// What texts are cut into, and the form in which the pieces are compared.
struct TextCut {
  bool characters = false;     ///< characters as a reader sees them; else words and punctuation
  bool fold_case = false;      ///< upper and lower case are one
  bool compatibility = false;  ///< the normal form is NFKC, else NFC
};

/// The cut of a text input with these options, for whichever unit: words fold case unless told otherwise, characters
/// do not. @throws UsageError for an option that a text input does not have.
[[nodiscard]] TextCut text_cut(const Json& options, bool characters);

/// The units of a text, as a text input that is cut in the same way sees them. Immutable and thread-safe.
class TextUnits {
 public:
  explicit TextUnits(TextCut cut);
  ~TextUnits();
  TextUnits(TextUnits&&) noexcept;
  TextUnits& operator=(TextUnits&&) noexcept;

  /// @throws InputError for a text above 1 GiB.
  [[nodiscard]] std::vector<std::string> operator()(std::string_view cell) const;
  /// Where each of them stands. Throws as above.
  [[nodiscard]] std::vector<Place> places(std::string_view cell) const;

 private:
  std::unique_ptr<const Segmenter> segmenter_;
};

/// From this share of letters in scripts without spaces, texts are read by character. Texts in such a script hold Latin
/// names and numbers and still lie far above it; texts in other scripts that quote some Chinese lie far below.
inline constexpr double kSpacelessShare = 0.3;

/// The share of letters in scripts that are written without spaces between words (Han, Hiragana, Katakana, Thai, Lao,
/// Khmer), over up to 10,000 of the rows; 0 without letters. @param texts one column
[[nodiscard]] double spaceless_share(const ColumnsView& texts);

}  // namespace attune
