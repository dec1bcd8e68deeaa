// SPDX-License-Identifier: Apache-2.0
#include "schema/column_list.hpp"

#include <algorithm>

#include "attune/core/error.hpp"
#include "attune/core/nearest_name.hpp"

namespace attune {
namespace {

bool is_pattern(std::string_view part) { return part.find_first_of("*?") != std::string_view::npos; }

/// Bytes of the character at the start of a non-empty text, so that ? stands for one character, not one byte.
size_t first_character(std::string_view text) {
  size_t length = 1;
  while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) ++length;
  return length;
}

std::vector<std::string> columns_of_part(std::string_view part, const Table& table) {
  const auto& names = table.names();
  if (std::find(names.begin(), names.end(), part) != names.end()) return {std::string(part)};
  std::vector<std::string> found;
  if (!is_pattern(part)) return found;
  std::copy_if(names.begin(), names.end(), std::back_inserter(found),
               [part](const std::string& name) { return matches_pattern(part, name); });
  return found;
}

}  // namespace

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (auto at = text.find(separator); at != std::string_view::npos; at = text.find(separator)) {
    parts.push_back(text.substr(0, at));
    text.remove_prefix(at + 1);
  }
  parts.push_back(text);
  return parts;
}

bool matches_pattern(std::string_view pattern, std::string_view name) {
  // On a mismatch the last * takes one more byte: linear memory, no recursion, and no blow-up with many stars.
  std::optional<std::string_view> after_star;
  std::string_view name_at_star;
  while (!name.empty() || !pattern.empty()) {
    if (!pattern.empty() && pattern.front() == '*') {
      pattern.remove_prefix(1);
      after_star = pattern;
      name_at_star = name;
    } else if (!pattern.empty() && !name.empty() && (pattern.front() == '?' || pattern.front() == name.front())) {
      name.remove_prefix(pattern.front() == '?' ? first_character(name) : 1);
      pattern.remove_prefix(1);
    } else if (after_star && !name_at_star.empty()) {
      name_at_star.remove_prefix(first_character(name_at_star));
      name = name_at_star;
      pattern = *after_star;
    } else {
      return false;
    }
  }
  return true;
}

std::optional<std::vector<std::string>> find_columns(std::string_view list, const Table& table) {
  if (auto whole = columns_of_part(list, table); !whole.empty()) return whole;
  std::vector<std::string> columns;
  for (const auto part : split(list, ',')) {
    const auto found = columns_of_part(part, table);
    if (found.empty()) return std::nullopt;
    std::copy_if(found.begin(), found.end(), std::back_inserter(columns), [&](const std::string& name) {
      return std::find(columns.begin(), columns.end(), name) == columns.end();
    });
  }
  return columns;
}

void refuse_columns(std::string_view list, const Table& table) {
  for (const auto part : split(list, ',')) {
    if (!columns_of_part(part, table).empty()) continue;
    throw UsageError(table.name() + ": " + (is_pattern(part) ? "no column matches \"" : "no column \"") +
                     std::string(part) + "\"" + suggestion(part, table.names()));
  }
  throw UsageError(table.name() + ": no column \"" + std::string(list) + "\"");
}

}  // namespace attune
