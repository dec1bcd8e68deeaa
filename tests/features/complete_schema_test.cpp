// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <functional>
#include <map>

#include "attune/core/error.hpp"
#include "attune/features/schema.hpp"
#include "feature_fixtures.hpp"

namespace attune {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::message_of;
using ::testing::Not;

/// 60 rows: what a person's table looks like.
std::shared_ptr<const Table> mixed_table() {
  std::vector<std::vector<std::string>> rows;
  for (int i = 0; i < 60; ++i) {
    const auto n = std::to_string(i);
    rows.push_back({n, "A review of thing number " + n + ", in words.", i % 3 == 0 ? "red" : "dark blue",
                    i % 7 == 0 ? "NA" : n + ".5", std::to_string(i * i % 13), "always", i % 2 == 0 ? "good" : "bad",
                    std::to_string(i * 37 % 60) + ".25", ""});
  }
  return make_table({"row_number", "review", "colour", "weight", "count", "unit", "label", "price", "nothing"},
                    std::move(rows), "table.csv");
}

Schema complete(const std::vector<std::string>& inputs, const std::vector<std::string>& outputs, const Table& table,
                std::vector<std::string>& notes) {
  Schema given;
  for (const auto& text : inputs) given.inputs.push_back(parse_input(text, table));
  for (const auto& text : outputs) given.outputs.push_back(parse_output(text, table));
  return complete_schema(std::move(given), table, notes);
}

std::vector<std::string> described(const std::vector<Binding>& bindings) {
  std::vector<std::string> all;
  for (const auto& binding : bindings) {
    std::string columns;
    for (const auto& column : binding.columns) columns += (columns.empty() ? "" : "+") + column;
    all.push_back(binding.name + "=" + columns + ":" + binding.type);
  }
  return all;
}

TEST(CompleteSchema, EveryColumnBecomesAnInput) {
  const auto table = mixed_table();
  std::vector<std::string> notes;
  const auto schema = complete({}, {"label"}, *table, notes);
  EXPECT_THAT(described(schema.inputs),
              ElementsAre("review=review:text", "colour=colour:category", "numbers=weight+count+price:numbers"));
  EXPECT_THAT(described(schema.outputs), ElementsAre("label=label:category"));
  EXPECT_THAT(notes, ElementsAre("output \"label\" is read as category, for it holds 2 different values in 60 rows",
                                 "column \"row_number\" is left out: it is an identifier, counting up the rows; "
                                 "--input names it if it is wanted",
                                 "column \"unit\" is left out: it is constant; --input names it if it is wanted",
                                 "column \"nothing\" is left out: it is empty; --input names it if it is wanted",
                                 "input \"review\" is read as text, for it holds 60 different values in 60 rows",
                                 "input \"colour\" is read as category, for it holds 2 different values in 60 rows",
                                 "inputs \"weight\", \"count\", \"price\" are read together as numbers, "
                                 "for the cells are numbers"));
}

TEST(CompleteSchema, CountsOneWithoutAnS) {
  const auto table = make_table({"text", "label"}, {{"a b c", "x"}});
  std::vector<std::string> notes;
  static_cast<void>(complete({"text"}, {"label"}, *table, notes));
  EXPECT_THAT(notes, ElementsAre("output \"label\" is read as category, for it holds 1 different value in 1 row",
                                 "input \"text\" is read as text, for it holds 1 different value in 1 row"));
}

TEST(CompleteSchema, AnOutputOfManyNumbersIsANumber) {
  const auto table = mixed_table();
  std::vector<std::string> notes;
  EXPECT_THAT(described(complete({"review"}, {"price"}, *table, notes).outputs), ElementsAre("price=price:number"));
  EXPECT_THAT(described(complete({"review"}, {"count"}, *table, notes).outputs), ElementsAre("count=count:category"));
  EXPECT_THAT(described(complete({"review"}, {"count:number"}, *table, notes).outputs),
              ElementsAre("count=count:number"));
}

TEST(CompleteSchema, GivenInputsAreTheOnlyOnes) {
  const auto table = mixed_table();
  std::vector<std::string> notes;
  const auto schema = complete({"review:text:unit=characters", "row_number"}, {"label"}, *table, notes);
  EXPECT_THAT(described(schema.inputs), ElementsAre("review=review:text", "row_number=row_number:numbers"));
  EXPECT_EQ(schema.inputs[0].options, (Json{{"unit", "characters"}}));
  EXPECT_EQ(schema.inputs[1].options, Json::object());
}

TEST(CompleteSchema, SeveralColumnsJoinOrPartByType) {
  const auto table = mixed_table();
  std::vector<std::string> notes;
  EXPECT_THAT(described(complete({"review,colour:text:min_count=1"}, {"label"}, *table, notes).inputs),
              ElementsAre("review=review:text", "colour=colour:text"));
  EXPECT_THAT(described(complete({"weight,review,count"}, {"label"}, *table, notes).inputs),
              ElementsAre("numbers=weight+count:numbers", "review=review:text"));
  EXPECT_THAT(
      described(
          complete({"weight,count:numbers", "price,row_number:numbers:scale=none"}, {"label"}, *table, notes).inputs),
      ElementsAre("numbers=weight+count:numbers", "numbers_2=price+row_number:numbers"));
}

TEST(CompleteSchema, AColumnCalledNumbersKeepsItsName) {
  const auto table = make_table({"numbers", "x", "y", "label"},
                                {{"a b", "1.5", "2.5", "u"}, {"b c", "9", "4", "v"}, {"c d", "2", "1", "u"}});
  std::vector<std::string> notes;
  EXPECT_THAT(described(complete({"numbers:text", "x,y:numbers"}, {"label"}, *table, notes).inputs),
              ElementsAre("numbers=numbers:text", "numbers_2=x+y:numbers"));
}

struct Guess {
  std::string name, column;
  std::vector<std::string> cells;
  std::string input, output;  // the guessed type; input "" when the column is left out
};

std::vector<std::string> repeated(const std::vector<std::string>& cells, int times) {
  std::vector<std::string> all;
  for (int i = 0; i < times; ++i) all.insert(all.end(), cells.begin(), cells.end());
  return all;
}

std::vector<std::string> counted(int from, int step, int rows) {
  std::vector<std::string> all;
  for (int i = 0; i < rows; ++i) all.push_back(std::to_string(from + step * i));
  return all;
}

TEST(CompleteSchema, GuessesByLookingAtTheCells) {
  const std::vector<Guess> cases = {
      {"counting up", "n", counted(1, 1, 30), "", "number"},
      {"sorted but spread wide", "n", counted(0, 100, 30), "numbers", "number"},
      {"counting down", "n", counted(30, -1, 30), "numbers", "number"},
      {"called id", "ID", counted(900, -7, 30), "", "number"},
      {"called userId but repeated", "userId", repeated({"1", "2", "3"}, 10), "numbers", "category"},
      {"words for missing", "n", repeated({"1.5", "NA", "2.25", ""}, 10), "numbers", "number"},
      {"one cell is no number", "n", repeated({"1.5", "2.5", "x"}, 10), "category", "category"},
      {"grades", "n", repeated({"1", "2", "3", "4", "5"}, 6), "numbers", "category"},
      {"halves", "n", repeated({"1.0", "1.5", "2.0", "2.5"}, 8), "numbers", "number"},
      {"two codes", "n", repeated({"0.5", "1.5"}, 15), "numbers", "category"},
      {"short sentences, repeated", "n", repeated({"good film", "bad film"}, 15), "text", "category"},
      {"names", "n", repeated({"Paris", "Rome", "Oslo"}, 10), "category", "category"},
      {"Chinese names", "n", repeated({"北京", "上海"}, 15), "category", "category"},
      {"each once", "n", {"a", "b", "c", "d", "e", "f"}, "text", "category"},
      {"called uuid", "uuid", {"a7", "b1", "c9", "d2"}, "", "category"},
      {"constant", "n", repeated({"7"}, 9), "", "category"},
      {"constant or missing", "n", repeated({"yes", ""}, 9), "category", "category"},
  };
  for (const auto& row : cases) {
    std::vector<std::vector<std::string>> rows;
    for (size_t i = 0; i < row.cells.size(); ++i)
      rows.push_back({row.cells[i], i % 2 == 0 ? "u" : "v", std::to_string(i * i % 5) + ".5"});
    const auto table = make_table({row.column, "label", "other"}, rows);
    std::vector<std::string> notes;
    std::string input;
    for (const auto& binding : complete({}, {"label"}, *table, notes).inputs) {
      if (binding.columns.front() == row.column) input = binding.type;
    }
    EXPECT_EQ(input, row.input) << row.name;
    EXPECT_EQ(complete({"other"}, {row.column}, *table, notes).outputs.at(0).type, row.output) << row.name;
  }
}

struct Refused {
  std::string name;
  std::vector<std::string> inputs, outputs, parts_of_message;
};

/// Numbers with a fraction, but for the cells of some rows (from 0).
std::shared_ptr<const Table> numbers_but_for(int rows, const std::map<int, std::string>& others) {
  std::vector<std::vector<std::string>> table;
  for (int i = 0; i < rows; ++i) {
    const auto other = others.find(i);
    table.push_back(
        {other == others.end() ? std::to_string(i * 7 % 61) + ".5" : other->second, i % 2 == 0 ? "u" : "v"});
  }
  return make_table({"age", "label"}, std::move(table), "table.csv");
}

TEST(CompleteSchema, NamesTheFewCellsThatMakeWordsOfNumbers) {
  struct Case {
    std::map<int, std::string> others;
    std::string said;  // of the column; "" when nothing is
  };
  const std::vector<Case> cases = {
      {{{16, "12o"}}, "79 of 80 values are numbers, all but \"12o\" (table.csv, row 17)"},
      {{{0, "NA"}, {1, ""}, {2, "1,5"}}, "77 of 78 values are numbers, all but \"1,5\" (table.csv, row 3)"},
      {{{3, "n/a?"}, {4, "x"}, {5, "y"}, {6, std::string(50, 'z')}, {79, "w"}},
       "75 of 80 values are numbers, all but \"n/a?\" (table.csv, row 4), \"x\" (table.csv, row 5), "
       "\"y\" (table.csv, row 6) and 2 more"},
      {{{9, "12\u00A0"}}, "79 of 80 values are numbers, all but \"12\\u00A0\" (table.csv, row 10)"},
      {{{0, "NA"}, {1, "?"}}, ""},
      {{{0, "a"}, {1, "b"}, {2, "c"}, {3, "d"}, {4, "e"}, {5, "f"}, {6, "g"}, {7, "h"}}, ""},  // a tenth: may be meant
  };
  for (const auto& row : cases) {
    const auto table = numbers_but_for(80, row.others);
    std::vector<std::string> as_input, as_output;
    static_cast<void>(complete({"age"}, {"label"}, *table, as_input));
    static_cast<void>(complete({"label"}, {"age"}, *table, as_output));
    if (row.said.empty()) {
      EXPECT_THAT(as_input, Not(Contains(HasSubstr("warning")))) << row.others.begin()->second;
      EXPECT_THAT(as_output, Not(Contains(HasSubstr("warning")))) << row.others.begin()->second;
      continue;
    }
    EXPECT_THAT(as_input, Contains("warning: column \"age\": " + row.said +
                                   "; with that mended, or left empty, the column is read as numbers"));
    EXPECT_THAT(as_output, Contains("warning: column \"age\": " + row.said +
                                    "; mend that, or give --output age:category if the column holds classes"));
  }
}

TEST(CompleteSchema, SaysNothingOfCellsInAColumnWhoseTypeIsGiven) {
  const auto table = numbers_but_for(80, {{16, "12o"}});
  std::vector<std::string> notes;
  static_cast<void>(complete({"age:category"}, {"label:category"}, *table, notes));
  static_cast<void>(complete({"label:category"}, {"age:category"}, *table, notes));
  EXPECT_THAT(notes, IsEmpty());
}

/// More rows than are looked at; the cells of row i.
template <class Cells>
std::shared_ptr<const Table> long_table(std::vector<std::string> names, Cells cells) {
  std::vector<std::vector<std::string>> rows;
  for (int i = 0; i < 40000; ++i) rows.push_back(cells(i));
  return make_table(std::move(names), std::move(rows), "long.csv");
}

// Every fourth row, say, would show one half of what alternates.
TEST(CompleteSchema, SeesWhatComesAtRegularIntervals) {
  const auto table = long_table({"group", "words", "label"}, [](int i) -> std::vector<std::string> {
    return {i % 2 == 0 ? "p" : "q", i % 2 == 0 ? std::to_string(i) : "some words", i % 4 < 2 ? "a" : "b"};
  });
  std::vector<std::string> notes;
  const auto schema = complete({}, {"label"}, *table, notes);
  EXPECT_THAT(described(schema.inputs), ElementsAre("group=group:category", "words=words:text"));
  EXPECT_THAT(described(schema.outputs), ElementsAre("label=label:category"));
}

TEST(CompleteSchema, LooksAtEveryRowBeforeItLeavesAColumnOut) {
  const auto table = long_table({"rare", "empty", "text", "label"}, [](int i) -> std::vector<std::string> {
    return {i == 39999 ? "yes" : "no", "", "text " + std::to_string(i), i % 2 == 0 ? "a" : "b"};
  });
  std::vector<std::string> notes;
  const auto schema = complete({}, {"label"}, *table, notes);
  EXPECT_THAT(described(schema.inputs), ElementsAre("rare=rare:category", "text=text:text"));
  EXPECT_THAT(notes, Contains("column \"empty\" is left out: it is empty; --input names it if it is wanted"));
}

TEST(CompleteSchema, LeavesOutWhatGivesTheAnswerAway) {
  std::vector<std::vector<std::string>> rows;
  for (int i = 0; i < 20; ++i) {
    const std::string label = i % 2 == 0 ? "pos" : "neg";
    rows.push_back({label + "/" + std::to_string(i) + ".txt", label, label + "itive words", label});
  }
  const auto table = make_table({"file", "copy", "text", "label"}, std::move(rows), "table.csv");
  std::vector<std::string> notes;
  EXPECT_THAT(described(complete({}, {"label"}, *table, notes).inputs), ElementsAre("text=text:text"));
  EXPECT_THAT(notes, Contains("column \"file\" is left out: it begins with \"label\", which is to be predicted, in "
                              "every row looked at; --input names it if it is wanted"));
  EXPECT_THAT(notes, Contains(HasSubstr("column \"copy\" is left out: it begins with \"label\"")));
  EXPECT_THAT(described(complete({"file:text"}, {"label"}, *table, notes).inputs), ElementsAre("file=file:text"));
}

TEST(CompleteSchema, RefusesWhatHasNoMeaning) {
  const auto table = mixed_table();
  const std::vector<Refused> cases = {
      {"no output",
       {"review"},
       {},
       {"table.csv: no output column is named", "--output COLUMN", "\"review\"", "\"nothing\""}},
      {"both", {"review", "label"}, {"label"}, {"column \"label\": both input and output"}},
      {"twice", {"weight", "weight,count:numbers"}, {"label"}, {"column \"weight\": bound twice as input"}},
      {"outputs twice", {"weight"}, {"label", "label"}, {"column \"label\": bound twice as output"}},
  };
  for (const auto& row : cases) {
    std::vector<std::string> notes;
    const auto message =
        message_of<UsageError>([&] { static_cast<void>(complete(row.inputs, row.outputs, *table, notes)); });
    for (const auto& part : row.parts_of_message) EXPECT_THAT(message, HasSubstr(part)) << row.name;
  }
}

TEST(CompleteSchema, RefusesATableWhereNothingRemains) {
  const auto table =
      make_table({"id", "unit", "label"}, {{"1", "kg", "u"}, {"2", "kg", "v"}, {"3", "kg", "u"}}, "table.csv");
  std::vector<std::string> notes;
  const auto message = message_of<UsageError>([&] { static_cast<void>(complete({}, {"label"}, *table, notes)); });
  for (const auto* part : {"table.csv: no column remains as input", "\"id\" is left out: it is an identifier",
                           "\"unit\" is left out: it is constant", "name one with --input COLUMN"}) {
    EXPECT_THAT(message, HasSubstr(part));
  }
}

TEST(SchemaJson, RoundTrips) {
  const auto table = mixed_table();
  std::vector<std::string> notes;
  const auto schema =
      complete({"review:text:unit=words,max_length=9", "weight,count:numbers"}, {"label"}, *table, notes);
  const auto json = to_json(schema);
  const auto again = schema_from_json(Json::parse(json.dump()));
  EXPECT_EQ(to_json(again), json);
  EXPECT_EQ(described(again.inputs), described(schema.inputs));
  EXPECT_EQ(again.inputs[0].options, schema.inputs[0].options);
}

TEST(SchemaJson, RefusesWhatIsNoSchema) {
  struct Case {
    std::string json, message;
  };
  for (const auto& [json, message] : std::vector<Case>{
           {"[]", "schema: expected an object"},
           {R"({"inputs": []})", "schema, field \"outputs\": expected a list, found nothing"},
           {R"({"inputs": [3], "outputs": []})", "schema, input 1: expected an object, found number"},
           {R"({"inputs": [{"name": "a", "type": "txt", "columns": ["a"], "options": {}}], "outputs": []})",
            "input 1, field \"type\": expected a known type"},
           {R"({"inputs": [], "outputs": [{"name": "a", "type": "number", "columns": [], "options": {}}]})",
            "output 1, field \"columns\": expected at least one column"},
           {R"({"inputs": [{"name": "a", "type": "text", "columns": [1], "options": {}}], "outputs": []})",
            "field \"columns\": expected a list of texts"}}) {
    EXPECT_THAT(message_of<ModelFileError>([&] { static_cast<void>(schema_from_json(Json::parse(json))); }),
                HasSubstr(message));
  }
}

TEST(CompleteSchema, ReadsNoColumnThatRowsAreSplitBy) {
  const auto table = make_table(
      {"text", "person", "label"},
      {{"well made", "ann", "good"}, {"broke soon", "bob", "bad"}, {"holds", "ann", "good"}, {"no use", "cem", "bad"}},
      "table.csv");
  const Schema given{.inputs = {}, .outputs = {parse_output("label", *table)}};
  std::vector<std::string> notes;
  const auto columns_read = [&](const Schema& schema) {
    std::vector<std::string> columns;
    for (const auto& input : schema.inputs) columns.insert(columns.end(), input.columns.begin(), input.columns.end());
    return columns;
  };
  EXPECT_THAT(columns_read(complete_schema(given, *table, notes)), ::testing::Contains("person"));
  EXPECT_THAT(columns_read(complete_schema(given, *table, notes, "person")), ::testing::ElementsAre("text"));
  EXPECT_THAT(notes, ::testing::Contains(
                         "column \"person\" is left out: rows are split by it; --input names it if it is wanted"));
  auto named = given;
  named.inputs = {parse_input("person", *table)};
  EXPECT_THAT(columns_read(complete_schema(named, *table, notes, "person")), ::testing::ElementsAre("person"));
}

Schema closed_schema() {
  return {.inputs = {{.name = "review", .type = "text", .columns = {"review"}},
                     {.name = "numbers", .type = "numbers", .columns = {"weight", "count"}}},
          .outputs = {{.name = "label", .type = "category", .columns = {"label"}}}};
}

TEST(CheckComplete, TakesWhatLeavesNothingOpen) {
  const auto table = mixed_table();
  EXPECT_NO_THROW(check_complete(closed_schema(), *table));
  std::vector<std::string> notes;
  EXPECT_NO_THROW(check_complete(complete({}, {"label"}, *table, notes), *table));
}

TEST(CheckComplete, SaysWhatIsOpen) {
  struct Case {
    std::function<void(Schema&)> change;
    std::string message;
  };
  const Case cases[] = {
      {[](Schema& s) { s.inputs.clear(); }, "schema: expected at least one input and one output, found 0 and 1"},
      {[](Schema& s) { s.outputs.clear(); }, "schema: expected at least one input and one output, found 2 and 0"},
      {[](Schema& s) { s.inputs[0].type = "txet"; }, "unknown input type \"txet\""},
      {[](Schema& s) { s.outputs[0].type = ""; }, "unknown output type \"\""},
      {[](Schema& s) { s.inputs[0].columns.emplace_back("colour"); },
       "schema, input \"review\": expected one column for type text, found 2"},
      {[](Schema& s) { s.inputs[1].columns.clear(); },
       "schema, input \"numbers\": expected at least one column for type numbers, found 0"},
      {[](Schema& s) { s.outputs[0].columns.clear(); },
       "schema, output \"label\": expected one column for type category, found 0"},
      {[](Schema& s) { s.inputs[1].name = "review"; },
       "schema, input \"review\": expected a name that no other input or output has"},
      {[](Schema& s) { s.outputs[0].name = ""; },
       "schema, output \"\": expected a name that no other input or output has"},
      {[](Schema& s) {
         s.inputs[1].columns = {"weight", "label"};
       },
       "table.csv, column \"label\": both input and output; what is to be predicted cannot be read"},
      {[](Schema& s) {
         s.inputs[1].columns = {"weight", "weight"};
       },
       "table.csv, column \"weight\": bound twice as input; name it once"},
  };
  const auto table = mixed_table();
  for (const auto& [change, message] : cases) {
    auto schema = closed_schema();
    change(schema);
    EXPECT_THAT(message_of<UsageError>([&] { check_complete(schema, *table); }), HasSubstr(message));
  }
  auto schema = closed_schema();
  schema.inputs[0].columns = {"reveiw"};
  EXPECT_THAT(message_of<InputError>([&] { check_complete(schema, *table); }), HasSubstr("\"review\""));
}

}  // namespace
}  // namespace attune
