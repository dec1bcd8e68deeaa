// SPDX-License-Identifier: Apache-2.0
#include "category/class_names.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "text/unicode.hpp"
#include "vocabulary.hpp"

namespace attune {
namespace {

std::optional<int64_t> integer(const std::string& name) {
  int64_t value = 0;
  const auto* end = name.data() + name.size();
  const auto [rest, error] = std::from_chars(name.data(), end, value);
  if (error != std::errc() || rest != end) return std::nullopt;
  return value;
}

/// The name without blanks and case.
std::string skeleton(const std::string& name) {
  const auto text = decode_utf8(name);
  icu::UnicodeString visible;
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    if (!is_blank(text.char32At(i))) visible.append(text.char32At(i));
  }
  return UnitForm(false, true)(visible, 0, visible.length());
}

}  // namespace

void sort_class_names(std::vector<std::string>& names) {
  std::sort(names.begin(), names.end());  // bytes of UTF-8 sort as code points do
  const auto is_integer = [](const std::string& name) { return integer(name).has_value(); };
  if (!std::all_of(names.begin(), names.end(), is_integer)) return;
  std::stable_sort(names.begin(), names.end(),
                   [](const std::string& a, const std::string& b) { return *integer(a) < *integer(b); });
}

std::vector<std::pair<std::string, std::string>> look_alikes(const std::vector<std::string>& names) {
  StringMap<std::string> first_with;
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& name : names) {
    const auto [first, is_new] = first_with.emplace(skeleton(name), name);
    if (!is_new) pairs.emplace_back(first->second, name);
  }
  return pairs;
}

}  // namespace attune
