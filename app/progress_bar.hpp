// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "attune/train/trainer.hpp"

namespace attune::app {

/// One line on standard error that is drawn over, at most ten times a second; nothing when that is no terminal.
class ProgressBar {
 public:
  ProgressBar();
  ~ProgressBar() { clear(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// @param metric what the last validation said, empty before the first
  void show(const TrainProgress& progress, const std::string& metric);
  /// "explaining ████···· 512 of 10,000": of work that is not training
  void show(const std::string& work, int64_t total, int64_t done);
  void clear();

 private:
  [[nodiscard]] bool is_due();
  bool enabled_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_;
};

/// 8 s, 1:05 min, 2:10 h
[[nodiscard]] std::string duration(double seconds);

}  // namespace attune::app
