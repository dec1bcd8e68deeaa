// SPDX-License-Identifier: Apache-2.0
#include "run_identity.hpp"

#include <gmock/gmock.h>

#include <functional>

namespace attune::testing {
namespace {

Json some_record() {
  return Json::parse(R"({
    "training": {"seed": 1, "model": {"width": 16, "dense": [8], "vectors": ""}, "split": {"method": "random", "fraction": 0.1},
                 "training": {"batch_size": 64, "checkpoint_minutes": 5.0, "time_limit": 0.0}, "steps": 7},
    "data": {"name": "a.csv", "rows": 20, "columns": ["text", "label"], "sha256": "00", "skipped_rows": 0}})");
}

Schema some_schema() {
  return {.inputs = {{.name = "text", .type = "text", .columns = {"text"}}},
          .outputs = {{.name = "label", .type = "category", .columns = {"label"}}}};
}

struct Change {
  std::string name;
  std::function<void(Json& record, Schema& schema)> make;
  std::string told;
};
void PrintTo(const Change& change, std::ostream* out) { *out << change.name; }

class Differences : public ::testing::TestWithParam<Change> {};

TEST_P(Differences, AreNamed) {
  auto record = some_record();
  auto schema = some_schema();
  const auto then = run_identity(record, schema);
  GetParam().make(record, schema);
  EXPECT_EQ(differences(then, run_identity(record, schema), "checkpoint"), GetParam().told);
}

const Json kOtherTable = Json::parse(R"({"rows": 20, "columns": ["text", "label"], "sha256": "01"})");

INSTANTIATE_TEST_SUITE_P(
    Changes, Differences,
    ::testing::Values(
        Change{"nothing", [](Json&, Schema&) {}, ""},
        Change{"what_changes_no_weight",
               [](Json& record, Schema&) {
                 record["training"]["training"]["checkpoint_minutes"] = 1;
                 record["training"]["training"]["time_limit"] = 1;
                 record["training"]["steps"] = 8;
                 record["data"]["name"] = "\xff.csv";
                 record["data"]["skipped_rows"] = 3;
               },
               ""},
        Change{"option", [](Json& record, Schema&) { record["training"]["training"]["batch_size"] = 32; },
               "training.batch_size: 64 in the checkpoint, 32 now"},
        Change{"seed", [](Json& record, Schema&) { record["training"]["seed"] = 2; },
               "seed: 1 in the checkpoint, 2 now"},
        Change{"split", [](Json& record, Schema&) { record["training"]["split"]["method"] = "tail"; },
               "split.method: \"random\" in the checkpoint, \"tail\" now"},
        Change{"fold",
               [](Json& record, Schema&) {
                 record["training"]["split"].update(Json{{"folds", 3}, {"fold", 0}});
               },
               "split.folds: not there in the checkpoint, 3 now; split.fold: not there in the checkpoint, 0 now"},
        Change{"list_that_grew",
               [](Json& record, Schema&) {
                 record["training"]["model"]["dense"] = {8, 4};
               },
               "model.dense.1: not there in the checkpoint, 4 now"},
        Change{"schema", [](Json&, Schema& schema) { schema.inputs[0].type = "category"; },
               "schema.inputs.0.type: \"text\" in the checkpoint, \"category\" now"},
        Change{"long_texts_that_differ_late",
               [](Json&, Schema& schema) { schema.inputs[0].name = std::string(100, 'a'); },
               "schema.inputs.0.name: \"text\" in the checkpoint, \"" + std::string(59, 'a') + ".. now"},
        Change{"cells", [](Json& record, Schema&) { record["data"]["sha256"] = "01"; }, "the table has other cells"},
        Change{"rows",
               [](Json& record, Schema&) {
                 record["data"]["rows"] = 1000;
                 record["data"]["sha256"] = "01";
               },
               "the table had 20 rows, it has 1,000 now"},
        Change{"columns", [](Json& record, Schema&) { record["data"]["columns"] = {"text"}; },
               "the table has other columns"},
        Change{"a_validation_table", [](Json& record, Schema&) { record["validation_data"] = kOtherTable; },
               "there was no validation table"},
        Change{"many_things",
               [](Json& record, Schema& schema) {
                 record["training"]["seed"] = 2;
                 record["training"]["model"]["width"] = 8;
                 record["training"]["split"]["fraction"] = 0.2;
                 record["data"]["sha256"] = "01";
                 schema.outputs[0].type = "number";
               },
               "seed: 1 in the checkpoint, 2 now; model.width: 16 in the checkpoint, 8 now; split.fraction: 0.1 in the "
               "checkpoint, 0.2 now; schema.outputs.0.type: \"category\" in the checkpoint, \"number\" now; and 1 "
               "more"}),
    [](const auto& row) { return row.param.name; });

TEST(Differences, OfVectorsAreThoseOfTheirBytes) {
  auto record = some_record();
  const auto without = run_identity(record, some_schema());
  record["training"]["model"]["vectors"] = "v.txt";
  record["vectors"] = {{"file", "v.txt"}, {"sha256", "00"}, {"width", 300}, {"frozen", false}, {"words", 5}};
  const auto then = run_identity(record, some_schema());
  EXPECT_EQ(then.at("vectors"), (Json{{"sha256", "00"}, {"width", 300}}));
  EXPECT_EQ(differences(without, then, "checkpoint"), "there were no vectors");
  EXPECT_EQ(differences(then, without, "checkpoint"), "there are no vectors now");
  record["training"]["model"]["vectors"] = record["vectors"]["file"] = "renamed.txt";
  EXPECT_EQ(run_identity(record, some_schema()), then) << "a name changes no weight";
  record["vectors"]["sha256"] = "01";
  EXPECT_EQ(differences(then, run_identity(record, some_schema()), "checkpoint"),
            "the file of vectors has other bytes");
  record["vectors"]["width"] = 1000;
  EXPECT_EQ(differences(then, run_identity(record, some_schema()), "checkpoint"),
            "the vectors had 300 numbers, they have 1,000 now");
}

TEST(Differences, OfAValidationTableThatIsGone) {
  auto record = some_record();
  record["validation_data"] = kOtherTable;
  const auto then = run_identity(record, some_schema());
  record["validation_data"]["sha256"] = "02";
  EXPECT_EQ(differences(then, run_identity(record, some_schema()), "checkpoint"),
            "the validation table has other cells");
  record.erase("validation_data");
  EXPECT_EQ(differences(then, run_identity(record, some_schema()), "checkpoint"), "there is no validation table now");
}

}  // namespace
}  // namespace attune::testing
