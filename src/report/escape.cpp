// SPDX-License-Identifier: Apache-2.0
#include "escape.hpp"

#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>

namespace attune::report {
namespace {

constexpr UChar32 kControlPictures = 0x2400, kDeletePicture = 0x2421, kReplacement = 0xFFFD;

void append(std::string& text, UChar32 character) {
  char bytes[U8_MAX_LENGTH];
  int32_t size = 0;
  U8_APPEND_UNSAFE(bytes, size, character);
  text.append(bytes, static_cast<size_t>(size));
}

/// What stands in markup for a character that needs no entity.
UChar32 presentable(UChar32 character) {
  if (character < 0 || U_IS_UNICODE_NONCHAR(character) || (character >= 0x80 && character < 0xA0)) return kReplacement;
  if (character == 0x7F) return kDeletePicture;
  return character < ' ' && character != '\t' && character != '\n' ? kControlPictures + character : character;
}

const char* entity(UChar32 character) {
  switch (character) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    case '\r':
      return "&#13;";  // written as itself, a reader of HTML takes it for a line end
    default:
      return nullptr;
  }
}

}  // namespace

std::string markup(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    UChar32 character = 0;
    U8_NEXT(text.data(), at, text.size(), character);
    if (const auto* name = entity(character)) {
      escaped += name;
    } else {
      append(escaped, presentable(character));
    }
  }
  return escaped;
}

std::string script_json(const Json& json) {
  const auto text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string escaped;
  escaped.reserve(text.size());
  for (size_t at = 0; at < text.size(); ++at) {
    // These stand in strings alone. U+2028 and U+2029 are E2 80 A8 and E2 80 A9.
    const std::string_view rest(text.data() + at, std::min<size_t>(3, text.size() - at));
    if (text[at] == '<') {
      escaped += "\\u003c";
    } else if (text[at] == '>') {
      escaped += "\\u003e";
    } else if (text[at] == '&') {
      escaped += "\\u0026";
    } else if (rest == "\xE2\x80\xA8" || rest == "\xE2\x80\xA9") {
      escaped += rest.back() == '\xA8' ? "\\u2028" : "\\u2029";
      at += 2;
    } else {
      escaped += text[at];
    }
  }
  return escaped;
}

}  // namespace attune::report
