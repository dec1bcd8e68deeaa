// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace attune::report {

/// With so many significant digits and no zeros behind them: 0.123, 1.2e-05, 1234. "not known" where it is not finite.
[[nodiscard]] std::string significant(double value, int digits = 3);

/// With so many digits after the point; never "-0.00".
[[nodiscard]] std::string fixed(double value, int decimals);

/// `12.5 %`; `> 99.9 %` and `< 0.1 %` of what would look certain and is not. To be escaped in markup.
[[nodiscard]] std::string probability_text(double probability);

/// With at most two digits after the point, and none of them a zero at the end: coordinates. 0 where it is not finite.
[[nodiscard]] std::string coordinate(double value);

/// Round numbers from at most `low` to at least `high`, one step apart, about `wanted` of them; for equal or reversed
/// limits a range around them.
struct Ticks {
  std::vector<double> values;
  std::vector<std::string> labels;  ///< all with the same digits after the point
  [[nodiscard]] double low() const { return values.front(); }
  [[nodiscard]] double high() const { return values.back(); }
};
[[nodiscard]] Ticks ticks(double low, double high, int wanted = 5);

}  // namespace attune::report
