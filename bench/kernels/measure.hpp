// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "contest.hpp"

namespace attune::bench {

/// How long is measured.
struct Pace {
  int rounds = 7;                                                      ///< in which the two take turns
  std::chrono::duration<double> turn = std::chrono::milliseconds(60);  ///< at least
  int calls = 2;                                                       ///< in a turn, at least
  /// Before a turn, so that threads which the other left spinning are asleep: those of LibTorch (libgomp) and
  /// onnxruntime wait for more work for some 10 ms.
  std::chrono::duration<double> pause = std::chrono::milliseconds(30);
};

struct Figures {
  double ours_ns = 0;       ///< median over the rounds of a turn's fastest call
  double peer_ns = 0;       ///< likewise; 0: there is no peer
  double peak = 0;          ///< multiply-adds a second: median over the rounds of the best of three tries
  double others_share = 0;  ///< of the processors' time, taken by other processes
};

/// Lets the two take turns: ours, peer, ours, peer, ..
[[nodiscard]] Figures measure(const Contest& contest, Executor& executor, const Pace& pace);

}  // namespace attune::bench
