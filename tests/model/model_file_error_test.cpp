// SPDX-License-Identifier: Apache-2.0
//
// Files that are whole, but say what cannot be: each is a good file with one thing changed, sealed again.
#include <gmock/gmock.h>

#include <cstring>
#include <functional>

#include "attune/core/error.hpp"
#include "attune/core/metadata_seal.hpp"
#include "attune/core/tensor_container.hpp"
#include "model_fixtures.hpp"
#include "support/temporary_folder.hpp"

namespace attune::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

using Metadata = std::map<std::string, std::string>;

struct Content {
  std::vector<TensorView> tensors;
  Metadata metadata;

  /// Changes the JSON value under a key.
  void edit(const std::string& key, const std::function<void(Json&)>& change) {
    auto json = Json::parse(metadata.at(key));
    change(json);
    metadata[key] = json.dump();
  }
  TensorView& tensor(const std::string& name) {
    const auto found = std::find_if(tensors.begin(), tensors.end(), [&](const auto& t) { return t.name == name; });
    return found == tensors.end() ? throw std::runtime_error("no tensor " + name) : *found;
  }
};

struct Wrong {
  std::string name;
  std::function<void(Content&)> change;
  std::string message;
};
void PrintTo(const Wrong& wrong, std::ostream* out) { *out << wrong.name; }

std::filesystem::path save_changed(const TemporaryFolder& folder, const std::function<void(Content&)>& change) {
  fresh_model(*mixed_table(30)).save(folder.path() / "good");
  const auto good = TensorContainer::open(folder.path() / "good");
  Content content{good.tensors(), good.metadata()};
  content.metadata.erase("attune.sha256");
  change(content);
  if (content.metadata.contains(kMetadataSealKey)) {
    content.metadata[kMetadataSealKey] = metadata_seal(content.metadata);
  }
  TensorContainer::write(folder.path() / "changed", content.tensors, content.metadata);
  return folder.path() / "changed";
}

TEST(ModelFileError, AFileChangedInNothingIsGood) {
  const TemporaryFolder folder;
  const auto path = save_changed(folder, [](Content&) {});
  EXPECT_EQ(tensor_digest(Model::load(path)), tensor_digest(fresh_model(*mixed_table(30))));
}

class ModelFileRefuses : public ::testing::TestWithParam<Wrong> {};

TEST_P(ModelFileRefuses, NamingTheFile) {
  const TemporaryFolder folder;
  const auto path = save_changed(folder, GetParam().change);
  const auto message = message_of<ModelFileError>([&] { (void)Model::load(path); });
  EXPECT_THAT(message, StartsWith(path.string() + ": not a model this attune can read: "));
  EXPECT_THAT(message, HasSubstr(GetParam().message));
}

Wrong edited(const std::string& name, const std::string& key, const std::function<void(Json&)>& change,
             const std::string& message) {
  return {name, [=](Content& content) { content.edit(key, change); }, message};
}

constexpr const char* kApart = "do not belong together";

