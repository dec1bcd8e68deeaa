// SPDX-License-Identifier: Apache-2.0
#include "attune/model/model.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "attune/core/error.hpp"
#include "attune/ops/threads.hpp"
#include "model_fixtures.hpp"

namespace attune::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

std::vector<int64_t> whole_numbers(const Tensor& tensor) {
  return {tensor.const_data_ptr<int64_t>(), tensor.const_data_ptr<int64_t>() + tensor.numel()};
}
std::vector<float> floats(const Tensor& tensor) {
  return {tensor.const_data_ptr<float>(), tensor.const_data_ptr<float>() + tensor.numel()};
}
const IdsInput& ids_of(const NetworkInput& input) { return std::get<IdsInput>(input.encoding); }
const ScalarsInput& scalars_of(const NetworkInput& input) { return std::get<ScalarsInput>(input.encoding); }

/// The mixed table with one cell replaced.
std::shared_ptr<const Table> with_cell(int64_t rows, size_t row, size_t column, const std::string& cell) {
  auto cells = mixed_rows(rows);
  cells.at(row).at(column) = cell;
  return make_table(mixed_columns(), cells, "new.csv");
}

TEST(ModelFit, HasAHeadForEachOutput) {
  struct Case {
    std::vector<std::string> outputs;
    std::vector<int64_t> columns;
  };
  const auto table = mixed_table(40);
  const auto executor = make_executor(1);
  for (const auto& [outputs, columns] : {Case{{"grade"}, {3}}, Case{{"price"}, {1}}, Case{{"grade", "price"}, {3, 1}},
                                         Case{{"price", "grade"}, {1, 3}}}) {
    const auto model = fresh_model(*table, mixed_schema(outputs));
    EXPECT_EQ(model.inputs().size(), 3U);
    ASSERT_EQ(model.outputs().size(), outputs.size());
    EXPECT_EQ(model.network().heads(), outputs.size());
    const auto scores = model.score(*table, rows_up_to(40), *executor);
    ASSERT_EQ(scores.size(), outputs.size());
    for (size_t o = 0; o < scores.size(); ++o) {
      EXPECT_EQ(scores[o].rows, 40);
      EXPECT_EQ(scores[o].columns, columns[o]);
      ASSERT_EQ(scores[o].values.size(), static_cast<size_t>(40 * columns[o]));
      for (const float value : scores[o].values) EXPECT_TRUE(std::isfinite(value));
      EXPECT_EQ(model.temperature(o), 1.0);
    }
  }
}

TEST(ModelFit, LearnsInputsFromTrainingRowsAndClassesFromAll) {
  const auto table = make_table({"review", "grade"}, {{"one two", "a"}, {"two", "b"}, {"three", "c"}});
  Schema schema{.inputs = {{.name = "review", .type = "text", .columns = {"review"}, .options = {{"unit", "words"}}}},
                .outputs = {{.name = "grade", .type = "category", .columns = {"grade"}}}};
  const std::vector<int64_t> training = {0, 1};
  const auto model = Model::fit(schema, *table, rows_up_to(3), training, small_config(), 1);
  EXPECT_THAT(model.outputs()[0]->classes(), ElementsAre("a", "b", "c"));
  EXPECT_THAT(model.outputs()[0]->class_counts(), ElementsAre(1, 1, 0));

  const auto strange = make_table({"review"}, {{"three"}, {"unheard"}, {"two"}});
  const auto inputs = model.encode(*strange, model.map_columns(*strange, false), rows_up_to(3));
  const auto ids = whole_numbers(ids_of(inputs[0]).ids);
  ASSERT_EQ(ids.size(), 3U);
  EXPECT_EQ(ids[0], ids[1]) << "a word of a validation row only is as unknown as any other";
  EXPECT_NE(ids[0], ids[2]);
}

TEST(ModelFit, DependsOnTheSeedAlone) {
  const auto table = mixed_table(20);
  const auto digest = tensor_digest(fresh_model(*table, mixed_schema(), small_config(), 5));
  EXPECT_EQ(digest, tensor_digest(fresh_model(*table, mixed_schema(), small_config(), 5)));
  EXPECT_NE(digest, tensor_digest(fresh_model(*table, mixed_schema(), small_config(), 6)));
}

