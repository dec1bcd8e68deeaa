// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "attune/core/json.hpp"
#include "attune/core/string_map.hpp"

namespace attune {

/// A number for every unit that is known, of one input apart from those of the next.
class UnitNumbers {
 public:
  /// The unit's number: the next one when it is new, UnitRows::kNone when it is too long to be known.
  int32_t learn(size_t input, const std::string& form);
  /// Learns the units of `others` in the order of their numbers there. Returns the number that each has here.
  std::vector<int32_t> learn(const UnitNumbers& others);
  /// UnitRows::kNone for what was never learnt.
  [[nodiscard]] int32_t find(size_t input, std::string_view form) const;
  [[nodiscard]] int32_t size() const { return next_; }

  /// [{"forms": [..], "numbers": [..]}] per input, by number.
  [[nodiscard]] Json state() const;
  /// @throws ModelFileError for numbers that are not those of learnt units.
  [[nodiscard]] static UnitNumbers load(const Json& state);

 private:
  std::vector<StringMap<int32_t>> of_input_;
  int32_t next_ = 0;
};

}  // namespace attune