INSTANTIATE_TEST_SUITE_P(
    Container, ModelFileRefuses,
    ::testing::Values(
        Wrong{"not_ours",
              [](Content& c) {
                c.metadata = {{"made by", "someone"}};
              },
              "a safetensors file, but not one that attune wrote"},
        Wrong{"no_metadata", [](Content& c) { c.metadata.clear(); },
              "a safetensors file, but not one that attune wrote"},
        Wrong{"future", [](Content& c) { c.metadata["attune.format"] = "3"; },
              "written in format 3 by a newer attune; this one reads up to format 2: update attune"},
        Wrong{"far_future",
              [](Content& c) {
                c.metadata = {{"attune.format", "12345678"}};
              },
              "written in format 12345678 by a newer attune"},
        Wrong{"no_number", [](Content& c) { c.metadata["attune.format"] = "one"; },
              "its format version \"one\" is none that was ever released"},
        Wrong{"huge_number", [](Content& c) { c.metadata["attune.format"] = "99999999999999999999"; },
              "is none that was ever released"},
        Wrong{"zero", [](Content& c) { c.metadata["attune.format"] = "0"; },
              "its format version \"0\" is none that was ever released"},
        Wrong{"seal_missing", [](Content& c) { c.metadata.erase(kMetadataSealKey); }, "is missing"},
        Wrong{"schema_missing", [](Content& c) { c.metadata.erase("schema"); }, "\"schema\" is missing"},
        Wrong{"record_missing", [](Content& c) { c.metadata.erase("record"); }, "\"record\" is missing"},
        Wrong{"no_json", [](Content& c) { c.metadata["architecture"] = "{\"width\": "; },
              "\"architecture\" is not valid JSON"},
        Wrong{"record_no_json", [](Content& c) { c.metadata["record"] = ""; }, "\"record\" is not valid JSON"},
        Wrong{"tensor_missing", [](Content& c) { c.tensors.pop_back(); }, "head.1.scores"},
        Wrong{"tensor_more",
              [](Content& c) {
                c.tensors.push_back({"more", ElementType::kUInt8, {1}, "x"});
              },
              "\"more\""},
        Wrong{"tensor_turned",
              [](Content& c) {
                std::reverse(c.tensor("head.0.scores.weight").shape.begin(),
                             c.tensor("head.0.scores.weight").shape.end());
              },
              "tensor \"head.0.scores.weight\" does not have the shape that the architecture asks for"},
        Wrong{"tensor_type", [](Content& c) { c.tensor("head.0.scores.weight").type = ElementType::kInt32; },
              "tensor \"head.0.scores.weight\""}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Architecture, ModelFileRefuses,
    ::testing::Values(
        edited(
            "width", "architecture", [](Json& j) { j["width"] = 16; },
            "does not have the shape that the architecture asks for"),
        edited(
            "large_vocabulary", "architecture", [](Json& j) { j["inputs"][0]["vocabulary"] = 50000000; },
            "tensor \"input.0.table\""),
        edited(
            "vast_vocabulary", "architecture", [](Json& j) { j["inputs"][0]["vocabulary"] = 1000000000; }, "input.0"),
        edited(
            "endless_vocabulary", "architecture", [](Json& j) { j["inputs"][0]["vocabulary"] = 1000000000000000000; },
            "input.0"),
        edited(
            "negative_vocabulary", "architecture", [](Json& j) { j["inputs"][0]["vocabulary"] = -5; }, "input.0"),
        edited(
            "vast_feed_forward", "architecture", [](Json& j) { j["blocks"][0]["feed_forward_width"] = 1000000000; },
            "block.0"),
        edited(
            "fewer_blocks", "architecture", [](Json& j) { j["blocks"] = Json::array(); }, "tensor"),
        edited(
            "more_blocks", "architecture", [](Json& j) { j["blocks"].push_back(j["blocks"][0]); }, "block.1"),
        edited(
            "other_kind", "architecture", [](Json& j) { j["inputs"][0]["kind"] = "idz"; }, "did you mean \"ids\"?"),
        edited(
            "not_object", "architecture", [](Json& j) { j = 3; }, "expected a JSON object"),
        edited(
            "no_inputs", "architecture", [](Json& j) { j["inputs"] = Json::array(); }, "at least one input")),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Parts, ModelFileRefuses,
    ::testing::Values(
        edited(
            "fewer_inputs", "inputs", [](Json& j) { j.erase(2); }, kApart),
        edited(
            "inputs_exchanged", "inputs", [](Json& j) { std::swap(j[0], j[1]); }, kApart),
        edited(
            "smaller_vocabulary", "inputs", [](Json& j) { j[1]["values"].erase(0); }, kApart),
        edited(
            "schema_exchanged", "schema", [](Json& j) { std::swap(j["inputs"][0], j["inputs"][1]); }, kApart),
        edited(
            "fewer_columns_bound", "schema", [](Json& j) { j["inputs"][2]["columns"].erase(1); }, kApart),
        edited(
            "other_columns_bound", "schema",
            [](Json& j) {
              j["inputs"][2]["columns"] = {"weight", "size"};
            },
            kApart),
        edited(
            "other_column_bound", "schema", [](Json& j) { j["outputs"][0]["columns"] = {"city"}; }, kApart),
        edited(
            "outputs_exchanged", "outputs", [](Json& j) { std::swap(j[0], j[1]); }, kApart),
        edited(
            "fewer_outputs", "outputs", [](Json& j) { j.erase(1); }, kApart),
        edited(
            "fewer_classes", "outputs",
            [](Json& j) {
              j[0]["classes"].erase(2);
              j[0]["class_counts"].erase(2);
            },
            kApart),
        edited(
            "state_of_no_type", "inputs", [](Json& j) { j[0].erase("type"); }, "type"),
        edited(
            "state_no_object", "inputs", [](Json& j) { j[0] = 7; }, ""),
        edited(
            "states_no_list", "inputs", [](Json& j) { j = "text"; }, ""),
        edited(
            "fewer_temperatures", "calibration", [](Json& j) { j["temperatures"].erase(0); }, kApart),
        edited(
            "temperature_zero", "calibration", [](Json& j) { j["temperatures"][0] = 0; },
            "temperature: expected a positive number"),
        edited(
            "temperature_text", "calibration", [](Json& j) { j["temperatures"][0] = "hot"; }, "type must be number"),
        edited(
            "no_temperatures", "calibration", [](Json& j) { j = Json::object(); }, "temperatures")),
    case_name);

TEST(ModelFileError, MetadataThatWasEditedByHandIsRefused) {
  const TemporaryFolder folder;
  fresh_model(*mixed_table(30)).save(folder.path() / "good");
  const auto good = TensorContainer::open(folder.path() / "good");
  auto metadata = good.metadata();
  metadata.erase("attune.sha256");
  metadata["record"] = R"({"metrics": "perfect"})";
  TensorContainer::write(folder.path() / "edited", good.tensors(), metadata);
  EXPECT_THAT(message_of<ModelFileError>([&] { (void)Model::load(folder.path() / "edited"); }), HasSubstr("altered"));
}

}  // namespace
}  // namespace attune::testing
