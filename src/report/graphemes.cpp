// SPDX-License-Identifier: Apache-2.0
#include "graphemes.hpp"

#include <memory>

#include "attune/core/error.hpp"

namespace attune::report {
namespace {

/// One per thread: it carries state, and making one takes far longer than using it.
icu::BreakIterator& grapheme_breaks() {
  thread_local const std::unique_ptr<icu::BreakIterator> breaks = [] {
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<icu::BreakIterator> made(
        icu::BreakIterator::createCharacterInstance(icu::Locale::getRoot(), status));
    if (U_FAILURE(status) != 0) throw Error(std::string("ICU cannot tell characters apart: ") + u_errorName(status));
    return made;
  }();
  return *breaks;
}

}  // namespace

icu::UnicodeString decode(std::string_view text) {
  constexpr size_t kMost = size_t{1} << 30;
  if (text.size() > kMost) throw InputError("a text to be shown: expected at most 1 GiB, found more");
  return icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
}

std::vector<int32_t> grapheme_boundaries(const icu::UnicodeString& text) {
  auto& breaks = grapheme_breaks();
  breaks.setText(text);
  std::vector<int32_t> boundaries;
  for (int32_t at = breaks.first(); at != icu::BreakIterator::DONE; at = breaks.next()) boundaries.push_back(at);
  return boundaries;
}

}  // namespace attune::report