TEST(ModelFit, NamesACellThatIsNoNumber) {
  const auto table = with_cell(9, 4, 2, "big");
  EXPECT_THAT(message_of<InputError>([&] { (void)fresh_model(*table); }),
              StartsWith("new.csv, row 5, column \"size\": expected a number, found \"big\""));
}

TEST(ModelEncode, KeepsRowsInTheOrderAsked) {
  const auto table = mixed_table(12);
  const auto model = fresh_model(*table);
  const auto columns = model.map_columns(*table, false);
  const auto all = model.encode(*table, columns, std::vector<int64_t>{7, 0, 3});
  ASSERT_EQ(all.size(), 3U);
  std::vector<int64_t> offsets{0}, ids, cities;
  std::vector<float> values;
  for (const int64_t row : {7, 0, 3}) {
    const auto one = model.encode(*table, columns, std::vector<int64_t>{row});
    for (const int64_t id : whole_numbers(ids_of(one[0]).ids)) ids.push_back(id);
    offsets.push_back(static_cast<int64_t>(ids.size()));
    cities.push_back(whole_numbers(ids_of(one[1]).ids).at(0));
    for (const float value : floats(scalars_of(one[2]).values)) values.push_back(value);
  }
  ASSERT_GT(ids.size(), 3U);
  EXPECT_EQ(whole_numbers(ids_of(all[0]).offsets), offsets);
  EXPECT_EQ(whole_numbers(ids_of(all[0]).ids), ids);
  EXPECT_EQ(whole_numbers(ids_of(all[1]).ids), cities);
  EXPECT_EQ(scalars_of(all[2]).values.sizes(), (at::IntArrayRef{3, 2}));
  EXPECT_THAT(floats(scalars_of(all[2]).values), ::testing::Pointwise(::testing::NanSensitiveFloatEq(), values));
}

TEST(ModelEncode, ScalesNumbersByTheTrainingRowsAndMarksMissingOnes) {
  const auto table = make_table({"x", "y", "z"}, {{"1", "4", "a"}, {"3", "", "b"}});
  Schema schema{.inputs = {{.name = "numbers", .type = "numbers", .columns = {"x", "y"}}},
                .outputs = {{.name = "z", .type = "category", .columns = {"z"}}}};
  const auto model = fresh_model(*table, schema);
  const auto inputs = model.encode(*table, model.map_columns(*table, false), rows_up_to(2));
  const auto values = floats(scalars_of(inputs[0]).values);  // mean 2, deviation 1; a single 4, which is its mean
  EXPECT_THAT(values, ::testing::Pointwise(::testing::NanSensitiveFloatEq(),
                                           std::vector<float>{-1, 0, 1, std::numeric_limits<float>::quiet_NaN()}));
}

TEST(ModelEncode, TellsPlacesOnlyWhenAsked) {
  const auto table = make_table(
      mixed_columns(), {{"poor thing", "Delft", "1", "2", "bad", "7"}, {"great", "Lyon", "3", "", "good", "9"}});
  const auto model = fresh_model(*table);
  const auto columns = model.map_columns(*table, false);
  for (const auto& input : model.encode(*table, columns, rows_up_to(2))) EXPECT_EQ(input.places, nullptr);

  const auto inputs = model.encode(*table, columns, rows_up_to(2), /*places=*/true);
  ASSERT_EQ(inputs.size(), 3U);
  for (const auto& input : inputs) ASSERT_NE(input.places, nullptr);
  EXPECT_THAT(*inputs[0].places, ElementsAre(Place{0, 4}, Place{5, 10}, Place{0, 5}));
  EXPECT_THAT(*inputs[1].places, ElementsAre(Place{0, 1}, Place{0, 1}));
  EXPECT_THAT(*inputs[2].places, ElementsAre(Place{0, 1}, Place{1, 2}, Place{0, 1}, Place{1, 2}));
}

