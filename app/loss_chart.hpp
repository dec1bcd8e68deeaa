// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

namespace attune::app {

/// Columns of block characters, eight steps to a line, from the least number at the bottom to the greatest at the top,
/// with both beside them and the first and last epoch below. More epochs than fit are drawn by the last of each
/// stretch. Ends its lines itself.
/// @param numbers finite, at least one; of the epochs 0, 1, ..
[[nodiscard]] std::string loss_chart(std::span<const double> numbers);

}  // namespace attune::app
