// SPDX-License-Identifier: Apache-2.0
#include "attune/core/nearest_name.hpp"

#include <algorithm>
#include <vector>

#include "attune/core/invisible.hpp"

namespace attune {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same(char a, char b) { return lower(a) == lower(b); }

/// Optimal string alignment: insert, delete, substitute, or swap two neighbours, each for 1.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> two_above(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    two_above.swap(above);
    above.swap(row);
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substitution = above[j - 1] + (same(a[i - 1], b[j - 1]) ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, substitution});
      const bool swapped = i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]);
      if (swapped) row[j] = std::min(row[j], two_above[j - 2] + 1);
    }
  }
  return row[b.size()];
}

/// `the invisible character \u200B`
std::string named(const std::vector<std::string>& escapes) {
  std::string text = escapes.size() == 1 ? "the invisible character " : "the invisible characters ";
  for (size_t i = 0; i < escapes.size(); ++i) text += (i == 0 ? "" : ", ") + escapes[i];
  return text;
}

}  // namespace

std::string nearest_name(std::string_view name, std::span<const std::string> candidates) {
  const std::string* nearest = nullptr;
  size_t nearest_distance = 0;
  const auto wanted = as_seen(name);
  for (const auto& candidate : candidates) {
    const auto seen = as_seen(candidate);
    const size_t allowed = std::max<size_t>(1, std::max(wanted.size(), seen.size()) / 3);
    const size_t distance = edit_distance(wanted, seen);
    if (distance > allowed || (nearest != nullptr && distance >= nearest_distance)) continue;
    nearest = &candidate;
    nearest_distance = distance;
  }
  return nearest == nullptr ? std::string() : *nearest;
}

std::string did_you_mean(std::string_view given, std::string_view meant) {
  auto text = " (did you mean \"" + with_escapes(meant) + "\"?";
  if (const auto hidden = invisible_in(meant); !hidden.empty()) text += " That name holds " + named(hidden);
  if (const auto hidden = invisible_in(given); !hidden.empty()) text += " What was given holds " + named(hidden);
  return text + ")";
}

std::string suggestion(std::string_view name, std::span<const std::string> candidates) {
  if (const auto nearest = nearest_name(name, candidates); !nearest.empty()) return did_you_mean(name, nearest);
  if (candidates.empty()) return " (there are none)";
  std::string list = " (known: ";
  for (size_t i = 0; i < candidates.size(); ++i) list += (i == 0 ? "" : ", ") + with_escapes(candidates[i]);
  return list + ")";
}

}  // namespace attune
