// SPDX-License-Identifier: Apache-2.0
#include "numbers.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <string>

#include "attune/data/column_profile.hpp"

namespace attune {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A cell that from_chars reads but no double holds is too large or too small: 1e-400 is 0, 1e400 no finite number.
bool is_too_small(std::string_view number) {
  const auto exponent = number.find_first_of("eE");
  if (exponent != std::string_view::npos) return number.substr(exponent + 1).starts_with('-');
  return number.starts_with('0') || number.starts_with('.');
}

std::string_view without_sign(std::string_view text) {
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  return text;
}

}  // namespace

std::string_view trimmed(std::string_view cell) {
  const auto begin = cell.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return cell.substr(begin, cell.find_last_not_of(" \t") - begin + 1);
}

bool is_integer(std::string_view cell) {
  const auto digits = without_sign(trimmed(cell));
  return !digits.empty() && std::all_of(digits.begin(), digits.end(), is_digit);
}

std::optional<double> parse_number(std::string_view cell) {
  const auto text = trimmed(cell);
  const auto number = without_sign(text);
  if (number.empty() || !(is_digit(number[0]) || number[0] == '.')) return std::nullopt;  // also keeps out nan and inf
  double value = 0;
  const auto [end, status] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (end != number.data() + number.size() || status == std::errc::invalid_argument) return std::nullopt;
  if (status == std::errc::result_out_of_range) {
    if (!is_too_small(number)) return std::nullopt;
    value = 0;
  }
  return text[0] == '-' ? -value : value;
}

bool is_missing_number(std::string_view cell) {
  constexpr std::array<std::string_view, 7> kWords{"", "na", "n/a", "nan", "null", "?", "-"};
  std::string word(trimmed(cell));
  if (word.size() > 4) return false;
  for (auto& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

}  // namespace attune
