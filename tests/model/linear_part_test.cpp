// SPDX-License-Identifier: Apache-2.0
//
// The linear part of a model: what it adds to the scores, and how it is kept.
#include <gmock/gmock.h>

#include <cmath>
#include <functional>
#include <limits>

#include "attune/core/error.hpp"
#include "attune/core/files.hpp"
#include "attune/core/metadata_seal.hpp"
#include "attune/core/tensor_container.hpp"
#include "attune/ops/threads.hpp"
#include "model_fixtures.hpp"
#include "support/temporary_folder.hpp"

namespace attune::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(LinearPart, AddsItsWeightedLogProbabilitiesToTheTemperedLogits) {
  const auto table = mixed_table(70);
  auto model = fresh_model(*table);
  const auto executor = make_executor(2);
  const auto network = model.score(*table, rows_up_to(70), *executor);
  add_linear_part(model, *table, 0.75);
  model.set_temperature(0, 2);
  const auto scores = model.score(*table, rows_up_to(70), *executor);
  const auto linear = model.linear(0)->log_probabilities(*table, rows_up_to(70));
  ASSERT_EQ(scores[0].values.size(), linear.size());
  for (size_t i = 0; i < linear.size(); ++i)
    EXPECT_FLOAT_EQ(scores[0].values[i], network[0].values[i] / 2 + 0.75F * linear[i]);
  EXPECT_EQ(scores[1].values, network[1].values) << "an output of numbers has none";

  const auto opinions = model.opinions(*table, rows_up_to(70), *executor);
  EXPECT_EQ(opinions[0].network.values, network[0].values);
  EXPECT_EQ(opinions[0].linear.values, linear);
  EXPECT_EQ(opinions[1].linear.rows, 0);
  EXPECT_TRUE(same_scores(model.pooled(opinions), scores));
}

TEST(LinearPart, IsTheSameForEveryNumberOfThreads) {
  const auto table = mixed_table(200);
  auto model = fresh_model(*table);
  add_linear_part(model, *table, 0.5);
  const auto one = model.score(*table, rows_up_to(200), *make_executor(1));
  for (const int threads : {2, 5})
    EXPECT_TRUE(same_scores(model.score(*table, rows_up_to(200), *make_executor(threads)), one));
}

TEST(LinearPart, WithoutWeightSaysNothing) {
  const auto table = mixed_table(70);
  auto model = fresh_model(*table);
  const auto executor = make_executor(1);
  const auto before = model.score(*table, rows_up_to(70), *executor);
  add_linear_part(model, *table, 0);
  EXPECT_TRUE(same_scores(model.score(*table, rows_up_to(70), *executor), before));
  EXPECT_EQ(model.opinions(*table, rows_up_to(70), *executor)[0].linear.rows, 70) << "so that a weight can be fitted";
}

TEST(LinearPart, BelongsToAnOutputOfAsManyClasses) {
  const auto table = mixed_table(30);
  auto model = fresh_model(*table);
  auto two_classes =
      fresh_model(*make_table(mixed_columns(), {{"a", "b", "1", "2", "c", "3"}, {"a", "b", "1", "2", "d", "3"}}));
  add_linear_part(model, *table, 0.5);
  const std::string refused = "linear part: expected one for the ";
  EXPECT_THAT(message_of<UsageError>([&] { two_classes.set_linear(0, model.linear(0)); }),
              StartsWith(refused + "2 classes"));
  EXPECT_THAT(message_of<UsageError>([&] { model.set_linear(1, model.linear(0)); }), StartsWith(refused + "0 classes"));
  model.set_linear(0, nullptr);
  EXPECT_EQ(model.linear_weight(0), 0);
  EXPECT_THAT(message_of<UsageError>([&] { model.set_linear_weight(0, 0.1); }),
              HasSubstr("the output has no such part"));
}

TEST(LinearPart, HasAFiniteWeightThatIsNotNegative) {
  const auto table = mixed_table(30);
  auto model = fresh_model(*table);
  add_linear_part(model, *table, 0.5);
  for (const double wrong : {-0.1, std::numeric_limits<double>::infinity(), std::nan("")}) {
    EXPECT_THAT(message_of<UsageError>([&] { model.set_linear_weight(0, wrong); }),
                StartsWith("weight of the linear part: expected a number of at least 0, found "));
    EXPECT_EQ(model.linear_weight(0), 0.5);
  }
}

