// SPDX-License-Identifier: Apache-2.0
// A row made ready to be explained, and what the model makes of parts of it.
#include <gmock/gmock.h>

#include <cmath>

#include "attune/core/error.hpp"
#include "attune/ops/threads.hpp"
#include "explain_fixtures.hpp"

namespace attune::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<std::string> kRow = {"poor box, on monday", "Delft", "3", ""};

TEST(Subject, TokensAreShownAndHavePlaces) {
  const auto model = lively_model(0);
  const auto subject = subject_of(model, kRow);
  std::vector<std::string> texts;
  std::vector<InputPlace> places;
  for (const auto& token : subject.tokens()) {
    texts.push_back(token.text);
    places.push_back(token.place);
  }
  EXPECT_THAT(texts, ElementsAre("poor", "box", ",", "on", "monday", "city = Delft", "size = 3", "weight = (missing)"));
  EXPECT_EQ(places[1], (InputPlace{0, {5, 8}}));
  EXPECT_EQ(places[5].input, 1);
  EXPECT_EQ(places[7], (InputPlace{2, {1, 2}}));
}

TEST(Subject, PredictsWhatTheModelPredicts) {
  const auto table = mixed_table(70);  // more than a chunk
  for (const double weight : {0.0, 0.8}) {
    const auto model = lively_model(weight);
    const auto rows = rows_up_to(70);
    const auto executor = make_executor(2);
    const auto scores = model.score(*table, rows, *executor);
    for (const size_t output : {0U, 1U}) {
      const auto subjects = read_subjects(model, *table, rows, {.output = output}, *executor);
      ASSERT_EQ(subjects.size(), 70U);
      for (int64_t r = 0; r < 70; ++r) {
        const auto& subject = subjects[static_cast<size_t>(r)];
        const auto expected = model.outputs()[output]->decode(scores[output].row(r));
        EXPECT_EQ(subject.prediction().text, expected.text) << r;
        if (output == 0) {
          EXPECT_NEAR(subject.scored().probability, expected.choices.front().probability, 1e-6);
          EXPECT_EQ(model.outputs()[0]->classes()[static_cast<size_t>(*subject.question().of_class)], expected.text);
        } else {
          EXPECT_FLOAT_EQ(static_cast<float>(subject.scored().score), scores[1].row(r)[0]);
        }
        // With all of its tokens, the row is what it is.
        EXPECT_NEAR(score_of(subject, Keep(subject.tokens().size(), true)), subject.scored().score, 1e-4) << r;
      }
    }
  }
}

TEST(Subject, ExplainsTheClassThatIsAskedFor) {
  const auto model = lively_model(0.5);
  double sum = 0;
  for (int64_t of_class = 0; of_class < 3; ++of_class)
    sum += subject_of(model, kRow, {.output = 0, .of_class = of_class}).scored().probability;
  EXPECT_NEAR(sum, 1, 1e-6);
}

/// The network of a row that loses its last tokens is that of a row that never had them, where nothing tells a token of
/// its neighbours or its place.
TEST(Subject, LosesTokensAsARowWithoutThem) {
  auto config = small_config();
  config.convolution = 0;
  for (const double weight : {0.0, 0.8}) {
    const auto model = lively_model(weight, config);
    const auto subject = subject_of(model, {"poor thing came fast", "Lyon", "7", "2"}, {.output = 0, .of_class = 1});
    const auto shorter = subject_of(model, {"poor came fast", "Lyon", "7", "2"}, {.output = 0, .of_class = 1});
    auto keep = Keep(subject.tokens().size(), true);
    keep[1] = false;
    EXPECT_NEAR(score_of(subject, keep), shorter.scored().score, 1e-4) << weight;
    EXPECT_GT(std::abs(subject.scored().score - shorter.scored().score), 1e-3) << "the token counts for something";
  }
}

/// Numbers and categories have no row without them: the linear part reads a missing cell, the network nothing.
TEST(Subject, LosesNumbersAndCategories) {
  const auto model = lively_model(0.8);
  const auto subject = subject_of(model, kRow, {.output = 0, .of_class = 0});
  auto keep = Keep(subject.tokens().size(), true);
  keep[5] = keep[6] = false;
  const auto without_linear = lively_model(0);
  const auto network_alone = subject_of(without_linear, kRow, {.output = 0, .of_class = 0});
  const auto opinion = model.linear(0)->log_probabilities({{kRow[0]}, {""}, {"", ""}});
  // Both opinions together, from the network's share of the odds and the linear part's logarithms of three classes.
  std::vector<double> logits(3);
  for (int64_t c = 0; c < 3; ++c)
    logits[static_cast<size_t>(c)] = std::log(subject_of(without_linear, kRow, {.output = 0, .of_class = c})
                                                  .scores({&keep, 1}, *make_executor(1))
                                                  .front()
                                                  .probability) +
                                     0.8 * static_cast<double>(opinion[static_cast<size_t>(c)]);
  EXPECT_NEAR(score_of(subject, keep), scored(logits, 0).score, 1e-4);
}

TEST(Subject, ScoresAreTheSameForEveryNumberOfThreads) {
  const auto model = lively_model(0.8);
  const auto subject = subject_of(model, kRow);
  std::vector<Keep> keeps;
  for (unsigned set = 0; set < 256; ++set) {
    auto& keep = keeps.emplace_back(8);
    for (size_t t = 0; t < 8; ++t) keep[t] = (set >> t & 1) != 0;
  }
  const auto one = subject.scores(keeps, *make_executor(1));
  const auto three = subject.scores(keeps, *make_executor(3));
  ASSERT_EQ(one.size(), 256U);
  for (size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].score, three[i].score);
    EXPECT_TRUE(std::isfinite(one[i].score)) << i;
  }
  EXPECT_TRUE(subject.scores({}, *make_executor(1)).empty());
}

TEST(Subject, OddTextsAreRowsLikeOthers) {
  const auto model = lively_model(0.8);
  std::string long_text;
  for (int i = 0; i < 12000; ++i) long_text += "poor ";
  for (const std::string& text : {std::string(), std::string("   "), std::string("e\u0301 \U0001F469\u200D\U0001F4BB"),
                                  std::string("<script>alert(1)</script>"), long_text}) {
    const auto subject = subject_of(model, {text, "", "", ""});
    EXPECT_GE(subject.tokens().size(), 4U);
    EXPECT_TRUE(std::isfinite(score_of(subject, Keep(subject.tokens().size(), false))));
  }
  EXPECT_EQ(subject_of(model, {"", "", "", ""}).tokens().front().text, "(empty)");
}

TEST(Subject, RefusesAnswersThatTheModelDoesNotHave) {
  const auto model = lively_model(0);
  const auto message = [&](const Question& question) {
    return message_of<UsageError>([&] { (void)subject_of(model, kRow, question); });
  };
  EXPECT_EQ(message({.output = 2}), "output to explain: expected a number below 2, found 2");
  EXPECT_EQ(message({.output = 0, .of_class = 3}), "class to explain: expected a number below 3, found 3");
  EXPECT_EQ(message({.output = 1, .of_class = 0}), "class to explain: the output is a number and has none");
  const auto subject = subject_of(model, kRow);
  EXPECT_EQ(message_of<UsageError>([&] { (void)score_of(subject, Keep(3)); }),
            "subset of a row: expected a flag for each of the 8 tokens, found 3");
  EXPECT_THAT(message_of<InputError>([&] {
                (void)subject_of(model, {"a", "b", "many", ""});
              }),
              HasSubstr("expected a number, found \"many\""));
}

}  // namespace
}  // namespace attune::testing
