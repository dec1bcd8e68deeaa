// SPDX-License-Identifier: Apache-2.0
// Rows whose input comes again: with another label, or among the validation rows.
#include <gmock/gmock.h>

#include "attune/ops/threads.hpp"
#include "attune/train/fit.hpp"
#include "train_fixtures.hpp"

namespace attune::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

using Rows = std::vector<std::vector<std::string>>;

/// Different texts: `review 0`, `review 1`, ..
Rows reviews(int first, int count) {
  Rows rows;
  for (int i = first; i < first + count; ++i) rows.push_back({"review " + std::to_string(i), "x", i % 2 ? "a" : "b"});
  return rows;
}

Rows operator+(Rows left, const Rows& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

std::vector<std::string> notes_of(const Rows& training, const Rows& validation,
                                  const std::vector<std::string>& inputs = {"review:text", "city:category"}) {
  const std::vector<std::string> columns = {"review", "city", "grade"};
  std::vector<std::string> notes;
  FitRequest request;
  request.table = make_table(columns, training, "training.csv");
  request.validation = make_table(columns, validation, "validation.csv");
  request.inputs = inputs;
  request.outputs = {"grade"};
  request.model = small_config();
  request.training = steady(1);
  FitCallbacks callbacks;
  callbacks.on_note = [&](const std::string& note) { notes.push_back(note); };
  (void)fit(request, *make_executor(1), callbacks);
  return notes;
}

TEST(RepeatedInputs, AreNoNewsWhenThereAreNone) {
  const auto notes = notes_of(reviews(0, 40), reviews(40, 10));
  ASSERT_FALSE(notes.empty());
  EXPECT_THAT(notes, Not(Contains(HasSubstr("another label"))));
  EXPECT_THAT(notes, Not(Contains(HasSubstr("among the training rows"))));
}

TEST(RepeatedInputs, WithAnotherLabelAreCounted) {
  const auto notes = notes_of(
      reviews(0, 40) + Rows{{"review 3", "x", "b"}, {"review 3", "x", "b"}, {"same", "x", "a"}, {"same", "x", "a"}},
      reviews(40, 10));
  EXPECT_THAT(notes, Contains("warning: 3 training rows have the input of another row and another label (for example "
                              "training.csv, row 4 and training.csv, row 41); no model can be right on all of them"));
}

TEST(RepeatedInputs, EveryInputColumnMakesTheInput) {
  const auto notes = notes_of(reviews(0, 40) + Rows{{"review 3", "y", "b"}}, reviews(40, 10));
  EXPECT_THAT(notes, Not(Contains(HasSubstr("another label"))));
  const auto of_text_alone = notes_of(reviews(0, 40) + Rows{{"review 3", "y", "b"}}, reviews(40, 10), {"review:text"});
  EXPECT_THAT(of_text_alone, Contains(HasSubstr("2 training rows have the input")));
}

TEST(RepeatedInputs, AmongTheValidationRowsAreAWarning) {
  EXPECT_THAT(notes_of(reviews(0, 40), reviews(37, 10)),
              Contains("warning: 3 of 10 validation rows have inputs that are among the training rows as well; what is "
                       "measured on them flatters"));
  EXPECT_THAT(notes_of(reviews(0, 40), reviews(39, 10)), Contains(HasSubstr("1 of 10 validation rows has an input")));
}

TEST(RepeatedInputs, OfNumbersAndCategoriesAreLeftToChance) {
  const auto notes = notes_of(reviews(0, 40) + Rows{{"review 3", "x", "b"}}, reviews(0, 10), {"city:category"});
  EXPECT_THAT(notes, Not(Contains(HasSubstr("another label"))));
  EXPECT_THAT(notes, Not(Contains(HasSubstr("among the training rows"))));
}

}  // namespace
}  // namespace attune::testing
