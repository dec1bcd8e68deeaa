// SPDX-License-Identifier: Apache-2.0
#include "category/class_names.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "attune/features/look_alikes.hpp"

namespace attune {
namespace {

std::optional<int64_t> integer(const std::string& name) {
  int64_t value = 0;
  const auto* end = name.data() + name.size();
  const auto [rest, error] = std::from_chars(name.data(), end, value);
  if (error != std::errc() || rest != end) return std::nullopt;
  return value;
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
  LookAlikes seen;
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& name : names) {
    if (const auto* first = seen.add(name)) pairs.emplace_back(*first, name);
  }
  return pairs;
}

}  // namespace attune
