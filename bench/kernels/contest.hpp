// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "attune/core/executor.hpp"
#include "attune/ops/tensor.hpp"
#include "onnxruntime.hpp"

namespace attune::bench {

/// Who is set against ours.
enum class Peer {
  kOnnxruntime,
  kLibTorch,
  kOwn,   ///< code of ours: another path, or the same with less to do
  kPeak,  ///< nobody: the time in which the machine could do the multiply-adds at best
  kNone,  ///< nobody; what counts is memory
};

/// One of two that do the same work.
struct Contestant {
  std::function<void()> run;
  std::function<std::vector<Tensor>()> results;  ///< of the last run; none: not to be compared
};

struct Contest {
  Contestant ours, peer;
  double peer_share = 1;  ///< the peer's time is multiplied with it, where it had more to do
};

/// What a contest takes place with.
struct Arena {
  int threads;
  Executor& executor;
  const Onnxruntime* onnxruntime;  ///< null: it is not there
};

/// A row of the table, before it is measured.
struct Case {
  std::string name;
  Peer peer;
  std::string peer_name;           ///< such as "onnxruntime, Add Tanh MatMul Softmax MatMul"
  std::optional<double> at_least;  ///< of the peer's time over ours, at 2 threads
  double multiply_adds;            ///< that ours cannot do without: docs/performance.md says which
  std::function<std::unique_ptr<Contest>(const Arena&)> prepare;
  std::optional<int64_t> at_most_bytes = {};  ///< of extra memory, at any number of threads
};

}  // namespace attune::bench