TEST(LinearPart, IsKeptInTheModelFile) {
  const TemporaryFolder folder;
  const auto table = mixed_table(130);
  auto model = fresh_model(*table);
  add_linear_part(model, *table, 0.625);
  model.save(folder.path() / "a");
  const auto loaded = Model::load(folder.path() / "a");
  EXPECT_EQ(loaded.linear_weight(0), 0.625);
  EXPECT_EQ(loaded.linear(1), nullptr);
  const auto executor = make_executor(2);
  EXPECT_TRUE(
      same_scores(loaded.score(*table, rows_up_to(130), *executor), model.score(*table, rows_up_to(130), *executor)));
  loaded.save(folder.path() / "b");
  EXPECT_EQ(read_text_file(folder.path() / "b"), read_text_file(folder.path() / "a"));
}

TEST(LinearPart, IsLeftOutOfTheModelFileWithoutWeight) {
  const TemporaryFolder folder;
  const auto table = mixed_table(30);
  auto model = fresh_model(*table);
  model.save(folder.path() / "none");
  add_linear_part(model, *table, 0);
  model.save(folder.path() / "weightless");
  EXPECT_EQ(read_text_file(folder.path() / "weightless"), read_text_file(folder.path() / "none"));
}

struct Changed {
  std::string message;
  std::function<void(Json& linear, std::vector<TensorView>& tensors)> change;
};

TensorView& tensor(std::vector<TensorView>& tensors, const std::string& name) {
  return *std::find_if(tensors.begin(), tensors.end(), [&](const auto& one) { return one.name == name; });
}

TEST(LinearPart, ThatIsDamagedIsRefused) {
  const TemporaryFolder folder;
  const auto table = mixed_table(30);
  auto model = fresh_model(*table);
  add_linear_part(model, *table, 0.5);
  model.save(folder.path() / "good");
  const auto good = TensorContainer::open(folder.path() / "good");
  const std::vector<Changed> cases = {
      {"do not belong together", [](Json& linear, auto&) { linear.erase(1); }},
      {"\"linear\" is not a list", [](Json& linear, auto&) { linear = 3; }},
      {"linear.0", [](Json& linear, auto&) { linear[0] = nullptr; }},
      {"linear.0.ngrams", [](Json& linear, auto&) { std::swap(linear[0], linear[1]); }},
      {"at least 0", [](Json& linear, auto&) { linear[0]["weight"] = -1; }},
      {"weight", [](Json& linear, auto&) { linear[0].erase("weight"); }},
      {"type_error", [](Json& linear, auto&) { linear[0]["fields"] = "x"; }},
      {"numbers of classes", [](Json& linear, auto&) { linear[0]["fields"]["classes"] = Json::array(); }},
      {"linear part", [](Json& linear, auto&) { linear[0]["fields"]["scales"] = Json::array(); }},
      {"words", [](Json& linear, auto&) { linear[0]["fields"]["inputs"].erase("words"); }},
      {"linear.0.weights",
       [](Json&, auto& tensors) { tensor(tensors, "linear.0.weights").type = ElementType::kInt32; }},
      {"linear.0.ngrams",
       [](Json&, auto& tensors) {
         tensor(tensors, "linear.0.ngrams").shape = {2 * tensor(tensors, "linear.0.ngrams").shape[0]};
       }},
      {"linear.0.inverse_frequencies", [](Json&, auto& tensors) {
         std::erase_if(tensors, [](const auto& one) { return one.name == "linear.0.inverse_frequencies"; });
       }}};
  for (size_t i = 0; i < cases.size(); ++i) {
    auto metadata = good.metadata();
    auto tensors = good.tensors();
    auto linear = Json::parse(metadata.at("linear"));
    cases[i].change(linear, tensors);
    metadata["linear"] = linear.dump();
    metadata.erase("attune.sha256");
    metadata[kMetadataSealKey] = metadata_seal(metadata);
    TensorContainer::write(folder.path() / "changed", tensors, metadata);
    const auto message = message_of<ModelFileError>([&] { (void)Model::load(folder.path() / "changed"); });
    EXPECT_THAT(message, StartsWith((folder.path() / "changed").string() + ": ")) << "case " << i;
    EXPECT_THAT(message, HasSubstr(cases[i].message)) << "case " << i;
  }
}

}  // namespace
}  // namespace attune::testing
