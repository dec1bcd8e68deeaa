// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace attune {

/// The candidate with the smallest edit distance to `name` (Damerau, case-insensitive, of what can be seen); empty when
/// none is near (distance at most a third of the longer length, at least 1).
[[nodiscard]] std::string nearest_name(std::string_view name, std::span<const std::string> candidates);

/// ` (did you mean "MEANT"?)`; where one of the two holds a character that cannot be seen, it says so, for they may
/// look the same.
[[nodiscard]] std::string did_you_mean(std::string_view given, std::string_view meant);

/// The same of the nearest name, or the whole list ` (known: A, B, C)` when nothing is near: the tail of an error
/// message.
[[nodiscard]] std::string suggestion(std::string_view name, std::span<const std::string> candidates);

}  // namespace attune
