// SPDX-License-Identifier: Apache-2.0
#include "attune/train/notable_rows.hpp"

#include <gmock/gmock.h>

#include "train_fixtures.hpp"

namespace attune::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Grades a and b; prices of mean 20 and deviation 10.
Model price_model() {
  const auto table =
      make_table(mixed_columns(), {{"word", "Delft", "1", "2", "a", "10"}, {"word", "Delft", "1", "2", "b", "30"}});
  return fresh_model(*table, mixed_schema({"grade", "price"}));
}

TEST(NotableRowsOfAModel, OfClassesFollowItsProbabilities) {
  const auto model = price_model();
  const Scores scores{.rows = 4, .columns = 2, .values = {0, 3, 2, 0, 1, 0, 0, 1}};
  const auto notable = notable_rows(*model.outputs()[0], ClassTargets{0, 0, 1, -1}, scores, 3);
  EXPECT_THAT(notable.most_wrong, ElementsAre(0, 2));
  EXPECT_THAT(notable.least_certain, ElementsAre(2, 3, 1));
}

TEST(NotableRowsOfAModel, OfNumbersAreInTheUnitOfTheColumn) {
  const auto model = price_model();
  const auto& price = *model.outputs()[1];
  auto targets = price.empty_targets();
  for (const char* cell : {"20", "35", "9"}) price.encode(cell, targets);
  const Scores scores{.rows = 3, .columns = 1, .values = {0, 2, 0}};  // 20, 40, 20
  const auto notable = notable_rows(price, targets, scores, 2);
  EXPECT_THAT(notable.most_wrong, ElementsAre(2, 1)) << "off by 11 and by 5; the first is exact";
  EXPECT_THAT(notable.least_certain, IsEmpty());
}

}  // namespace
}  // namespace attune::testing
