// SPDX-License-Identifier: Apache-2.0
#include "measure.hpp"

#include <algorithm>
#include <limits>
#include <thread>
#include <vector>

#include "cpu_time.hpp"
#include "multiply_add_peak.hpp"

namespace attune::bench {
namespace {

using Clock = std::chrono::steady_clock;

/// Nanoseconds of the fastest call of a turn: the first warms up what the other has pushed out of the caches.
double fastest_call(const std::function<void()>& run, const Pace& pace) {
  std::this_thread::sleep_for(pace.pause);
  double fastest = std::numeric_limits<double>::infinity();
  const auto begin = Clock::now();
  for (int calls = 0; calls < pace.calls || Clock::now() - begin < pace.turn; ++calls) {
    const auto start = Clock::now();
    run();
    fastest = std::min(fastest, std::chrono::duration<double, std::nano>(Clock::now() - start).count());
  }
  return fastest;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

}  // namespace

Figures measure(const Contest& contest, Executor& executor, const Pace& pace) {
  const OthersWatch others;
  Figures figures;
  std::vector<double> ours, peer, peaks;
  for (int round = 0; round < pace.rounds; ++round) {
    ours.push_back(fastest_call(contest.ours.run, pace));
    double peak = 0;
    for (int i = 0; i < 3; ++i) peak = std::max(peak, multiply_add_peak(executor));
    peaks.push_back(peak);
    if (contest.peer.run) peer.push_back(fastest_call(contest.peer.run, pace));
  }
  figures.ours_ns = median(ours);
  figures.peak = median(peaks);
  if (!peer.empty()) figures.peer_ns = contest.peer_share * median(peer);
  figures.others_share = others.share();
  return figures;
}

}  // namespace attune::bench
