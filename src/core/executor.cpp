// SPDX-License-Identifier: Apache-2.0
#include "attune/core/executor.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "attune/core/error.hpp"

namespace attune {
namespace {

/// True while this thread runs a task of any executor: a nested run then stays in the thread, so that no executor ever
/// waits for a thread that waits for it.
thread_local bool inside_task = false;

class InsideTask {
 public:
  InsideTask() : before_(std::exchange(inside_task, true)) {}
  ~InsideTask() { inside_task = before_; }
  InsideTask(const InsideTask&) = delete;
  InsideTask& operator=(const InsideTask&) = delete;

 private:
  bool before_;
};

/// Waits for `condition` about as long as lies between two runs of a small training step, in which sleeping and being
/// woken would take longer than the work. Yields, so that a thread that is being waited for gets the core where there
/// are more threads than cores. Returns whether the condition came true.
template <class Condition>
bool spin_until(const Condition& condition) {
  constexpr auto kLongest = std::chrono::microseconds(100);
  const auto end = std::chrono::steady_clock::now() + kLongest;
  do {
    if (condition()) return true;
    std::this_thread::yield();
  } while (std::chrono::steady_clock::now() < end);
  return false;
}

/// One call of run(): hands out the task numbers and keeps the exception of the lowest one.
class Job {
 public:
  Job(int64_t count, const std::function<void(int64_t)>& task) : count_(count), task_(task) {}

  /// Takes tasks until none is left.
  void work() {
    const InsideTask mark;
    for (int64_t i = next_.fetch_add(1); i < count_; i = next_.fetch_add(1)) run_one(i);
  }

  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  void run_one(int64_t i) {
    try {
      task_(i);
    } catch (...) {
      const std::lock_guard lock(error_mutex_);
      if (!error_ || i < failed_task_) {
        error_ = std::current_exception();
        failed_task_ = i;
      }
    }
  }

  const int64_t count_;
  const std::function<void(int64_t)>& task_;
  std::atomic<int64_t> next_{0};
  std::mutex error_mutex_;
  int64_t failed_task_ = 0;
  std::exception_ptr error_;
};

}  // namespace

class Executor::Pool {
 public:
  Pool(int workers, std::function<void()> on_start) : on_start_(std::move(on_start)) {
    threads_.reserve(static_cast<size_t>(workers));
    try {
      for (int w = 0; w < workers; ++w) threads_.emplace_back([this] { worker(); });
    } catch (...) {
      stop();
      throw;
    }
    wait_for_start();
  }

  ~Pool() { stop(); }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  [[nodiscard]] int workers() const { return static_cast<int>(threads_.size()); }

  void run(Job& job) {
    const std::lock_guard one_at_a_time(run_mutex_);
    open(job);
    job.work();
    close();
  }

 private:
  void open(Job& job) {
    {
      const std::lock_guard lock(mutex_);
      job_ = &job;
      ++generation_;
    }
    opened_.fetch_add(1);  // the mutex is free again: who spins on this does not fall asleep over it
    wake_.notify_all();
  }

  /// No worker may enter any more; those inside still hold their last tasks.
  void close() {
    {
      const std::lock_guard lock(mutex_);
      job_ = nullptr;
    }
    if (spin_until([this] { return inside_.load() == 0; })) return;
    std::unique_lock lock(mutex_);
    sleeping_.store(true);
    idle_.wait(lock, [this] { return inside_.load() == 0; });
    sleeping_.store(false);
  }

  void worker() {
    if (!start_worker()) return;
    uint64_t seen = 0;
    while (Job* job = enter(seen)) {
      job->work();
      leave();
    }
  }

  /// The next open job, registered as worked on; nullptr when the pool stops.
  Job* enter(uint64_t& seen) {
    spin_until([&] { return opened_.load() > seen; });
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [&] { return stopping_ || (job_ != nullptr && generation_ != seen); });
    if (stopping_) return nullptr;
    seen = generation_;
    inside_.fetch_add(1);
    return job_;
  }

  /// The job may be gone right after. The mutex only where the caller sleeps: taken while it opens the next job, it
  /// would put one of the two to sleep.
  void leave() {
    if (inside_.fetch_sub(1) > 1 || !sleeping_.load()) return;
    const std::lock_guard lock(mutex_);
    idle_.notify_one();
  }

  bool start_worker() {
    std::exception_ptr error;
    try {
      if (on_start_) on_start_();
    } catch (...) {
      error = std::current_exception();
    }
    const std::lock_guard lock(mutex_);
    if (error) start_error_ = error;
    ++started_;
    idle_.notify_one();
    return !error;
  }

  void wait_for_start() {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return started_ == workers(); });
    if (!start_error_) return;
    lock.unlock();
    stop();
    std::rethrow_exception(start_error_);
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
  }

  std::function<void()> on_start_;
  std::mutex run_mutex_;  ///< callers from different threads take turns
  std::mutex mutex_;      ///< guards job_, generation_, started_, start_error_, stopping_ and entering
  std::condition_variable wake_, idle_;
  uint64_t generation_ = 0;          ///< jobs so far
  std::atomic<uint64_t> opened_{0};  ///< the same, for those who spin
  std::atomic<int> inside_{0};
  std::atomic<bool> sleeping_{false};  ///< the caller waits for idle_
  Job* job_ = nullptr;
  int started_ = 0;
  std::exception_ptr start_error_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

Executor::Executor(int threads, std::function<void()> on_thread_start) {
  if (threads < 1) {
    throw UsageError("executor: the number of threads must be at least 1, found " + std::to_string(threads));
  }
  if (on_thread_start) on_thread_start();
  pool_ = std::make_unique<Pool>(threads - 1, std::move(on_thread_start));
}

Executor::~Executor() = default;

int Executor::threads() const { return pool_->workers() + 1; }

void Executor::run(int64_t count, const std::function<void(int64_t)>& task) {
  Job job(count, task);
  const bool in_this_thread = inside_task || count <= 1 || pool_->workers() == 0;
  if (in_this_thread) {
    job.work();
  } else {
    pool_->run(job);
  }
  job.rethrow();
}

}  // namespace attune
