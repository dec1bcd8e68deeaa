// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace attune {

/// Runs independent tasks on a fixed set of threads. Work is cut into tasks by shape alone, never by the number of
/// threads, so that results do not depend on it.
class Executor {
 public:
  /// `threads` >= 1, the calling thread included. `on_thread_start` runs once in every worker and, at construction, in
  /// the calling thread (e.g. to set flush-denormals or to tell a library to stay single-threaded); what it throws, the
  /// constructor throws.
  explicit Executor(int threads, std::function<void()> on_thread_start = {});
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  /// Runs task(0) .. task(count - 1), each exactly once, and returns when all are done. The first exception (by task
  /// number) is rethrown after the others have finished. Called from inside a task (of any executor), it runs them in
  /// that thread. Callers from several threads take turns.
  void run(int64_t count, const std::function<void(int64_t)>& task);

  [[nodiscard]] int threads() const;

 private:
  class Pool;
  std::unique_ptr<Pool> pool_;
};

}  // namespace attune
