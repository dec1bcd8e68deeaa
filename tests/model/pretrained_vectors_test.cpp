// SPDX-License-Identifier: Apache-2.0
// Word vectors in a model: where they go, how long they are, and what is left as it was drawn.
#include <gmock/gmock.h>

#include <cmath>

#include "attune/core/error.hpp"
#include "attune/core/sha256.hpp"
#include "attune/ops/threads.hpp"
#include "model_fixtures.hpp"
#include "support/temporary_folder.hpp"

namespace attune::testing {
namespace {

using ::testing::ElementsAre;

constexpr const char* kVectors = "great 3 4 0\nThing 0 0 10\npoor -5 0 0\nelsewhere 1 1 1\n";
constexpr double kMeanNorm = 20.0 / 3.0;  // of 5, 10 and 5

class Pretrained : public ::testing::Test {
 protected:
  Model fitted(bool with_vectors = true, bool frozen = false, Schema schema = mixed_schema()) const {
    auto config = small_config();
    if (with_vectors) config.vectors = path_.string();
    config.vectors_frozen = frozen;
    return fresh_model(*table_, schema, config);
  }
  static int64_t id_of(const Model& model, const std::string& word) {
    const auto words = model.inputs()[0]->vector_words();
    const auto found = std::find(words->forms.begin(), words->forms.end(), word);
    if (found == words->forms.end()) throw std::runtime_error("the table lacks " + word);
    return words->first_id + (found - words->forms.begin());
  }
  static std::vector<float> row(const Model& model, const std::string& parameter, int64_t row) {
    const auto& table = model.network().parameters().get(parameter);
    const auto* begin = table.const_data_ptr<float>() + row * table.size(1);
    return {begin, begin + table.size(1)};
  }

  const TemporaryFolder folder_;
  const std::filesystem::path path_ = folder_.write("v.txt", kVectors);
  const std::shared_ptr<const Table> table_ = mixed_table(60);
};

TEST_F(Pretrained, AreAsLongAsEmbeddingsOnceProjected) {
  const auto model = fitted();
  const auto& parameters = model.network().parameters();
  const double width = 8;  // W of small_config(); V is 3
  ASSERT_EQ(parameters.get("input.0.projection.weight").sizes(), (std::vector<int64_t>{8, 3}));
  const auto scale = static_cast<float>(1.0 / (kMeanNorm * std::sqrt(2 * width / (width + 3))));
  const auto near = [&](float x) { return ::testing::FloatEq(x * scale); };
  EXPECT_THAT(row(model, "input.0.vectors", id_of(model, "great")), ElementsAre(near(3), near(4), near(0)));
  EXPECT_THAT(row(model, "input.0.vectors", id_of(model, "thing")), ElementsAre(near(0), near(0), near(10)));
  EXPECT_THAT(row(model, "input.0.vectors", id_of(model, "poor")), ElementsAre(near(-5), near(0), near(0)));
}

TEST_F(Pretrained, LeaveAllElseAsItIsDrawn) {
  const auto with = fitted(), without = fitted(/*with_vectors=*/false);
  const std::vector<int64_t> covered = {id_of(with, "great"), id_of(with, "thing"), id_of(with, "poor")};
  const auto vocabulary = with.network().parameters().get("input.0.vectors").size(0);
  ASSERT_GT(vocabulary, 8);
  for (int64_t id = 0; id < vocabulary; ++id) {
    const bool is_covered = std::find(covered.begin(), covered.end(), id) != covered.end();
    const auto embedding = row(with, "input.0.table", id);
    if (is_covered) {
      EXPECT_THAT(embedding, ::testing::Each(0.0F)) << id;
    } else {
      EXPECT_EQ(embedding, row(without, "input.0.table", id)) << id;
      EXPECT_THAT(row(with, "input.0.vectors", id), ::testing::Each(0.0F)) << id;
    }
  }
  for (const auto& parameter : without.network().parameters().all()) {
    if (parameter.name == "input.0.table") continue;
    EXPECT_TRUE(with.network().parameters().get(parameter.name).equal(parameter.value)) << parameter.name;
  }
}

TEST_F(Pretrained, AreOfEachTextInput) {
  auto schema = mixed_schema();
  schema.inputs.insert(schema.inputs.begin() + 1,
                       {.name = "city_text", .type = "text", .columns = {"city"}, .options = {{"unit", "words"}}});
  const auto path = folder_.write("v.txt", std::string(kVectors) + "lyon 0 2 0\n");
  const auto model = fitted(true, false, schema);
  const auto& inputs = model.network().description().at("inputs");
  ASSERT_EQ(inputs.size(), 4U);
  EXPECT_EQ(inputs[0].at("vector_width"), 3);
  EXPECT_EQ(inputs[1].at("vector_width"), 3);
  EXPECT_FALSE(inputs[2].contains("vector_width")) << "categories are no words";
  EXPECT_EQ(model.record.at("vectors").at("inputs")[1].at("words_covered"), 1);
}

TEST_F(Pretrained, AreRecordedWithTheirFile) {
  const auto model = fitted(true, true);
  const auto& record = model.record.at("vectors");
  EXPECT_EQ(record.at("file"), path_.string());
  EXPECT_EQ(record.at("sha256"), sha256_hex(kVectors));
  EXPECT_EQ(record.at("words"), 4);
  EXPECT_EQ(record.at("width"), 3);
  EXPECT_EQ(record.at("frozen"), true);
  EXPECT_EQ(record.at("inputs")[0].at("column"), "review");
  EXPECT_EQ(record.at("inputs")[0].at("words_covered"), 3);
  EXPECT_EQ(record.at("notes").size(), 2U);
  EXPECT_FALSE(fitted(false).record.contains("vectors"));
}

TEST_F(Pretrained, AreInTheModelFile) {
  for (const bool frozen : {false, true}) {
    const auto model = fitted(true, frozen);
    const auto file = folder_.path() / "m.attune";
    model.save(file);
    std::filesystem::remove(path_);
    const auto loaded = Model::load(file);
    folder_.write("v.txt", kVectors);
    EXPECT_EQ(tensor_digest(loaded), tensor_digest(model));
    EXPECT_EQ(loaded.record, model.record);
    const auto executor = make_executor(2);
    EXPECT_TRUE(
        same_scores(loaded.score(*table_, rows_up_to(60), *executor), model.score(*table_, rows_up_to(60), *executor)));
    for (const auto& p : loaded.network().parameters().all()) {
      EXPECT_EQ(p.trained, !frozen || p.name != "input.0.vectors") << p.name;
    }
  }
}

TEST_F(Pretrained, OfZerosStayZeros) {
  folder_.write("v.txt", "great 0 0\npoor 0 0\n");
  const auto model = fitted();
  EXPECT_THAT(row(model, "input.0.vectors", id_of(model, "great")), ElementsAre(0.0F, 0.0F));
}

TEST_F(Pretrained, NeedAnInputOfWords) {
  auto schema = mixed_schema();
  schema.inputs.erase(schema.inputs.begin());
  EXPECT_EQ(message_of<UsageError>([&] { (void)fitted(true, false, schema); }),
            "--vectors " + path_.string() +
                " has no meaning here: no input is text of words or characters; leave it out, or make one with --input "
                "COLUMN:text:unit=words");
}

}  // namespace
}  // namespace attune::testing
