// SPDX-License-Identifier: Apache-2.0
#include "attune/core/invisible.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace attune {
namespace {

/// Seen as a blank, but for the plain one.
bool is_other_blank(UChar32 character) { return character != ' ' && u_isUWhiteSpace(character) != 0; }

bool is_unseen(UChar32 character) {
  return u_charType(character) == U_CONTROL_CHAR ||
         u_hasBinaryProperty(character, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0;
}

std::string escape(UChar32 character) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), character > 0xFFFF ? "\\U%08X" : "\\u%04X",
                static_cast<unsigned int>(character));
  return text.data();
}

/// Calls visit(character, its bytes); the character is negative for bytes that are no UTF-8.
template <class Visit>
void for_each_code_point(std::string_view text, Visit&& visit) {
  for (size_t at = 0; at < text.size();) {
    const auto begin = at;
    UChar32 character = 0;
    U8_NEXT(text.data(), at, text.size(), character);
    visit(character, text.substr(begin, at - begin));
  }
}

}  // namespace

std::string as_seen(std::string_view text) {
  std::string seen;
  for_each_code_point(text, [&](UChar32 character, std::string_view bytes) {
    if (character >= 0 && is_other_blank(character)) {
      seen += ' ';
    } else if (character < 0 || !is_unseen(character)) {
      seen += bytes;
    }
  });
  return seen;
}

std::string with_escapes(std::string_view text) {
  std::string escaped;
  for_each_code_point(text, [&](UChar32 character, std::string_view bytes) {
    if (character >= 0 && (is_other_blank(character) || is_unseen(character))) {
      escaped += escape(character);
    } else {
      escaped += bytes;
    }
  });
  return escaped;
}

std::vector<std::string> invisible_in(std::string_view text) {
  std::vector<std::string> escapes;
  for_each_code_point(text, [&](UChar32 character, std::string_view) {
    if (character < 0 || !(is_other_blank(character) || is_unseen(character))) return;
    auto found = escape(character);
    if (std::find(escapes.begin(), escapes.end(), found) == escapes.end()) escapes.push_back(std::move(found));
  });
  return escapes;
}

}  // namespace attune
