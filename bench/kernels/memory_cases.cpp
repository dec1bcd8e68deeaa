// SPDX-License-Identifier: Apache-2.0
#include "cases.hpp"
#include "contestants.hpp"

namespace attune::bench {

std::vector<Case> memory_cases(bool quick) {
  constexpr int64_t kAtMost = 100'000'000;
  const auto shape = sized({1, 1, 8192, 64}, quick);
  const auto D = static_cast<double>(shape.D);
  const auto row = [&](const std::string& pass, double work, auto contestant) {
    return Case{.name = "additive " + pass + ", " + text_of(shape) + ", extra memory",
                .peer = Peer::kNone,
                .peer_name = "",
                .at_least = {},
                .multiply_adds = pairs(shape) * work,
                .prepare =
                    [=](const Arena& arena) {
                      // A tiny call first: the pages of the libraries' code are no memory of the attention's.
                      contestant(additive_arrays(sized(shape, true)), arena).run();
                      return std::make_unique<Contest>(Contest{contestant(additive_arrays(shape), arena), {}});
                    },
                .at_most_bytes = kAtMost};
  };
  return {row("forward", additive_work(D), our_operator),
          row("forward + backward", additive_backward_work(D), our_operator_backward)};
}

}  // namespace attune::bench
