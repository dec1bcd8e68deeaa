// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <functional>

#include "attune/core/error.hpp"
#include "attune/model/model.hpp"
#include "model_fixtures.hpp"

namespace attune::testing {
namespace {

using ::testing::HasSubstr;

/// Without the order of keys.
nlohmann::json unordered(const Json& json) { return nlohmann::json::parse(json.dump()); }

Json design(const ModelConfig& config, const std::vector<std::string>& outputs = {"grade"}) {
  const auto model = fresh_model(*mixed_table(30), mixed_schema(outputs));
  return design_network(config, model.inputs(), model.outputs());
}

Json attention(const std::string& mechanism, int heads, int key_width) {
  return {{"mechanism", mechanism},   {"heads", heads},       {"key_width", key_width},
          {"value_width", key_width}, {"projections", true},  {"causal", false},
          {"dropout", 0.0},           {"reaches", {1, 3, 5}}, {"groups", 1},
          {"gate_width", 24}};
}

TEST(DesignNetwork, OfTheDefaultsIsTheClassicNetwork) {
  const auto table = make_table({"review", "grade"}, {{"one two two", "a"}, {"two one", "b"}});
  const auto model = fresh_model(
      *table, {.inputs = {{.name = "review", .type = "text", .columns = {"review"}, .options = {{"unit", "words"}}}},
               .outputs = {{.name = "grade", .type = "category", .columns = {"grade"}}}});
  const int vocabulary = model.inputs()[0]->embedder().at("vocabulary");
  ASSERT_GE(vocabulary, 3);
  const Json expected = {{"width", 96},
                         {"embedding_dropout", 0.5},
                         {"convolution", 3},
                         {"final_norm", true},
                         {"inputs",
                          {{{"kind", "ids"},
                            {"vocabulary", vocabulary},
                            {"further", 8192},
                            {"unknown", model.inputs()[0]->embedder().at("unknown")},
                            {"positions", "none"},
                            {"token_mask", 0.2},
                            {"unknown_rate", 0.2}}}},
                         {"blocks",
                          {{{"attention", true},
                            {"feed_forward", true},
                            {"feed_forward_width", 192},
                            {"activation", "gelu"},
                            {"norm", true},
                            {"residual", true},
                            {"dropout", 0.5},
                            {"allocation", attention("scaled_dot", 4, 24)}}}},
                         {"pool", {{"kind", "attention"}, {"allocation", attention("additive", 1, 96)}}},
                         {"heads",
                          {{{"kind", "class"},
                            {"classes", 2},
                            {"hidden", Json::array()},
                            {"activation", "relu"},
                            {"dropout", 0.5},
                            {"label_smoothing", 0.1},
                            {"loss", "squared"}}}}};
  EXPECT_EQ(unordered(design_network(ModelConfig{}, model.inputs(), model.outputs())), unordered(expected));
}

TEST(DesignNetwork, PutsEveryChoiceInItsPlace) {
  ModelConfig config{.width = 12,
                     .convolution = 0,
                     .positions = "learned",
                     .blocks = 2,
                     .mechanism = "multiplicative",
                     .heads = 3,
                     .key_width = 5,
                     .causal = true,
                     .feed_forward_width = 7,
                     .activation = "tanh",
                     .norm = false,
                     .residual = false,
                     .pool_heads = 2,
                     .dense = {9, 4},
                     .dense_activation = "gelu",
                     .dropout = 0.2,
                     .attention_dropout = 0.15,
                     .token_mask = 0.05,
                     .unknown_rate = 0.02,
                     .label_smoothing = 0.1,
                     .value_loss = "huber"};
  const auto json = design(config, {"grade", "price"});
  EXPECT_EQ(json.at("final_norm"), false);
  EXPECT_EQ(json.at("inputs").size(), 3U);
  EXPECT_EQ(json.at("inputs")[1].at("positions"), "learned");
  EXPECT_EQ(unordered(json.at("inputs")[2]), unordered({{"kind", "scalars"}, {"columns", 2}, {"token_mask", 0.05}}));
  ASSERT_EQ(json.at("blocks").size(), 2U);
  EXPECT_EQ(json.at("blocks")[0], json.at("blocks")[1]);
  const auto& block = json.at("blocks")[0];
  EXPECT_EQ(block.at("feed_forward_width"), 7);
  EXPECT_EQ(block.at("residual"), false);
  EXPECT_EQ(block.at("allocation").at("causal"), true);
  EXPECT_EQ(block.at("allocation").at("key_width"), 5);
  EXPECT_EQ(block.at("allocation").at("value_width"), 5);
  EXPECT_EQ(block.at("allocation").at("dropout"), 0.15);
  EXPECT_EQ(json.at("pool").at("allocation").at("causal"), false) << "a pool sees the whole row";
  EXPECT_EQ(json.at("pool").at("allocation").at("heads"), 2);
  ASSERT_EQ(json.at("heads").size(), 2U);
  EXPECT_EQ(json.at("heads")[0].at("label_smoothing"), 0.1);
  EXPECT_EQ(json.at("heads")[0].at("hidden"), (Json{9, 4}));
  EXPECT_EQ(json.at("heads")[1].at("kind"), "value");
  EXPECT_EQ(json.at("heads")[1].at("loss"), "huber");
}

TEST(DesignNetwork, WithoutBlocksHasNoFinalNorm) {
  auto config = small_config();
  config.blocks = 0;
  EXPECT_EQ(design(config).at("blocks"), Json::array());
  EXPECT_EQ(design(config).at("final_norm"), false);
}

TEST(DesignNetwork, AsksNothingOfHeadsThatAreNotThere) {
  auto config = small_config();
  config.width = 10;
  config.heads = 4;
  config.attention = false;
  EXPECT_EQ(design(config).at("blocks")[0].at("attention"), false);
  config.attention = true;
  config.blocks = 0;
  EXPECT_EQ(design(config).at("blocks"), Json::array());
}

struct Refused {
  std::string name;
  std::function<void(ModelConfig&)> change;
  std::string message;
};
void PrintTo(const Refused& refused, std::ostream* out) { *out << refused.name; }

class DesignNetworkRefuses : public ::testing::TestWithParam<Refused> {};

TEST_P(DesignNetworkRefuses, WithAMessage) {
  ModelConfig config;
  GetParam().change(config);
  EXPECT_THAT(message_of<UsageError>([&] { (void)design(config); }), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    OptionsThatNothingReads, DesignNetworkRefuses,
    ::testing::Values(
        Refused{"mechanism", [](auto& c) { c.mechanism = "dot", c.blocks = 0; },
                "mechanism has no meaning here: blocks = 0 leaves the blocks without attention; leave it out"},
        Refused{
            "causal", [](auto& c) { c.causal = true, c.attention = false; },
            "causal = true has no meaning here: attention = false leaves the blocks without attention; leave it out"},
        Refused{"projections", [](auto& c) { c.projections = false, c.mechanism = "split"; },
                "projections = false has no meaning here: mechanism = split does not use it; leave it out"},
        Refused{"attention_dropout", [](auto& c) { c.attention_dropout = 0.1, c.blocks = 0, c.pool = "mean"; },
                "attention_dropout has no meaning here: blocks = 0 leaves the blocks without attention, and pool = "
                "mean has no attention; leave it out"},
        Refused{"reaches",
                [](auto& c) {
                  c.reaches = {1, 3};
                },
                "reaches has no meaning here: mechanism = scaled_dot does not use it; leave it out"},
        Refused{"groups", [](auto& c) { c.groups = 2; },
                "groups has no meaning here: mechanism = scaled_dot does not use it, and pool_mechanism = additive "
                "does not use it; leave it out"},
        Refused{"pool_mechanism", [](auto& c) { c.pool = "mean", c.pool_mechanism = "dot"; },
                "pool_mechanism has no meaning here: pool = mean has no attention; leave it out"},
        Refused{"vectors_frozen", [](auto& c) { c.vectors_frozen = true; },
                "vectors_frozen = true has no meaning here: vectors names no file; leave it out"},
        Refused{"pool_heads", [](auto& c) { c.pool_mechanism = "split", c.pool_heads = 2; },
                "pool_heads has no meaning here: pool_mechanism = split does not use it; leave it out"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Configurations, DesignNetworkRefuses,
    ::testing::Values(
        Refused{"heads", [](auto& c) { c.heads = 5; },
                "heads = 5 does not divide width = 96; change one of them, or set key_width"},
        Refused{"pool_heads", [](auto& c) { c.pool_heads = 5; },
                "pool_heads = 5 does not divide width = 96; change one of them, or set key_width"},
        Refused{"empty_blocks", [](auto& c) { c.attention = c.feed_forward = false; },
                "attention = false and feed_forward = false would leave blocks = 1 empty; set blocks to 0 instead"},
        Refused{"causal_split", [](auto& c) { c.causal = true, c.mechanism = "split"; },
                "causal = true has no meaning here: mechanism = split does not use it; leave it out"},
        Refused{"width", [](auto& c) { c.width = 0; },
                "model, field \"width\": expected a whole number from 1 to 4096, found 0"},
        Refused{"many_blocks", [](auto& c) { c.blocks = 65; },
                "model, field \"blocks\": expected a whole number from 0 to 64, found 65"},
        Refused{"dropout", [](auto& c) { c.dropout = 1.0; },
                "model, field \"dropout\": expected a number from 0 to 0.95, found 1"},
        Refused{"dense",
                [](auto& c) {
                  c.dense = {8, 0};
                },
                "model, field \"dense\": expected whole numbers from 1 to 4096, found 0 at place 2"},
        Refused{"mechanism", [](auto& c) { c.mechanism = "scaled_dots"; },
                "found \"scaled_dots\" (did you mean \"scaled_dot\"?)"},
        Refused{"pool", [](auto& c) { c.pool = "meen"; }, "found \"meen\" (did you mean \"mean\"?)"},
        Refused{"positions", [](auto& c) { c.positions = "learnt"; }, "found \"learnt\" (did you mean \"learned\"?)"},
        Refused{"value_loss", [](auto& c) { c.value_loss = "hubert"; }, "found \"hubert\" (did you mean \"huber\"?)"}),
    case_name);

/// Before anything is fitted.
class FitRefuses : public ::testing::TestWithParam<Refused> {};

TEST_P(FitRefuses, WithAMessage) {
  auto config = small_config();
  GetParam().change(config);
  EXPECT_THAT(message_of<UsageError>([&] { (void)fresh_model(*mixed_table(12), mixed_schema(), config); }),
              HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(Configurations, FitRefuses,
                         ::testing::Values(Refused{"convolution", [](auto& c) { c.convolution = 4; },
                                                   "convolution = 4: expected an odd number of tokens, or 0 for none"},
                                           Refused{"reaches",
                                                   [](auto& c) {
                                                     c.mechanism = "split", c.reaches = {1, 2};
                                                   },
                                                   "reaches = [1,2]: expected odd numbers of tokens, found 2"},
                                           Refused{"twice",
                                                   [](auto& c) {
                                                     c.mechanism = "split", c.reaches = {3, 3};
                                                   },
                                                   "found 3 twice"},
                                           Refused{"no_reaches", [](auto& c) { c.mechanism = "split", c.reaches = {}; },
                                                   "reaches = []: expected at least one branch, found none"},
                                           Refused{"groups", [](auto& c) { c.mechanism = "split", c.groups = 3; },
                                                   "groups = 3 does not divide width = 8; change one of them"},
                                           Refused{
                                               "projections", [](auto& c) { c.projections = false, c.key_width = 3; },
                                               "projections = false cuts the width into heads as it is, and key_width "
                                               "= 3 is not width = 8 by heads = 2; leave one of them out"}),
                         case_name);

}  // namespace
}  // namespace attune::testing
