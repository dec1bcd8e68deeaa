// SPDX-License-Identifier: Apache-2.0
#include "attune/metrics/spread.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "attune/core/error.hpp"
#include "support/message_of.hpp"

namespace attune {
namespace {

using testing::message_of;
using Values = std::vector<double>;

/// scipy 1.17.1: scipy.stats.t.ppf(probability, freedom).
TEST(StudentT, QuantilesAreThoseOfScipy) {
  struct Case {
    double probability;
    int64_t freedom;
    double expected;
  };
  for (const auto& [probability, freedom, expected] : {
           Case{0.975, 1, 12.70620473617469},
           Case{0.975, 2, 4.302652729749462},
           Case{0.975, 3, 3.182446305283708},
           Case{0.975, 4, 2.776445105197793},
           Case{0.975, 5, 2.570581835636315},
           Case{0.975, 9, 2.262157162798205},
           Case{0.975, 10, 2.228138851986274},
           Case{0.975, 29, 2.045229642132703},
           Case{0.975, 99, 1.984216951586417},
           Case{0.975, 1000, 1.962339080826408},
           Case{0.9, 1, 3.077683537175254},
           Case{0.9, 2, 1.885618083164127},
           Case{0.6, 1, 0.3249196962329063},
           Case{0.6, 2, 0.2886751345948128},
           Case{0.6, 1000, 0.2534145158394988},
           Case{0.9995, 1, 636.6192487687897},
           Case{0.9995, 2, 31.59905457644536},
           Case{0.9995, 1000, 3.300282648423944},
       }) {
    EXPECT_NEAR(student_t_quantile(probability, freedom), expected, 1e-11 * expected) << probability << ' ' << freedom;
    EXPECT_NEAR(student_t_quantile(1 - probability, freedom), -expected, 1e-11 * expected) << probability;
  }
  EXPECT_NEAR(student_t_quantile(0.5, 7), 0, 1e-15);
}

TEST(StudentT, RefusesWhatHasNoQuantile) {
  for (const double probability : {0.0, 1.0, -0.1, std::numeric_limits<double>::quiet_NaN()})
    EXPECT_THROW((void)student_t_quantile(probability, 3), UsageError) << probability;
  EXPECT_EQ(message_of<UsageError>([] { (void)student_t_quantile(0.975, 0); }),
            "student_t_quantile: expected at least 1 degree of freedom, found 0");
}

/// scipy 1.17.1: scipy.stats.t.interval(0.95, n - 1, mean, scipy.stats.sem(values)); numpy's std(ddof=1).
TEST(Spread, IsThatOfScipy) {
  struct Case {
    Values values;
    double mean, deviation, low, high;
  };
  for (const auto& [values, mean, deviation, low, high] : {
           Case{{0.90, 0.88, 0.92, 0.87, 0.91}, 0.896, 0.02073644135332774, 0.8702523073207094, 0.9217476926792909},
           Case{{1, 3}, 2, 1.4142135623730951, -10.706204736174694, 14.706204736174694},
           Case{{200001, 200002, 200004, 199992}, 199999.75, 5.315072906367325, 199991.2925329334, 200008.2074670666},
       }) {
    const auto spread = spread_of(values);
    EXPECT_EQ(spread.count, std::ssize(values));
    EXPECT_NEAR(spread.mean, mean, 1e-12 * mean);
    EXPECT_NEAR(spread.deviation.value(), deviation, 1e-10);
    EXPECT_NEAR(spread.low.value(), low, 1e-9);
    EXPECT_NEAR(spread.high.value(), high, 1e-9);
  }
}

/// The interval of the second case above, cut at either end; nothing else changes.
TEST(Spread, IntervalEndsWhereTheFigureDoes) {
  const Values values{1, 3};
  const auto free = spread_of(values), loss = spread_of(values, {.lowest = 0}),
             bounded = spread_of(values, {.lowest = 0.5, .highest = 4}), wide = spread_of(values, {-20, 20});
  EXPECT_LT(free.low.value(), 0);
  EXPECT_EQ(loss.low, 0.0);
  EXPECT_EQ(loss.high, free.high);
  EXPECT_EQ(bounded.low, 0.5);
  EXPECT_EQ(bounded.high, 4.0);
  EXPECT_EQ(bounded.mean, free.mean);
  EXPECT_EQ(bounded.deviation, free.deviation);
  EXPECT_EQ(wide.low, free.low);
  EXPECT_EQ(wide.high, free.high);
}

TEST(Spread, OfEqualFiguresHasNoWidth) {
  const auto spread = spread_of(Values(3, 0.5));
  EXPECT_EQ(spread.deviation, 0.0);
  EXPECT_EQ(spread.low, 0.5);
  EXPECT_EQ(spread.high, 0.5);
}

TEST(Spread, OfOneFigureIsThatFigure) {
  const auto spread = spread_of(Values{0.75});
  EXPECT_EQ(spread.count, 1);
  EXPECT_EQ(spread.mean, 0.75);
  EXPECT_FALSE(spread.deviation || spread.low || spread.high);
  EXPECT_EQ(to_json(spread), Json::parse(R"({"mean": 0.75, "standard_deviation": null, "interval": null})"));
}

TEST(Spread, AsJson) {
  const auto json = to_json(spread_of(Values(2, 0.5)));
  EXPECT_EQ(json, Json::parse(R"({"mean": 0.5, "standard_deviation": 0.0, "interval": [0.5, 0.5]})"));
}

TEST(Spread, RefusesNothingAndWhatIsNotFinite) {
  EXPECT_EQ(message_of<UsageError>([] { (void)spread_of(Values{}); }), "spread: there is no figure; give at least one");
  EXPECT_EQ(message_of<UsageError>([] {
              (void)spread_of(Values{1, std::nan("")});
            }),
            "spread: figure 2: expected a finite number, found nan");
}

}  // namespace
}  // namespace attune
