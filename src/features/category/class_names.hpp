// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace attune {

/// In numeric order when all are integers, else by code point. Class numbers follow this order.
void sort_class_names(std::vector<std::string>& names);

/// Pairs of names that differ only by blanks or case: most likely one class, written in two ways.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> look_alikes(const std::vector<std::string>& names);

}  // namespace attune