TEST(ModelEncode, NamesFileAndRowOfABadCell) {
  const auto model = fresh_model(*mixed_table(12));
  const auto table = with_cell(12, 6, 3, "heavy");
  const auto columns = model.map_columns(*table, true);
  const std::string expected = "new.csv, row 7, column \"weight\": expected a number, found \"heavy\"";
  EXPECT_THAT(message_of<InputError>([&] { (void)model.encode(*table, columns, rows_up_to(12)); }),
              StartsWith(expected));
  const auto executor = make_executor(2);
  EXPECT_THAT(message_of<InputError>([&] { (void)model.score(*table, rows_up_to(12), *executor); }),
              StartsWith(expected));
}

TEST(ModelTargets, AreClassesAndScaledNumbers) {
  const auto table =
      make_table(mixed_columns(), {{"a", "b", "1", "1", "bad", "10"}, {"a", "b", "1", "1", "good", "30"}});
  const auto model = fresh_model(*table);
  const auto later =
      make_table({"price", "grade", "review", "city", "size", "weight"},
                 {{"40", "good", "", "", "", ""}, {"10", "awful", "", "", "", ""}, {"20", "bad", "", "", "", ""}});
  const auto targets = model.targets(*later, model.map_columns(*later, true), rows_up_to(3));
  ASSERT_EQ(targets.size(), 2U);
  EXPECT_THAT(std::get<ClassTargets>(targets[0]), ElementsAre(1, -1, 0));
  EXPECT_THAT(std::get<ValueTargets>(targets[1]), ElementsAre(2.0, -1.0, 0.0));  // mean 20, deviation 10
}

TEST(ModelTargets, NameFileAndRowOfWhatIsNoNumber) {
  const auto model = fresh_model(*mixed_table(12));
  const auto table = with_cell(12, 2, 5, "");
  EXPECT_THAT(
      message_of<InputError>([&] { (void)model.targets(*table, model.map_columns(*table, true), rows_up_to(12)); }),
      StartsWith("new.csv, row 3, column \"price\": expected a number to predict, found an empty cell"));
}

TEST(ModelTokenCounts, AreThoseOfTheEncoding) {
  const auto table = mixed_table(150);
  const auto model = fresh_model(*table);
  const auto columns = model.map_columns(*table, false);
  const std::vector<int64_t> rows = {149, 3, 0, 77, 20, 21, 22};
  const auto inputs = model.encode(*table, columns, rows);
  const auto offsets = whole_numbers(ids_of(inputs[0]).offsets);
  std::vector<uint32_t> expected;
  for (size_t r = 0; r < rows.size(); ++r) {
    expected.push_back(static_cast<uint32_t>(offsets[r + 1] - offsets[r] + 1 + 2));  // words, city, two numbers
  }
  for (const int threads : {1, 3}) {
    EXPECT_EQ(model.token_counts(*table, columns, rows, *make_executor(threads)), expected);
  }
}

TEST(ModelTokenCounts, CountRowsThatLoseUnits) {
  const auto table =
      make_table({"review", "grade"}, {{"a b c d", "x"}, {"a b c", "y"}, {"a b c d e f", "x"}, {"", "y"}});
  Schema schema{.inputs = {{.name = "review",
                            .type = "text",
                            .columns = {"review"},
                            .options = {{"unit", "words"}, {"max_length", 3}}}},
                .outputs = {{.name = "grade", .type = "category", .columns = {"grade"}}}};
  const auto model = fresh_model(*table, schema);
  int64_t truncated = -1;
  const auto counts =
      model.token_counts(*table, model.map_columns(*table, false), rows_up_to(4), *make_executor(1), &truncated);
  EXPECT_EQ(truncated, 2);
  ASSERT_EQ(counts.size(), 4U);
  EXPECT_EQ(counts[0], 3U);
}

TEST(ModelMapColumns, FollowsNamesAndNotPlaces) {
  const auto table = mixed_table(70);
  const auto model = fresh_model(*table);
  auto rows = mixed_rows(70);
  for (auto& row : rows) {
    std::reverse(row.begin(), row.end());
    row.insert(row.begin() + 2, "stray");
  }
  const auto turned = make_table({"price", "grade", "extra", "weight", "size", "city", "review"}, rows);
  const auto columns = model.map_columns(*turned, true);
  EXPECT_THAT(columns.inputs, ElementsAre(ElementsAre(6), ElementsAre(5), ElementsAre(4, 3)));
  EXPECT_THAT(columns.outputs, ElementsAre(1, 0));
  const auto executor = make_executor(1);
  EXPECT_TRUE(
      same_scores(model.score(*turned, rows_up_to(70), *executor), model.score(*table, rows_up_to(70), *executor)));
}

