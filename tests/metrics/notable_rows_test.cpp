// SPDX-License-Identifier: Apache-2.0
#include "attune/metrics/notable_rows.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "attune/core/error.hpp"
#include "support/message_of.hpp"

namespace attune {
namespace {

using attune::testing::message_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Three classes. Rows: 0 right and unsure, 1 wrong (truth 0.3), 2 wrong (truth 0.05), 3 an unseen label, 4 right,
// 5 wrong (truth 0.05 too).
const std::vector<double> kProbabilities = {0.40, 0.35, 0.25, 0.60, 0.30, 0.10, 0.15, 0.80, 0.05,
                                            0.50, 0.30, 0.20, 0.00, 0.10, 0.90, 0.90, 0.05, 0.05};
const std::vector<int64_t> kLabels = {0, 1, 2, kUnseenLabel, 2, 1};
ClassScores scores() { return {kProbabilities, 3}; }

TEST(NotableRows, MostWrongHaveTheLowestProbabilityOfTheTruth) {
  EXPECT_THAT(most_wrong(scores(), kLabels, 10), ElementsAre(2, 5, 1)) << "no right row, none of an unseen label";
  EXPECT_THAT(most_wrong(scores(), kLabels, 1), ElementsAre(2)) << "of equal ones the first";
  EXPECT_THAT(most_wrong(scores(), kLabels, 0), IsEmpty());
  EXPECT_THAT(most_wrong(scores(), std::vector<int64_t>{0, 0, 1, 0, 2, 0}, 10), IsEmpty()) << "all are right";
}

TEST(NotableRows, LeastCertainHaveTheLowestConfidence) {
  EXPECT_THAT(least_certain(scores(), 3), ElementsAre(0, 3, 1));
  EXPECT_THAT(least_certain(scores(), 99), ElementsAre(0, 3, 1, 2, 4, 5));
}

TEST(NotableRows, LargestErrorsAreThoseOfNumbers) {
  const std::vector<double> predicted = {1, 5, -2, 7, 3}, target = {2, 5, 1, 4, 1};
  EXPECT_THAT(largest_errors(predicted, target, 9), ElementsAre(2, 3, 4, 0)) << "the exact one is none";
  EXPECT_THAT(largest_errors(predicted, target, 2), ElementsAre(2, 3));
  EXPECT_THAT(largest_errors(std::vector<double>{}, std::vector<double>{}, 2), IsEmpty());
  const double largest = std::numeric_limits<double>::max();
  EXPECT_THAT(largest_errors(std::vector<double>{largest, 0}, std::vector<double>{-largest, largest}, 2),
              ElementsAre(0, 1))
      << "beyond the range of doubles";
}

TEST(NotableRows, RefuseWhatCannotBeOrdered) {
  EXPECT_THAT(message_of<UsageError>([] { (void)least_certain(scores(), -1); }), HasSubstr("at least 0"));
  EXPECT_THROW((void)most_wrong(scores(), std::vector<int64_t>{0, 1}, 1), UsageError);
  EXPECT_THROW((void)most_wrong(scores(), std::vector<int64_t>{0, 1, 2, 3, 0, 0}, 1), UsageError);
  EXPECT_THAT(message_of<UsageError>([] {
                (void)largest_errors(std::vector<double>{1}, std::vector<double>{1, 2}, 1);
              }),
              HasSubstr("each of 2 rows, found 1"));
  EXPECT_THAT(message_of<UsageError>([] {
                (void)largest_errors(std::vector<double>{1, std::nan("")}, std::vector<double>{1, 2}, 1);
              }),
              HasSubstr("predicted numbers: row 2"));
}

}  // namespace
}  // namespace attune
