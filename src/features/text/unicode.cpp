// SPDX-License-Identifier: Apache-2.0
#include "text/unicode.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>
#include <unicode/uversion.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "attune/core/error.hpp"

namespace attune {
namespace {

constexpr size_t kLongestCell = size_t{1} << 30;

void check_icu(UErrorCode status, std::string_view what) {
  if (U_FAILURE(status)) throw Error("ICU cannot " + std::string(what) + ": " + u_errorName(status));
}

using MakeBreaks = icu::BreakIterator* (*)(const icu::Locale&, UErrorCode&);

std::unique_ptr<icu::BreakIterator> make_breaks(MakeBreaks make) {
  UErrorCode status = U_ZERO_ERROR;
  std::unique_ptr<icu::BreakIterator> breaks(make(icu::Locale::getRoot(), status));
  check_icu(status, "make a break iterator; is its data package installed?");
  return breaks;
}

bool is_ascii(const icu::UnicodeString& text, int32_t begin, int32_t end) {
  const auto* units = text.getBuffer();
  return std::all_of(units + begin, units + end, [](char16_t unit) { return unit < 0x80; });
}

/// The common block of Han: each ideograph is its own normal form, has no case and can be seen.
bool is_ideograph(char16_t unit) { return unit >= 0x4E00 && unit <= 0x9FFF; }

/// By script extensions, for the long vowel mark of Japanese belongs to two scripts.
bool is_spaceless(UChar32 letter) {
  constexpr std::array kScripts = {USCRIPT_HAN,  USCRIPT_HIRAGANA, USCRIPT_KATAKANA,
                                   USCRIPT_THAI, USCRIPT_LAO,      USCRIPT_KHMER};
  return std::any_of(kScripts.begin(), kScripts.end(),
                     [letter](UScriptCode script) { return uscript_hasScript(letter, script) != 0; });
}

std::string version_text(const UVersionInfo version) {
  return std::to_string(version[0]) + "." + std::to_string(version[1]);
}

/// The bytes of the first `count` code points.
size_t bytes_of(std::string_view cell, int32_t count) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(cell.data());
  int32_t end = 0;
  U8_FWD_N(bytes, end, static_cast<int32_t>(cell.size()), count);
  return static_cast<size_t>(end);
}

bool ends_blank(std::string_view text) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  auto at = static_cast<int32_t>(text.size());
  UChar32 last = 0;
  U8_PREV(bytes, 0, at, last);
  return is_blank(last);
}

bool begins_blank(std::string_view text) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  int32_t at = 0;
  UChar32 first = 0;
  U8_NEXT(bytes, at, static_cast<int32_t>(text.size()), first);
  return is_blank(first);
}

void append_apart(std::string_view more, bool apart, std::string& text) {
  if (more.empty()) return;
  if (apart && !text.empty() && !ends_blank(text) && !begins_blank(more)) text += ' ';
  text += more;
}

}  // namespace

icu::UnicodeString decode_utf8(std::string_view cell) {
  if (cell.size() > kLongestCell) {
    throw InputError("a text of " + std::to_string(cell.size()) + " bytes; at most " + std::to_string(kLongestCell) +
                     " can be read, cut it into several rows");
  }
  return icu::UnicodeString::fromUTF8({cell.data(), static_cast<int32_t>(cell.size())});
}

bool is_utf8(std::string_view text) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  const auto length = static_cast<int32_t>(text.size());
  for (int32_t at = 0; at < length;) {
    UChar32 character = 0;
    U8_NEXT(bytes, at, length, character);
    if (character < 0) return false;
  }
  return true;
}

