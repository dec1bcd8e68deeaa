// SPDX-License-Identifier: Apache-2.0
#include "numbers.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "attune/core/wording.hpp"

namespace attune::report {
namespace {

// std::to_chars knows no locale, unlike printf.
std::string digits_of(double value, std::chars_format format, int precision) {
  std::array<char, 400> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value, format, precision).ptr;
  return {text.data(), end};
}

std::string without_zeros(std::string text) {
  if (text.find('.') == std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

/// 1, 2 or 5 times a power of ten.
double round_step(double rough) {
  const double power = std::pow(10, std::floor(std::log10(rough)));
  const double leading = rough / power;
  return power * (leading < 1.5 ? 1 : leading < 3.5 ? 2 : leading < 7.5 ? 5 : 10);
}

std::string tick_label(double value, double step) {
  const double largest = 1e6;
  if (std::abs(value) >= largest || (step < 1e-5 && value != 0)) return significant(value, 3);
  const int decimals = std::max(0, static_cast<int>(-std::floor(std::log10(step) + 1e-9)));
  return fixed(value, decimals);
}

}  // namespace

std::string significant(double value, int digits) {
  if (!std::isfinite(value)) return "not known";
  const double size = std::abs(value);
  if (size >= 1e6 || (size < 1e-4 && size > 0)) {
    const auto text = digits_of(value, std::chars_format::scientific, digits - 1);
    const auto e = text.find('e');
    return without_zeros(text.substr(0, e)) + text.substr(e);
  }
  const int before_point = size < 1e-4 ? 1 : static_cast<int>(std::floor(std::log10(size))) + 1;
  return without_zeros(digits_of(value, std::chars_format::fixed, std::max(0, digits - before_point)));
}

std::string fixed(double value, int decimals) {
  auto text = digits_of(value, std::chars_format::fixed, decimals);
  return text.front() == '-' && text.find_first_not_of("-0.") == std::string::npos ? text.substr(1) : text;
}

std::string probability_text(double probability) {
  constexpr double kLeastShown = 0.0005;  // what percent() rounds to 0.1 %
  if (probability > 0 && probability < kLeastShown) return "< 0.1 %";
  if (probability < 1 && probability >= 1 - kLeastShown) return "> 99.9 %";
  return percent(probability);
}

std::string coordinate(double value) {
  return std::isfinite(value) ? without_zeros(digits_of(value, std::chars_format::fixed, 2)) : "0";
}

Ticks ticks(double low, double high, int wanted) {
  if (!(low < high)) {
    const double around = low == 0 ? 1 : std::abs(low) * 0.5;
    high = low + around;
    low -= around;
  }
  const double step = round_step(high / wanted - low / wanted);
  const auto first = static_cast<int64_t>(std::floor(low / step + 1e-9));
  const auto last = static_cast<int64_t>(std::ceil(high / step - 1e-9));
  Ticks result;
  for (auto i = first; i <= last; ++i) {
    result.values.push_back(static_cast<double>(i) * step);
    result.labels.push_back(tick_label(result.values.back(), step));
  }
  return result;
}

}  // namespace attune::report
