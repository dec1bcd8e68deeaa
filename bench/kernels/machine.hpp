// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace attune::bench {

/// The processor's name and how many there are, such as "2 x Intel(R) Xeon(R) Processor".
[[nodiscard]] std::string machine_name();

/// Today, as 2026-01-31.
[[nodiscard]] std::string today();

}  // namespace attune::bench
