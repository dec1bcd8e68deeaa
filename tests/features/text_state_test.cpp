// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "attune/core/error.hpp"
#include "feature_fixtures.hpp"
#include "text/base64.hpp"

namespace attune {
namespace {

using testing::encode_ids;
using testing::fitted_input;
using ::testing::HasSubstr;
using testing::message_of;

const std::vector<std::string> kCells = {"The cat sat on the mat.", "the Dog sat", "好吃 好吃", "",
                                         "na\u00EFve na\u00EFve"};

TEST(TextState, LoadedFeatureIsTheSameFeature) {
  for (const std::string unit : {"auto", "characters", "words", "subwords"}) {
    for (const int64_t rows : {0, 64}) {
      const auto feature = fitted_input("text", kCells, {{"unit", unit}, {"ngram_rows", rows}, {"max_length", 9}});
      const auto state = Json::parse(feature->state().dump());  // through text, as in a model file
      const auto loaded = load_input_feature(state);
      EXPECT_EQ(loaded->state(), feature->state()) << unit;
      EXPECT_EQ(loaded->embedder(), feature->embedder()) << unit;
      EXPECT_EQ(loaded->notes(), feature->notes()) << unit;
      for (const std::string cell : {"The cat, the dog.", "", "好吃", "unseen words only", "na\u00EFve"}) {
        const auto before = encode_ids(*feature, cell), after = encode_ids(*loaded, cell);
        ASSERT_FALSE(before.ids.empty());
        EXPECT_EQ(before.ids, after.ids) << unit << " " << cell;
        EXPECT_EQ(before.places, after.places) << unit << " " << cell;
        EXPECT_EQ(before.further, after.further) << unit << " " << cell;
      }
    }
  }
}

TEST(TextState, OtherLibrariesAreNotedAndDoNotFail) {
  auto state = fitted_input("text", kCells)->state();
  const auto notes_before = load_input_feature(state)->notes();
  state["trained_with"]["icu"] = "63.1";
  auto loaded = load_input_feature(state);
  ASSERT_EQ(loaded->notes().size(), notes_before.size() + 1);
  EXPECT_THAT(loaded->notes().back(), HasSubstr("trained with icu 63.1"));
  EXPECT_THAT(loaded->notes().back(), HasSubstr("cut in the same way"));
  EXPECT_EQ(loaded->state(), state);  // saved again it still tells what it was trained with

  state["trained_with"]["probe"][0] = "different";
  EXPECT_THAT(load_input_feature(state)->notes().back(), HasSubstr("cut differently here"));
}

TEST(TextState, DamagedStatesAreRefusedByField) {
  const auto good = fitted_input("text", kCells, {{"unit", "subwords"}})->state();
  const auto refused = [&](const std::string& field, const Json& value) {
    auto state = good;
    if (value.is_null()) {
      state.erase(field);
    } else {
      state[field] = value;
    }
    return message_of<ModelFileError>([&] { static_cast<void>(load_input_feature(state)); });
  };
  for (const auto* field :
       {"type", "column", "options", "unit", "fold_case", "subwords", "vocabulary", "trained_with", "notes"}) {
    EXPECT_THAT(refused(field, nullptr), HasSubstr("\"" + std::string(field) + "\"")) << field;
  }
  EXPECT_THAT(refused("unit", "auto"), HasSubstr("expected characters, words or subwords"));
  EXPECT_THAT(refused("subwords", "not base64!"), HasSubstr("base64"));
  EXPECT_THAT(refused("subwords", "AAAA"), HasSubstr("not a sentencepiece model"));
  EXPECT_THAT(refused("vocabulary", Json::array({"a", 3})), HasSubstr("a list of texts"));
  EXPECT_THAT(refused("options", Json{{"max_length", -1}}), HasSubstr("max_length"));
  EXPECT_THAT(refused("type", "txet"), HasSubstr("did you mean \"text\"?"));
}

TEST(TextState, Base64RoundTrips) {
  struct Case {
    std::string bytes, text;
  };
  const std::vector<Case> rfc4648 = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : rfc4648) {
    EXPECT_EQ(to_base64(bytes), text);
    EXPECT_EQ(from_base64(text), bytes);
  }
  const std::string binary("\0\xFF\0\0", 4);
  EXPECT_EQ(from_base64(to_base64(binary)), binary);
  for (const auto* broken : {"Zg=", "Z", "Z!==", "===="}) EXPECT_EQ(from_base64(broken), std::nullopt) << broken;
}

}  // namespace
}  // namespace attune