TEST(ModelMapColumns, SuggestsTheNearestColumn) {
  const auto model = fresh_model(*mixed_table(12));
  const auto table = make_table({"reviews", "city", "size", "weight"}, {{"", "", "", ""}}, "new.csv");
  const auto message = message_of<InputError>([&] { (void)model.map_columns(*table, false); });
  EXPECT_THAT(message, ::testing::HasSubstr("new.csv"));
  EXPECT_THAT(message, ::testing::HasSubstr("\"review\""));
  EXPECT_THAT(message, ::testing::HasSubstr("did you mean \"reviews\"?"));
}

TEST(ModelMapColumns, NeedsOutputsOnlyForTargets) {
  const auto model = fresh_model(*mixed_table(12));
  const auto table = make_table({"review", "city", "size", "weight", "grades"}, {{"", "", "", "", ""}});
  EXPECT_TRUE(model.map_columns(*table, false).outputs.empty());
  EXPECT_THAT(message_of<InputError>([&] { (void)model.map_columns(*table, true); }),
              ::testing::HasSubstr("did you mean \"grades\"?"));
}

TEST(ModelScore, IsTheSameForEveryNumberOfThreads) {
  const auto table = mixed_table(330);
  const auto model = fresh_model(*table);
  const auto expected = model.score(*table, rows_up_to(330), *make_executor(1));
  for (const int threads : {2, 5}) {
    EXPECT_TRUE(same_scores(model.score(*table, rows_up_to(330), *make_executor(threads)), expected)) << threads;
  }
}

TEST(ModelScore, OfManyRowsIsThatOfEachAlone) {
  const auto table = mixed_table(150);
  const auto model = fresh_model(*table);
  const auto executor = make_executor(1);
  const auto all = model.score(*table, rows_up_to(150), *executor);
  for (int64_t row = 0; row < 150; ++row) {
    const auto one = model.score(*table, std::vector<int64_t>{row}, *executor);
    for (size_t o = 0; o < all.size(); ++o) {
      for (int64_t c = 0; c < all[o].columns; ++c) {
        ASSERT_NEAR(all[o].row(row)[static_cast<size_t>(c)], one[o].values[static_cast<size_t>(c)], 1e-5)
            << "row " << row << ", output " << o << ", column " << c;
      }
    }
  }
}

TEST(ModelScore, OfNoRowsIsEmpty) {
  const auto table = mixed_table(12);
  const auto scores = fresh_model(*table).score(*table, {}, *make_executor(2));
  ASSERT_EQ(scores.size(), 2U);
  EXPECT_EQ(scores[0].rows, 0);
  EXPECT_EQ(scores[0].columns, 3);
  EXPECT_TRUE(scores[0].values.empty());
}

TEST(ModelTemperature, DividesTheLogitsOfItsOutput) {
  const auto table = mixed_table(70);
  auto model = fresh_model(*table);
  const auto executor = make_executor(1);
  auto expected = model.score(*table, rows_up_to(70), *executor);
  model.set_temperature(0, 4.0);  // a power of two, so that halves are exact
  EXPECT_EQ(model.temperature(0), 4.0);
  EXPECT_EQ(model.temperature(1), 1.0);
  for (auto& value : expected[0].values) value /= 4.0F;
  EXPECT_TRUE(same_scores(model.score(*table, rows_up_to(70), *executor), expected));
}

TEST(ModelTemperature, IsFiniteAndPositive) {
  auto model = fresh_model(*mixed_table(12));
  model.set_temperature(0, 2.5);
  for (const double wrong : {0.0, -1.0, std::numeric_limits<double>::infinity(), std::nan("")}) {
    EXPECT_THAT(message_of<UsageError>([&] { model.set_temperature(0, wrong); }),
                StartsWith("temperature: expected a positive number, found "));
    EXPECT_EQ(model.temperature(0), 2.5);
  }
}

}  // namespace
}  // namespace attune::testing
