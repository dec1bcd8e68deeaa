// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "attune/core/json.hpp"
#include "contest.hpp"
#include "measure.hpp"

namespace attune::bench {

/// Measures a case with so many threads. Keys, as docs/performance.md explains them: name, threads, ours_ns, peer,
/// peer_version, peer_ns, ratio, at_least, met, limit, extra_bytes and at_most_bytes (rows about memory), others_share,
/// busy, machine, isa, date. What does not apply is null.
/// @throws NumericError when the two do not compute the same.
[[nodiscard]] Json measure_row(const Case& about, const Arena& arena, const Pace& pace);

}  // namespace attune::bench
