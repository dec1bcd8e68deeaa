// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "attune/data/table.hpp"

namespace attune {

/// What is wrong with a column as one of classes: its labels come less than twice on average, over all rows.
struct LabelDoubt {
  bool all_differ = false;  ///< no label comes twice
  std::string text;         ///< a sentence that says what they look like instead, and the way out; empty: no doubt
};

/// Looks at up to 10,000 rows, and at all when these leave a doubt. Below ten rows there is none.
[[nodiscard]] LabelDoubt doubt_classes(const Table& table, const std::string& column);

}  // namespace attune
