// SPDX-License-Identifier: Apache-2.0
#include "agreement.hpp"

#include <fmt/format.h>
#include <torch/types.h>

#include "attune/core/error.hpp"

namespace attune::bench {

void check_agreement(const Contest& contest, const std::string& what) {
  contest.ours.run();
  if (!contest.ours.results || !contest.peer.results) return;
  contest.peer.run();
  const auto ours = contest.ours.results(), peer = contest.peer.results();
  for (size_t i = 0; i < peer.size(); ++i) {
    const double largest = peer[i].abs().max().item<double>();
    const double difference = (ours.at(i) - peer[i]).abs().max().item<double>();
    if (!(difference <= 1e-4 * largest)) {
      throw NumericError(
          fmt::format("{}: result {} of the two differs by {}, at most {} (1e-4 of the largest) was expected", what,
                      i + 1, difference, 1e-4 * largest));
    }
  }
}

}  // namespace attune::bench
