// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "attune/core/executor.hpp"

namespace attune::cpu {

/// Pieces of work in order, joined into tasks that are worth handing to another thread. How they are joined depends on
/// the pieces alone.
class Tasks {
 public:
  /// Multiply-adds that are worth handing over, some microseconds: more than it takes to hand over to a thread that
  /// waits, much less than a long call.
  static constexpr int64_t kWorth = int64_t{1} << 18;

  /// The next piece. @param work about as many multiply-adds
  void add(int64_t work) {
    if (ends_.empty() || work_ >= kWorth) {
      ends_.push_back(ends_.empty() ? 0 : ends_.back());
      work_ = 0;
    }
    ++ends_.back();
    work_ += work;
  }
  [[nodiscard]] int64_t count() const { return static_cast<int64_t>(ends_.size()); }
  [[nodiscard]] int64_t begin(int64_t task) const { return task == 0 ? 0 : ends_[static_cast<size_t>(task - 1)]; }
  [[nodiscard]] int64_t end(int64_t task) const { return ends_[static_cast<size_t>(task)]; }

 private:
  std::vector<int64_t> ends_;  // pieces before the end of each task
  int64_t work_ = 0;           // of the last task
};

/// do_piece(i) for every piece, by the executor, or by the calling thread when it is null.
template <class DoPiece>
void run_tasks(Executor* executor, const Tasks& tasks, const DoPiece& do_piece) {
  const auto run = [&](int64_t task) {
    for (int64_t i = tasks.begin(task); i < tasks.end(task); ++i) do_piece(i);
  };
  if (executor == nullptr || tasks.count() <= 1) {
    for (int64_t task = 0; task < tasks.count(); ++task) run(task);
  } else {
    executor->run(tasks.count(), run);
  }
}

}  // namespace attune::cpu
