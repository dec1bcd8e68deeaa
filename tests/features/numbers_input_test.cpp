// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <cmath>

#include "attune/core/error.hpp"
#include "feature_fixtures.hpp"

namespace attune {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::message_of;

struct Fitted {
  std::shared_ptr<const Table> table;
  std::unique_ptr<InputFeature> feature;
};

Fitted fitted(std::vector<std::vector<std::string>> rows, const Json& options = Json::object()) {
  std::vector<std::string> names = {"a", "b", "c"};
  names.resize(rows.front().size());
  std::vector<int> columns;
  for (size_t i = 0; i < names.size(); ++i) columns.push_back(static_cast<int>(i));
  Fitted result{make_table(names, std::move(rows), "table.csv"), nullptr};
  result.feature = make_input_feature({"numbers", "numbers", names, options});
  result.feature->fit({*result.table, columns, testing::all_rows(*result.table)}, 1);
  return result;
}

std::vector<float> encode(const InputFeature& feature, const std::vector<std::string_view>& cells) {
  auto batch = feature.empty_encoding();
  feature.encode(cells, batch);
  return std::get<Scalars>(batch).values;
}

TEST(NumbersInput, ScalesByMeanAndDeviation) {
  // a: 1, 3: mean 2, deviation 1. b: -10, 30: mean 10, deviation 20.
  const auto [table, feature] = fitted({{"1", "-10"}, {"3", "30"}});
  EXPECT_THAT(encode(*feature, {"2", "10"}), ElementsAre(0.0F, 0.0F));
  EXPECT_THAT(encode(*feature, {" 5 ", "-1e1"}), ElementsAre(3.0F, -1.0F));
  const Json expected = {{"kind", "scalars"}, {"columns", 2}};
  EXPECT_EQ(feature->embedder(), expected);
  const std::vector<std::string_view> cells = {"1", ""}, words = {"1", "big"};
  EXPECT_EQ(feature->count_tokens(cells).tokens, 2);
  EXPECT_THROW(static_cast<void>(feature->count_tokens(words)), InputError);
  EXPECT_TRUE(feature->notes().empty());
}

TEST(NumbersInput, ScaleNoneKeepsTheNumbers) {
  const auto [table, feature] = fitted({{"1"}, {"3"}}, {{"scale", "none"}});
  EXPECT_THAT(encode(*feature, {"7.5"}), ElementsAre(7.5F));
  EXPECT_THAT(encode(*feature, {"1e300"}), ElementsAre(std::numeric_limits<float>::max()));
}

TEST(NumbersInput, MissingCellsAreNaNAndLeftOutOfTheMean) {
  const auto [table, feature] = fitted({{"1"}, {"NA"}, {"3"}, {""}});  // mean 2, deviation 1
  EXPECT_THAT(encode(*feature, {"3"}), ElementsAre(1.0F));
  for (const auto* missing : {"", "NA", "nan", "?", "-", "null"})
    EXPECT_TRUE(std::isnan(encode(*feature, {missing})[0])) << missing;
  EXPECT_THAT(feature->notes(), ElementsAre("column \"a\": 2 of 4 training cells are missing"));
  EXPECT_THAT(testing::fitted_input("numbers", {"1", "2", "NA"})->notes(),
              ElementsAre("column \"c\": 1 of 3 training cells is missing"));
}

TEST(NumbersInput, ConstantAndEmptyColumnsAreHandledAndNoted) {
  const auto [table, feature] = fitted({{"5", ""}, {"5", "NA"}});
  EXPECT_THAT(encode(*feature, {"5", "0.5"}), ElementsAre(0.0F, 0.5F));
  EXPECT_THAT(encode(*feature, {"6", "0"}), ElementsAre(1.0F, 0.0F));
  EXPECT_THAT(feature->notes(), Contains("column \"a\": the same number in every training row"));
  EXPECT_THAT(feature->notes(), Contains(HasSubstr("column \"b\": no training row holds a number")));
}

TEST(NumbersInput, HugeNumbersStayFinite) {
  const auto [table, feature] = fitted({{"1.7e308"}, {"-1.7e308"}, {"0"}});
  for (const auto* cell : {"1.7e308", "-1.7e308", "0", "1e-300"})
    EXPECT_TRUE(std::isfinite(encode(*feature, {cell})[0])) << cell;
  EXPECT_NEAR(encode(*feature, {"1.7e308"})[0], std::sqrt(1.5), 1e-6);
}

TEST(NumbersInput, ValuesFarOutAreReadAsAThousandDeviations) {
  const auto [table, feature] = fitted({{"1"}, {"3"}});
  EXPECT_THAT(encode(*feature, {"1e9"}), ElementsAre(1000.0F));
  EXPECT_THAT(encode(*feature, {"-1e9"}), ElementsAre(-1000.0F));
}

TEST(NumbersInput, OtherCellsAreRefusedByFileRowAndColumn) {
  const auto message = message_of<InputError>([] { static_cast<void>(fitted({{"1", "2"}, {"3", "four"}})); });
  for (const auto* part :
       {"table.csv, row 2, column \"b\"", "expected a number, found \"four\"", "leave it empty if it is missing"}) {
    EXPECT_THAT(message, HasSubstr(part));
  }
  const auto [table, feature] = fitted({{"1", "2"}, {"3", "4"}});
  auto batch = feature->empty_encoding();
  const std::vector<std::string_view> cells = {"1", "1,5"};
  EXPECT_THAT(message_of<InputError>([&] { feature->encode(cells, batch); }),
              HasSubstr("column \"b\": expected a number"));
  EXPECT_TRUE(std::get<Scalars>(batch).values.empty());  // no half row is left
}

TEST(NumbersInput, ShowsNameAndCell) {
  const auto [table, feature] = fitted({{"1", "2"}, {"3", "4"}});
  const std::vector<std::string_view> cells = {" 17.990 ", ""};
  EXPECT_EQ(feature->show(cells, {0, 1}), "a = 17.990");
  EXPECT_EQ(feature->show(cells, {1, 2}), "b = (missing)");
}

TEST(NumbersInput, StateRoundTrips) {
  const auto [table, feature] = fitted({{"0.1", "5"}, {"0.3", "5"}, {"NA", "5"}});
  const auto loaded = load_input_feature(Json::parse(feature->state().dump()));
  EXPECT_EQ(loaded->state(), feature->state());
  EXPECT_EQ(encode(*loaded, {"0.7", "5"}), encode(*feature, {"0.7", "5"}));
  auto damaged = feature->state();
  damaged["deviations"] = {1.0};
  EXPECT_THAT(message_of<ModelFileError>([&] { static_cast<void>(load_input_feature(damaged)); }),
              HasSubstr("deviations"));
  damaged["deviations"] = {1.0, 0.0};
  EXPECT_THAT(message_of<ModelFileError>([&] { static_cast<void>(load_input_feature(damaged)); }),
              HasSubstr("above 0"));
}

}  // namespace
}  // namespace attune
