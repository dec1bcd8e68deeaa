// SPDX-License-Identifier: Apache-2.0
#include "attune/data/table.hpp"

#include <algorithm>
#include <utility>

#include "attune/core/error.hpp"
#include "attune/core/nearest_name.hpp"

namespace attune {

void Row::clear() {
  cells_.clear();
  owned_.clear();
}

void Row::add_owned(std::string cell) { cells_.emplace_back(owned_.emplace_back(std::move(cell))); }

int Table::column(std::string_view column_name) const {
  const auto found = std::find(names_.begin(), names_.end(), column_name);
  if (found != names_.end()) return static_cast<int>(found - names_.begin());
  throw InputError(name() + ": no column \"" + std::string(column_name) + "\"" + suggestion(column_name, names_));
}

}  // namespace attune
