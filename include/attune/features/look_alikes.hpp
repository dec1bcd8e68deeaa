// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "attune/core/string_map.hpp"

namespace attune {

/// Names by what remains without blanks, invisible characters and case: those that differ in nothing else are most
/// likely one name, written in two ways.
class LookAlikes {
 public:
  LookAlikes() = default;
  explicit LookAlikes(std::span<const std::string> names);

  /// Adds a name. Where one that looks like it was there before it stays, and is returned; else nullptr.
  const std::string* add(const std::string& name);
  /// The name that looks like this one, or is it; nullptr when there is none. Lives as long as this object.
  [[nodiscard]] const std::string* find(std::string_view name) const;

 private:
  StringMap<std::string> first_with_;  // of what remains
};

}  // namespace attune
