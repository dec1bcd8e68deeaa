// SPDX-License-Identifier: Apache-2.0
#include "progress_bar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "attune/core/wording.hpp"
#include "console.hpp"

namespace attune::app {

namespace {

std::string bar_of(int64_t done, int64_t total) {
  constexpr int kWidth = 24;
  const auto filled = static_cast<int>(kWidth * done / std::max<int64_t>(1, total));
  std::string bar;
  for (int i = 0; i < kWidth; ++i) bar += i < filled ? "█" : "·";
  return bar;
}

}  // namespace

ProgressBar::ProgressBar() : enabled_(interactive()) {}

bool ProgressBar::is_due() {
  const auto now = std::chrono::steady_clock::now();
  if (!enabled_ || (drawn_ && now - last_ < std::chrono::milliseconds(100))) return false;
  last_ = now;
  drawn_ = true;
  return true;
}

void ProgressBar::show(const TrainProgress& p, const std::string& metric) {
  if (!is_due()) return;
  std::cerr << fmt::format("\r\x1b[Kepoch {}/{} {} loss {:.4f}{}  {} rows/s  {} left", p.epoch, p.epochs,
                           bar_of(p.rows, p.rows_total), p.loss, metric,
                           with_commas(static_cast<int64_t>(p.rows_per_second)), duration(p.seconds_left))
            << std::flush;
}

void ProgressBar::show(const std::string& work, int64_t total, int64_t done) {
  if (!is_due()) return;
  std::cerr << fmt::format("\r\x1b[K{} {} {} of {}", work, bar_of(done, total), with_commas(done),
                           counted(total, "row"))
            << std::flush;
}

void ProgressBar::clear() {
  if (!drawn_) return;
  std::cerr << "\r\x1b[K" << std::flush;
  drawn_ = false;
}

std::string duration(double seconds) {
  const auto whole = static_cast<int64_t>(seconds + 0.5);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{}:{:02} min", whole / 60, whole % 60);
  return fmt::format("{}:{:02} h", whole / 3600, whole / 60 % 60);
}

}  // namespace attune::app