bool is_blank(UChar32 character) {
  return u_isUWhiteSpace(character) || u_charType(character) == U_CONTROL_CHAR ||
         u_hasBinaryProperty(character, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

bool is_blank(const icu::UnicodeString& text, int32_t begin, int32_t end) {
  if (end - begin == 1 && is_ideograph(text[begin])) return false;
  for (int32_t i = begin; i < end; i = text.moveIndex32(i, 1)) {
    if (!is_blank(text.char32At(i))) return false;
  }
  return true;
}

bool is_plain(char16_t unit) {
  const auto within = [unit](char16_t first, char16_t last) { return unit >= first && unit <= last; };
  return is_ideograph(unit) || within(u' ', u'~') || within(0xFF01, 0xFF5E) ||  // ASCII and its full-width forms
         within(0x3000, 0x3029) || within(0x3041, 0x3096) || within(0x30A1, 0x30FF) ||  // CJK punctuation, kana
         within(0x2010, 0x2027);                                                        // dashes, quotes, ellipsis
}

std::string_view code_points(std::string_view cell, Place place) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(cell.data());
  const auto length = static_cast<int32_t>(cell.size());
  int32_t begin = 0;
  U8_FWD_N(bytes, begin, length, place.begin);
  int32_t end = begin;
  U8_FWD_N(bytes, end, length, place.end - place.begin);
  return cell.substr(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
}

std::string without(std::string_view cell, std::span<const Place> places, bool stay_apart) {
  std::vector<Place> erased(places.begin(), places.end());
  std::sort(erased.begin(), erased.end(), [](Place a, Place b) { return a.begin < b.begin; });
  std::string rest;
  int32_t read = 0;  // code points
  for (const auto& place : erased) {
    append_apart(cell.substr(0, bytes_of(cell, std::max(place.begin - read, 0))), stay_apart, rest);
    cell.remove_prefix(bytes_of(cell, std::max(place.end - read, 0)));
    read = std::max(read, place.end);
  }
  append_apart(cell, stay_apart, rest);
  return rest;
}

icu::BreakIterator& word_breaks() {
  thread_local const auto breaks = make_breaks(icu::BreakIterator::createWordInstance);
  return *breaks;
}

icu::BreakIterator& character_breaks() {
  thread_local const auto breaks = make_breaks(icu::BreakIterator::createCharacterInstance);
  return *breaks;
}

UnitForm::UnitForm(bool compatibility, bool fold_case) : compatibility_(compatibility), fold_case_(fold_case) {}

std::string UnitForm::operator()(const icu::UnicodeString& text, int32_t begin, int32_t end) const {
  std::string form;
  if (is_ascii(text, begin, end)) {  // its own normal form, and most of what is read
    for (int32_t i = begin; i < end; ++i) {
      const char c = static_cast<char>(text[i]);
      form += fold_case_ && c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return form;
  }
  if (end - begin == 1 && is_ideograph(text[begin])) return text.tempSubStringBetween(begin, end).toUTF8String(form);
  auto unit = normalized(text.tempSubStringBetween(begin, end));
  if (fold_case_) unit = normalized(unit.foldCase());  // folding can leave the normal form
  return unit.toUTF8String(form);
}

icu::UnicodeString UnitForm::normalized(const icu::UnicodeString& text) const {
  UErrorCode status = U_ZERO_ERROR;
  const auto* form =
      compatibility_ ? icu::Normalizer2::getNFKCInstance(status) : icu::Normalizer2::getNFCInstance(status);
  check_icu(status, "load its normalisation data");
  auto result = form->normalize(text, status);
  check_icu(status, "normalise a text");
  return result;
}

void ScriptShare::add(std::string_view cell) {
  const auto text = decode_utf8(cell);
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const auto character = text.char32At(i);
    if (!u_isalpha(character)) continue;
    ++letters_;
    if (is_spaceless(character)) ++spaceless_;
  }
}

double ScriptShare::share() const {
  return letters_ == 0 ? 0 : static_cast<double>(spaceless_) / static_cast<double>(letters_);
}

std::string icu_version() {
  UVersionInfo version;
  u_getVersion(version);
  return version_text(version);
}

std::string unicode_version() {
  UVersionInfo version;
  u_getUnicodeVersion(version);
  return version_text(version);
}

}  // namespace attune
