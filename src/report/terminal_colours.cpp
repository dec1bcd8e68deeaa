// SPDX-License-Identifier: Apache-2.0
#include "terminal_colours.hpp"

#include <unicode/uchar.h>

#include <array>
#include <cstdlib>

#include "attune/core/invisible.hpp"
#include "graphemes.hpp"

namespace attune::report {
namespace {

constexpr std::string_view kReset = "\x1b[0m";

struct Rgb {
  int red, green, blue;
};

/// Backgrounds from weak to strong, for and against; on all of them black can be read.
constexpr Rgb kWhite{255, 255, 255}, kBlue{86, 156, 232}, kOrange{240, 150, 60};
/// The nearest of the 6 x 6 x 6 colours, shades 1 to 8.
constexpr std::array kBlues256 = {195, 189, 153, 153, 117, 117, 111, 75};
constexpr std::array kOranges256 = {230, 230, 223, 223, 222, 216, 215, 208};
constexpr std::array kHues256 = {75, 208, 78, 176};
constexpr std::array<Rgb, 4> kHues = {{{86, 156, 232}, {240, 150, 60}, {60, 190, 130}, {205, 125, 190}}};

std::string rgb(Rgb colour) {
  return "2;" + std::to_string(colour.red) + ";" + std::to_string(colour.green) + ";" + std::to_string(colour.blue);
}

Rgb mixed(Rgb a, Rgb b, double share) {
  const auto mix = [&](int from, int to) { return from + static_cast<int>(share * (to - from)); };
  return {mix(a.red, b.red), mix(a.green, b.green), mix(a.blue, b.blue)};
}

std::string background(int shade, Colours colours) {
  const auto level = static_cast<size_t>(std::abs(shade));
  if (colours == Colours::k256)
    return "5;" + std::to_string(shade > 0 ? kBlues256.at(level - 1) : kOranges256.at(level - 1));
  return rgb(mixed(kWhite, shade > 0 ? kBlue : kOrange, 0.15 + 0.85 * static_cast<double>(level) / 8));
}

/// A joiner, selector or mark that belongs to a visible grapheme is part of how it looks, and is no control.
bool is_part_of_look(UChar32 character) {
  return u_hasBinaryProperty(character, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0 &&
         u_charType(character) != U_CONTROL_CHAR && u_hasBinaryProperty(character, UCHAR_BIDI_CONTROL) == 0;
}

bool is_shown_as_it_is(const icu::UnicodeString& grapheme) {
  bool any_seen = false;
  for (int32_t at = 0; at < grapheme.length(); at = grapheme.moveIndex32(at, 1)) {
    const auto character = grapheme.char32At(at);
    std::string bytes;
    icu::UnicodeString(character).toUTF8String(bytes);
    const bool escaped = with_escapes(bytes) != bytes;
    if (escaped && !is_part_of_look(character)) return false;
    any_seen = any_seen || !escaped;
  }
  return any_seen;
}

}  // namespace

Colours terminal_colours(const TerminalEnvironment& environment) {
  if (!environment.is_terminal || !environment.no_color.empty()) return Colours::kNone;
  if (environment.term.empty() || environment.term == "dumb") return Colours::kNone;
  const auto& term = environment.term;
  if (environment.color_term == "truecolor" || environment.color_term == "24bit" || term.ends_with("-direct"))
    return Colours::k24Bit;
  return term.find("256color") != std::string::npos ? Colours::k256 : Colours::kNone;
}

std::string on_shade(std::string_view text, int shade, Colours colours) {
  if (shade == 0 || colours == Colours::kNone) return std::string(text);
  const std::string black = colours == Colours::k256 ? "5;16" : rgb({0, 0, 0});
  return "\x1b[38;" + black + ";48;" + background(shade, colours) + "m" + std::string(text) + std::string(kReset);
}

std::string in_hue(std::string_view text, size_t hue, Colours colours) {
  if (colours == Colours::kNone) return std::string(text);
  const auto code = colours == Colours::k256 ? "5;" + std::to_string(kHues256.at(hue % kHues256.size()))
                                             : rgb(kHues.at(hue % kHues.size()));
  return "\x1b[38;" + code + "m" + std::string(text) + std::string(kReset);
}

std::string printable(std::string_view text, bool keeps_lines) {
  std::string shown;
  for_each_grapheme(text, [&](const icu::UnicodeString& decoded, int32_t begin, int32_t end) {
    const auto grapheme = decoded.tempSubStringBetween(begin, end);
    std::string bytes;
    grapheme.toUTF8String(bytes);
    if (keeps_lines && (bytes == "\n" || bytes == "\r\n")) {
      shown += '\n';
    } else {
      shown += is_shown_as_it_is(grapheme) ? bytes : with_escapes(bytes);
    }
  });
  return shown;
}

}  // namespace attune::report
