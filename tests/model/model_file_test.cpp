// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>

#include "attune/core/error.hpp"
#include "attune/core/files.hpp"
#include "attune/ops/threads.hpp"
#include "model_fixtures.hpp"
#include "support/file_size_limit.hpp"
#include "support/temporary_folder.hpp"

namespace attune::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Json states(const auto& features) {
  Json all = Json::array();
  for (const auto& feature : features) all.push_back(feature->state());
  return all;
}

TEST(ModelFile, KeepsEverything) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "m.attune";
  const auto table = mixed_table(130);
  auto model = fresh_model(*table);
  model.set_temperature(0, 1.7);
  model.record = {{"training", {{"seed", 1}, {"name", "Größe \"x\""}}}, {"history", Json::array({1.5, nullptr})}};
  model.save(path);

  const auto loaded = Model::load(path);
  EXPECT_EQ(tensor_digest(loaded), tensor_digest(model));
  EXPECT_EQ(loaded.record, model.record);
  EXPECT_EQ(loaded.temperature(0), 1.7);
  EXPECT_EQ(loaded.temperature(1), 1.0);
  EXPECT_EQ(to_json(loaded.schema()), to_json(model.schema()));
  EXPECT_EQ(states(loaded.inputs()), states(model.inputs()));
  EXPECT_EQ(states(loaded.outputs()), states(model.outputs()));
  EXPECT_EQ(loaded.network().description(), model.network().description());
  const auto executor = make_executor(2);
  EXPECT_TRUE(
      same_scores(loaded.score(*table, rows_up_to(130), *executor), model.score(*table, rows_up_to(130), *executor)));
}

TEST(ModelFile, IsTheSameWhenSavedAgain) {
  const TemporaryFolder folder;
  fresh_model(*mixed_table(30)).save(folder.path() / "a");
  Model::load(folder.path() / "a").save(folder.path() / "b");
  const auto bytes = read_text_file(folder.path() / "a");
  ASSERT_FALSE(bytes.empty());
  EXPECT_EQ(read_text_file(folder.path() / "b"), bytes);
}

TEST(ModelFile, KeepsEveryMechanismAndPool) {
  const TemporaryFolder folder;
  const auto table = mixed_table(30);
  const auto executor = make_executor(1);
  for (const auto& [mechanism, pool] :
       {std::pair{"split", "mean"}, {"additive", "max"}, {"dot", "first"}, {"multiplicative", "attention"}}) {
    auto config = small_config();
    config.mechanism = mechanism;
    config.pool = pool;
    config.positions = "learned";
    config.dense = {5};
    const auto model = fresh_model(*table, mixed_schema(), config);
    model.save(folder.path() / "m");
    EXPECT_TRUE(same_scores(Model::load(folder.path() / "m").score(*table, rows_up_to(30), *executor),
                            model.score(*table, rows_up_to(30), *executor)))
        << mechanism << " " << pool;
  }
}

TEST(ModelFile, TakesARecordThatIsNotUtf8) {
  const TemporaryFolder folder;
  auto model = fresh_model(*mixed_table(12));
  model.record = {{"data", {{"name", "caf\xe9.csv"}}}};  // a file name in Latin-1, as Linux allows
  model.save(folder.path() / "m");
  EXPECT_EQ(Model::load(folder.path() / "m").record["data"]["name"], "caf\uFFFD.csv");
}

TEST(ModelFile, ReplacesAnOlderOne) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "m.attune";
  const auto table = mixed_table(12);
  fresh_model(*table, mixed_schema(), small_config(), 1).save(path);
  const auto newer = fresh_model(*table, mixed_schema(), small_config(), 2);
  newer.save(path);
  EXPECT_EQ(tensor_digest(Model::load(path)), tensor_digest(newer));
}

TEST(ModelFile, SurvivesAFullDisk) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "m.attune";
  const auto table = mixed_table(12);
  fresh_model(*table).save(path);
  const auto before = read_text_file(path);
  ASSERT_GT(before.size(), 4096U);
  {
    const FileSizeLimit limit(4096);
    EXPECT_THAT(message_of<IoError>([&] { fresh_model(*table, mixed_schema(), small_config(), 2).save(path); }),
                HasSubstr(path.string()));
  }
  EXPECT_EQ(read_text_file(path), before);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1) << "no other file is left";
}

TEST(ModelFile, SurvivesAFolderThatIsNotWritable) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "m.attune";
  const auto table = mixed_table(12);
  fresh_model(*table).save(path);
  const auto before = read_text_file(path);
  std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  const bool writable = ::access(folder.path().c_str(), W_OK) == 0;
  if (!writable) {
    EXPECT_THAT(message_of<IoError>([&] { fresh_model(*table, mixed_schema(), small_config(), 2).save(path); }),
                HasSubstr(path.string()));
  }
  std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_all);
  EXPECT_EQ(read_text_file(path), before);
  if (writable) GTEST_SKIP() << "the superuser may write anywhere";
}

TEST(ModelFile, NeedsAFolder) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "none" / "m.attune";
  EXPECT_THAT(message_of<IoError>([&] { fresh_model(*mixed_table(12)).save(path); }), HasSubstr(path.string()));
}

TEST(ModelFile, ThatIsMissingIsAnInputError) {
  const TemporaryFolder folder;
  EXPECT_THAT(message_of<InputError>([&] { (void)Model::load(folder.path() / "none"); }),
              HasSubstr((folder.path() / "none").string()));
}

TEST(ModelFile, OfEveryLengthButItsOwnIsRefused) {
  const TemporaryFolder folder;
  fresh_model(*mixed_table(12)).save(folder.path() / "whole");
  const auto bytes = read_text_file(folder.path() / "whole");
  std::vector<size_t> lengths = {0, 1, 7, 8, 9, 16, bytes.size() - 4, bytes.size() - 1};
  for (size_t length = 100; length < bytes.size(); length += bytes.size() / 60) lengths.push_back(length);
  for (const size_t length : lengths) {
    const auto path = folder.write("cut", std::string_view(bytes).substr(0, length));
    EXPECT_THAT(message_of<ModelFileError>([&] { (void)Model::load(path); }), StartsWith(path.string())) << length;
  }
  const auto longer = folder.write("longer", bytes + "x");
  EXPECT_THAT(message_of<ModelFileError>([&] { (void)Model::load(longer); }), StartsWith(longer.string()));
}

TEST(ModelFile, AlteredInAnyRegionIsRefused) {
  const TemporaryFolder folder;
  fresh_model(*mixed_table(12)).save(folder.path() / "whole");
  const auto bytes = read_text_file(folder.path() / "whole");
  ASSERT_GT(bytes.size(), 8000U);
  for (size_t place = 0; place < bytes.size(); place += place < 64 ? 1 : 13) {
    auto altered = bytes;
    altered[place] ^= 1;
    const auto path = folder.write("altered", altered);
    EXPECT_THAT(message_of<ModelFileError>([&] { (void)Model::load(path); }), StartsWith(path.string()))
        << "byte " << place << ": " << bytes.substr(std::max<size_t>(place, 20) - 20, 40);
  }
}

}  // namespace
}  // namespace attune::testing
