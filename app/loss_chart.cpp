// SPDX-License-Identifier: Apache-2.0
#include "loss_chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace attune::app {
namespace {

constexpr size_t kWidth = 60;
constexpr int kHeight = 6, kSteps = 8;
constexpr std::array kBlocks = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

std::vector<double> thinned(std::span<const double> numbers) {
  const auto width = std::min(kWidth, numbers.size());
  std::vector<double> result;
  for (size_t x = 0; x < width; ++x) result.push_back(numbers[(x + 1) * numbers.size() / width - 1]);
  result.front() = numbers.front();
  return result;
}

/// Eighths of a line that stand in it; the least number has one, so that its column is seen.
int height_of(double number, double least, double greatest) {
  constexpr int kMost = kHeight * kSteps;
  if (!(greatest > least)) return kMost / 2;
  // Halved, so that no difference of two finite numbers overflows.
  const double share = (number / 2 - least / 2) / (greatest / 2 - least / 2);
  return 1 + static_cast<int>(std::lround(share * (kMost - 1)));
}

std::string line_of(const std::vector<double>& numbers, double least, double greatest, int line) {
  std::string text;
  for (const double number : numbers) {
    const int within = std::clamp(height_of(number, least, greatest) - line * kSteps, 0, kSteps);
    text += kBlocks[static_cast<size_t>(within)];
  }
  return text;
}

}  // namespace

std::string loss_chart(std::span<const double> numbers) {
  const auto drawn = thinned(numbers);
  const auto [least, greatest] = std::minmax_element(drawn.begin(), drawn.end());
  const auto top = fmt::format("{:.4g}", *greatest), bottom = fmt::format("{:.4g}", *least);
  const auto margin = std::max(top.size(), bottom.size());
  std::string text;
  for (int line = kHeight - 1; line >= 0; --line) {
    const auto& label = line == kHeight - 1 ? top : line == 0 ? bottom : "";
    text += fmt::format("{:>{}} │{}\n", label, margin, line_of(drawn, *least, *greatest, line));
  }
  const auto last = std::to_string(numbers.size() - 1);
  const auto gap = drawn.size() > last.size() + 1 ? drawn.size() - last.size() - 1 : 1;
  text += fmt::format("{:>{}} 0{}{}  epochs\n", "", margin + 1, std::string(numbers.size() > 1 ? gap : 0, ' '),
                      numbers.size() > 1 ? last : "");
  return text;
}

}  // namespace attune::app
