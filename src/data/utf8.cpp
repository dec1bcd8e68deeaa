// SPDX-License-Identifier: Apache-2.0
#include "utf8.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstring>

namespace attune {
namespace {

constexpr uint64_t kHighBits = 0x8080808080808080;

uint64_t load_word(const char* at) {
  uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

/// The first position from `at` on that may hold a byte >= 0x80: everything before it is ASCII.
size_t skip_ascii(std::string_view text, size_t at) {
  while (at + 32 <= text.size()) {
    const char* p = text.data() + at;
    const auto any = load_word(p) | load_word(p + 8) | load_word(p + 16) | load_word(p + 24);
    if ((any & kHighBits) != 0) break;
    at += 32;
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  return at;
}

}  // namespace

size_t invalid_utf8(std::string_view text) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  for (size_t at = skip_ascii(text, 0); at < text.size();) {
    if (bytes[at] < 0x80) {
      at = skip_ascii(text, at);
      continue;
    }
    const auto begin = at;
    UChar32 character = 0;
    U8_NEXT(bytes, at, text.size(), character);
    if (character < 0) return begin;
  }
  return std::string_view::npos;
}

int64_t count_characters(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; });
}

int64_t count_white_space(std::string_view text) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  int64_t count = 0;
  for (size_t at = 0; at < text.size();) {
    UChar32 character = 0;
    U8_NEXT(bytes, at, text.size(), character);
    count += character >= 0 && u_isUWhiteSpace(character) ? 1 : 0;
  }
  return count;
}

std::string hex_byte(char byte) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  const auto value = static_cast<unsigned char>(byte);
  return {'0', 'x', kDigits[value >> 4], kDigits[value & 15]};
}

}  // namespace attune
