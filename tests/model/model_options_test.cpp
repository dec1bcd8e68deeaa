// SPDX-License-Identifier: Apache-2.0
#include "attune/model/model_options.hpp"

#include <gmock/gmock.h>

#include <set>

#include "attune/core/error.hpp"
#include "attune/nn/mechanism_fields.hpp"
#include "attune/nn/mixer.hpp"
#include "support/message_of.hpp"

namespace attune::testing {
namespace {

OptionNames asked_for(const std::set<std::string>& fields) {
  OptionNames names;
  names.is_asked_for = [fields](const std::string& field) { return fields.contains(field); };
  return names;
}

/// Which of these options is refused although it has its default value, once it is asked for.
std::set<std::string> without_effect(const ModelConfig& config) {
  std::set<std::string> found;
  for (const char* option : {"heads", "pool_heads", "key_width", "projections", "causal", "attention_dropout",
                             "reaches", "groups", "mechanism", "pool_mechanism"}) {
    try {
      check_model_options(config, asked_for({option}));
    } catch (const UsageError& error) {
      EXPECT_THAT(error.what(), ::testing::StartsWith(option));
      found.insert(option);
    }
  }
  return found;
}

TEST(ModelOptions, AskedForAtTheirDefaultsTheyAreRefusedWhereNothingReadsThem) {
  struct Case {
    ModelConfig config;
    std::set<std::string> refused;
  };
  for (const auto& [config, refused] : {
           Case{{}, {"reaches", "groups"}},
           Case{{.mechanism = "split"}, {"heads", "projections", "causal"}},
           Case{{.mechanism = "split", .pool = "max"},
                {"heads", "projections", "causal", "pool_heads", "key_width", "attention_dropout", "pool_mechanism"}},
           Case{{.pool_mechanism = "split"}, {"reaches", "pool_heads"}},
           Case{{.blocks = 0}, {"heads", "projections", "causal", "reaches", "groups", "mechanism"}},
           Case{{.attention = false, .pool = "mean"},
                {"heads", "pool_heads", "key_width", "projections", "causal", "attention_dropout", "reaches", "groups",
                 "mechanism", "pool_mechanism"}},
       }) {
    EXPECT_EQ(without_effect(config), refused) << to_json(config);
  }
}

TEST(ModelOptions, DefaultsThatNobodyAskedForAreNoMistake) {
  for (const auto& mechanism : allocation_names())
    EXPECT_NO_THROW(check_model_options({.mechanism = mechanism, .pool_mechanism = mechanism})) << mechanism;
}

TEST(ModelOptions, AreCalledAsTheCallerKnowsThem) {
  OptionNames names;
  names.name = [](const std::string& field, const Json& value) { return "<" + field + ":" + value.dump() + ">"; };
  EXPECT_EQ(message_of<UsageError>([&] { check_model_options({.heads = 5}, names); }),
            "<heads:5> does not divide <width:96>; change one of them, or set <key_width:null>");
  EXPECT_EQ(
      message_of<UsageError>([&] { check_model_options({.causal = true, .pool = "mean", .pool_heads = 2}, names); }),
      "<pool_heads:null> has no meaning here: <pool:\"mean\"> has no attention; leave it out");
}

/// Split attention weighs branches and has neither heads nor keys; a pool's query has no place in the row.
TEST(MechanismFields, AreThoseOfTheSpec) {
  const auto fields = to_json(AttentionSpec{});
  for (const auto& mechanism : allocation_names()) {
    for (const auto& read : {fields_read_in_block(mechanism), fields_read_in_pool(mechanism)}) {
      EXPECT_FALSE(read.empty());
      for (const auto& field : read) EXPECT_TRUE(fields.contains(field)) << field;
    }
    for (const auto& field : fields_read_in_pool(mechanism))
      EXPECT_THAT(fields_read_in_block(mechanism), ::testing::Contains(field));
  }
}

}  // namespace
}  // namespace attune::testing
