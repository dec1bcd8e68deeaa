// SPDX-License-Identifier: Apache-2.0
#include "attune/core/wording.hpp"

#include <algorithm>
#include <cmath>

namespace attune {

std::string with_commas(int64_t number) {
  auto digits = std::to_string(number);
  for (auto at = static_cast<int64_t>(digits.size()) - 3; at > (number < 0 ? 1 : 0); at -= 3)
    digits.insert(static_cast<size_t>(at), ",");
  return digits;
}

std::string counted(int64_t number, std::string_view noun) {
  const auto* ending = noun.ends_with('s') ? "es" : "s";
  return with_commas(number) + " " + std::string(noun) + (number == 1 ? "" : ending);
}

std::string percent(double share) {
  const auto tenths = std::llround(share * 1000);
  const auto whole = std::to_string(tenths / 10);
  return (tenths % 10 == 0 ? whole : whole + "." + std::to_string(tenths % 10)) + " %";
}

std::string listed(const std::vector<std::string>& texts, std::string_view last) {
  std::string list;
  for (size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) list += i + 1 == texts.size() ? " " + std::string(last) + " " : ", ";
    list += texts[i];
  }
  return list;
}

std::string quoted_list(const std::vector<std::string>& texts, size_t most) {
  std::string list;
  for (size_t i = 0; i < std::min(texts.size(), most); ++i) list += (i == 0 ? "\"" : ", \"") + texts[i] + "\"";
  if (texts.size() > most) list += " and " + std::to_string(texts.size() - most) + " more";
  return list;
}

std::string shortened(std::string_view text, size_t most) {
  if (text.size() <= most) return std::string(text);
  const auto continues = [&](size_t at) { return (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U; };
  auto end = most;
  while (end > 0 && continues(end)) --end;
  return std::string(text.substr(0, end)) + "..";
}

}  // namespace attune
