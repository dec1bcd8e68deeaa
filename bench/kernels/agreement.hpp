// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "contest.hpp"

namespace attune::bench {

/// Runs both once and compares their results: who computes something else wins nothing. @throws NumericError naming
/// `what` when a number is off by more than 1e-4 of the result's largest.
void check_agreement(const Contest& contest, const std::string& what);

}  // namespace attune::bench
