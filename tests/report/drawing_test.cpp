// SPDX-License-Identifier: Apache-2.0
// Charts and flows. That their SVG is well formed, and what stands in them, test_structure.py reads with a parser.
#include <gmock/gmock.h>

#include <limits>
#include <regex>
#include <sstream>

#include "attune/core/error.hpp"
#include "attune/report/charts.hpp"
#include "attune/report/explained_charts.hpp"
#include "attune/report/flow.hpp"
#include "examples.hpp"
#include "support/message_of.hpp"

namespace attune::report {
namespace {

using attune::testing::message_of;
using ::testing::HasSubstr;
using ::testing::Not;

const double kNan = std::numeric_limits<double>::quiet_NaN();

size_t count(const std::string& text, const std::string& part) {
  size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(ReportCharts, NumbersThatAreNotFiniteAreNeverDrawn) {
  const double infinity = std::numeric_limits<double>::infinity();
  const std::vector<std::string> charts = {
      line_chart({"t", "x", "y", {{"a", {1, 2, kNan, 4}, {1, kNan, 3, infinity}}}, kNan, "m"}),
      line_chart({"t", "x", "y", {{"a", {1, 2, 3}, {5, 5, 5}}}}),
      bar_chart({"t", "v", {{"a", kNan}, {"b", -infinity}, {"c", 1}}}),
      attention_chart({"t", {"q"}, {"k", "l"}, {kNan, 0.5}}),
      reliability_chart({"t", {{kNan, 1, 3}}, {{0.5, 0.5, 0}}}),
      confusion_chart({"t", {"a", "b"}, {0, 0, 0, 0}})};
  for (const auto& chart : charts) {
    EXPECT_THAT(chart, Not(::testing::ContainsRegex("[=\" ](-?nan|-?inf)")));
    EXPECT_THAT(chart, HasSubstr("<title id=\"chart-title\">t</title>"));
  }
}

TEST(ReportCharts, NothingIsSaidToBeNothing) {
  for (const auto& chart :
       {line_chart({"t", "x", "y", {}}), line_chart({"t", "x", "y", {{"a", {}, {}}}}), bar_chart({"t", "v", {}}),
        confusion_chart({"t", {}, {}}), reliability_chart({"t", {}, {}})})
    EXPECT_THAT(chart, HasSubstr(">nothing to draw<"));
}

TEST(ReportCharts, TheRangeOfTheLargestNumbersIsDrawn) {
  const auto chart = line_chart({"t", "x", "y", {{"a", {1, 2, 3}, {-1e308, 0, 1e308}}}});
  std::smatch path;
  ASSERT_TRUE(
      std::regex_search(chart, path, std::regex("<path d=\"M[0-9.]+ ([0-9.]+)L[0-9.]+ ([0-9.]+)L[0-9.]+ ([0-9.]+)\"")));
  const double low = std::stod(path[1]), middle = std::stod(path[2]), high = std::stod(path[3]);
  EXPECT_NEAR(middle, (low + high) / 2, 0.01);
  EXPECT_GT(low, high + 100);
}

TEST(ReportCharts, ALineBreaksWhereANumberIsMissing) {
  const auto chart = line_chart({"t", "x", "y", {{"a", {1, 2, 3, 4, 5}, {1, 2, kNan, 3, kNan}}}});
  std::smatch path;
  ASSERT_TRUE(std::regex_search(chart, path, std::regex("<path d=\"(M[^\"]*)\" class=\"curve series-0\"/><circle")));
  EXPECT_EQ(count(path[1], "M"), 2U);
  EXPECT_EQ(count(path[1], "L"), 1U);
  EXPECT_EQ(count(chart, "<circle"), 1U);  // a point alone
}

TEST(ReportCharts, ManyClassesAreFolded) {
  ConfusionChart chart{"t", {}, std::vector<int64_t>(900, 1)};
  for (int c = 0; c < 30; ++c) chart.classes.push_back("class " + std::to_string(c));
  chart.counts[17 * 30 + 17] = 1000;
  const auto text = confusion_chart(chart);
  EXPECT_EQ(count(text, "<rect"), 1 + 400U);
  EXPECT_THAT(text, HasSubstr(">11 others<"));
  EXPECT_THAT(text, HasSubstr("class 17 predicted as class 17: 1,000 rows"));
  // Each of the 11 was answered with each of the 11: one row in eleven rightly, so that the square is neither right nor
  // wrong, and of all 30 classes 29 rows and those 1,000 are right.
  EXPECT_THAT(text, HasSubstr("11 others predicted as 11 others: 121 rows, 36.7 % of the classes; 11 of them rightly"));
  EXPECT_EQ(count(text, "class=\"square mixed\""), 1U);
  EXPECT_EQ(count(text, "class=\"square right\""), 19U);
  EXPECT_THAT(text, HasSubstr("Answered rightly: 1,029 of 1,899 rows. The 11 classes with the fewest rows share"));
}

TEST(ReportCharts, NamesOfClassesAreCut) {
  const std::string name(100'000, 'w');
  const auto chart = confusion_chart({"t", {name, "b"}, {1, 2, 3, 4}});
  EXPECT_LT(chart.size(), 10'000U);
  EXPECT_THAT(chart, HasSubstr(std::string(58, 'w') + ".. predicted as b: 2 rows"));
  EXPECT_THAT(chart, HasSubstr("Answered rightly: 5 of 10 rows.<"));
}

TEST(ReportCharts, BinsSayOfWhichCalibrationTheyAre) {
  const auto said = [](const std::string& when) { return "<title>" + when + " calibration, 3 rows: said "; };
  const auto before = reliability_chart({"t", {{0.9999, 0.9999, 3}}, {}});
  EXPECT_EQ(count(before, said("before")), 2U) << "of its dot and of its column";
  EXPECT_EQ(count(before, said("after")), 0U);
  EXPECT_THAT(before, HasSubstr("said &gt; 99.9 %, were right in &gt; 99.9 %"));
  EXPECT_THAT(before, Not(HasSubstr("&amp;")));
  const auto both = reliability_chart({"t", {{0.9, 0.8, 3}}, {{0.8, 0.8, 3}}});
  EXPECT_EQ(count(both, said("before")), 1U);
  EXPECT_EQ(count(both, said("after")), 2U) << "columns are of what is used";
}

ExplainedRow explained_row() {
  ExplainedRow row{.name = "t.csv, row 3", .cells = {}, .answer = {"yes", 0.9}, .explained = "no", .attributions = {}};
  row.cells = {{.column = "review", .text = "ab cd ef", .tokens = {{"ab", {0, 2}}, {"cd", {3, 5}}}, .cut_off = 7},
               {.column = "price", .text = "", .tokens = {{"price = 3", {}}}}};
  row.attributions = {
      {.name = "path", .group = "methods", .meaning = "", .has_sign = true, .values = {1, -2, 3}, .elsewhere = 0.5},
      {.name = "head 1", .group = "pool", .meaning = "", .values = {1, 2, 3}}};
  row.matrices = {{.name = "pool, head 1", .queries = {"query"}, .weights = {1, 2, 3}}};
  return row;
}

TEST(ReportExplainedCharts, BarsNameWhatTheySpeakFor) {
  auto row = explained_row();
  const auto chart = token_bars(row, row.attributions[0]);
  EXPECT_EQ(chart.title, "path for “\u2068no\u2069”, t.csv, row 3");
  EXPECT_EQ(chart.value_label, "for “\u2068no\u2069”; below 0 against it");
  EXPECT_THAT(chart.notes, ::testing::ElementsAre("review: cut off after 2 of 9 tokens",
                                                  "Read by the linear part where no token is: 0.5."));
  ASSERT_EQ(chart.bars.size(), 3U);
  EXPECT_EQ(chart.bars[2].label, "price = 3");
  EXPECT_EQ(chart.bars[1].value, -2);
  for (const auto& note : chart.notes) {
    EXPECT_THAT(bar_chart(chart), HasSubstr(">" + note + "</text>"));
    EXPECT_THAT(bar_chart(chart), ::testing::ContainsRegex("<desc[^>]*>[^<]*" + note)) << "nor is it left to the eye";
  }
  EXPECT_EQ(token_bars(row, row.attributions[1]).title, "pool, head 1, t.csv, row 3") << "a head speaks for no class";
  row.explained.clear();
  EXPECT_THAT(token_bars(row, row.attributions[0]).title, HasSubstr("for “\u2068yes\u2069”"));
  row.answer = {"17.3", {}};
  row.explained = "price";
  EXPECT_EQ(token_bars(row, row.attributions[0]).value_label,
            "raises “\u2068price\u2069”, below 0 lowers it; in deviations");
}

TEST(ReportExplainedCharts, MatricesHaveTheTokensAsColumns) {
  auto row = explained_row();
  EXPECT_THAT(token_labels(row), ::testing::ElementsAre("ab", "cd", "price = 3"));
  auto chart = matrix_chart(row, row.matrices[0]);
  EXPECT_EQ(chart.title, "pool, head 1, t.csv, row 3");
  EXPECT_EQ(chart.queries, std::vector<std::string>{"query"});
  EXPECT_EQ(chart.keys, token_labels(row));
  row.matrices[0].queries.clear();
  row.matrices[0].weights.assign(9, 0.1);
  EXPECT_EQ(matrix_chart(row, row.matrices[0]).queries, token_labels(row));
  row.matrices[0].weights.pop_back();
  EXPECT_THAT(message_of<UsageError>([&] { (void)matrix_chart(row, row.matrices[0]); }),
              HasSubstr("row \"t.csv, row 3\", pool, head 1: expected 3 x 3 weights, found 8"));
  row.attributions[0].values.pop_back();
  EXPECT_THAT(message_of<UsageError>([&] { (void)token_bars(row, row.attributions[0]); }),
              HasSubstr("methods path: expected a value for each of 3 tokens, found 2"));
}

TEST(ReportCharts, WrongSizesAreRefused) {
  EXPECT_THAT(message_of<UsageError>([] {
                (void)confusion_chart({"t", {"a", "b"}, {1}});
              }),
              HasSubstr("expected a count per pair of the 2 classes, found 1 count"));
  EXPECT_THAT(message_of<UsageError>([] {
                (void)attention_chart({"t", {"a"}, {"b"}, {}});
              }),
              HasSubstr("expected 1 x 1 weights, found 0"));
  EXPECT_THAT(message_of<UsageError>([] {
                (void)attention_chart({"t", std::vector<std::string>(129), {"k"}, std::vector<double>(129)});
              }),
              HasSubstr("at most 128 queries and keys, found 129 and 1"));
  EXPECT_THAT(message_of<UsageError>([] {
                (void)line_chart({"t", "x", "y", {{"s", {1}, {}}}});
              }),
              HasSubstr("series \"s\": expected as many x as y, found 1 and 0"));
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// Of the lines behind the first two: a node or an edge as Mermaid's grammar has it, its label in quotes without what
/// would end or begin anything.
const char* const kMermaidLine =
    R"(  (n[0-9]+(\["[^"<>`&{}\\]*(<br/>[^"<>`&{}\\]*)*"\]|\[/".*"/\]|\{\{".*"\}\}|\(\[".*"\]\))|n[0-9]+ -->(\|"[^"<>|]*"\|)? n[0-9]+))";

TEST(ReportFlow, EveryMechanismIsDrawn) {
  EXPECT_THAT(drawn_mechanisms(), ::testing::ElementsAre("additive", "dot", "multiplicative", "scaled_dot", "split"));
  for (const auto& mechanism : drawn_mechanisms()) {
    const auto flow = mechanism_flow(mechanism);
    const auto lines = lines_of(mermaid(flow));
    EXPECT_EQ(lines.size(), 2 + flow.nodes.size() + flow.edges.size());
    EXPECT_EQ(lines[0], "flowchart TD");
    for (size_t i = 2; i < lines.size(); ++i)
      EXPECT_TRUE(std::regex_match(lines[i], std::regex(kMermaidLine))) << lines[i];
    EXPECT_THAT(mermaid(flow), HasSubstr("softmax over"));
    EXPECT_EQ(count(flow_chart(flow), "class=\"head\""), flow.edges.size());
  }
  EXPECT_THAT(message_of<UsageError>([] { (void)mechanism_flow("aditive"); }),
              HasSubstr("unknown mechanism \"aditive\" (did you mean \"additive\"?)"));
}

TEST(ReportFlow, ANetworkIsDrawnWithItsSizes) {
  const auto text = mermaid(network_flow(testing::example_description(),
                                         {"m.attune", {"review (text)", "sizes (numbers)"}, {"label"}, {0.5}}));
  for (const char* part :
       {"flowchart TD\n  accTitle: m.attune\n", "n0[/\"review (text)<br/>ids, 2,913 ids\"/]",
        "embedding<br/>2,913 x 96", "pretrained vectors of 300 (frozen)", "+ positions, learned", "30 numbers",
        "convolution<br/>3 tokens wide",
        "{{\"blocks 0 to 1, one after another<br/>scaled_dot, 4 heads<br/>D 24, Dv 24<br/>feed-forward 192, gelu",
        "{{\"pool<br/>a learned query attends<br/>additive, 1 head<br/>A 96, Dv 96\"}}", "-->|\"all tokens\"|",
        "head<br/>96 → 64 → 2 classes", "linear part<br/>logistic regression of the inputs<br/>weight 0.5",
        "([\"label<br/>a probability per class\"])"})
    EXPECT_THAT(text, HasSubstr(part));
}

TEST(ReportFlow, OtherParts) {
  auto json = testing::example_description();
  json["pool"]["allocation"] = {{"mechanism", "split"}};
  json["blocks"][1]["allocation"] = {{"mechanism", "split"}, {"reaches", {1, 3}}};
  json["heads"][0] = {{"kind", "value"}};
  const auto text = mermaid(network_flow(json));
  for (const char* part : {"block 0<br/>", "block 1<br/>split among reaches of 1 and 3 tokens", "learned query",
                           "96 → 1 number", "output 0<br/>a number", "input 1<br/>30 numbers"})
    EXPECT_THAT(text, HasSubstr(part));
  EXPECT_THAT(text, Not(HasSubstr("linear part")));
  json["pool"] = {{"kind", "mean"}};
  json["blocks"] = Json::array();
  EXPECT_THAT(mermaid(network_flow(json)), HasSubstr("[\"pool<br/>mean of the tokens\"]"));
}

TEST(ReportFlow, NamesCannotLeaveTheirLabels) {
  for (const auto& hostile : testing::hostile_texts()) {
    const auto text =
        mermaid(network_flow(testing::example_description(), {hostile, {hostile, "end"}, {hostile}, {1}}));
    const auto lines = lines_of(text);
    for (size_t i = 2; i < lines.size(); ++i)
      EXPECT_TRUE(std::regex_match(lines[i], std::regex(kMermaidLine))) << lines[i];
    EXPECT_THAT(text, Not(HasSubstr("<script")));
  }
}

TEST(ReportFlow, WhatIsNoDescriptionIsRefused) {
  const auto good = testing::example_description();
  const auto message = [](const Json& json, const FlowNames& names = {}) {
    return message_of<UsageError>([&] { (void)network_flow(json, names); });
  };
  EXPECT_THAT(message(Json::array()), HasSubstr("expected \"inputs\" to be a JSON array"));
  auto json = good;
  json["inputs"] = Json::array();
  EXPECT_THAT(message(json), HasSubstr("at least one input"));
  json = good;
  json.erase("pool");
  EXPECT_THAT(message(json), HasSubstr("expected \"pool\" to be a JSON object"));
  json = good;
  json["inputs"][0]["vocabulary"] = "many";
  EXPECT_THAT(message(json), HasSubstr("field \"vocabulary\" is of another type"));
  EXPECT_THAT(message(good, {"", {"one"}, {}, {}}), HasSubstr("expected one per input (2) or none, found 1"));
  EXPECT_THAT(message_of<UsageError>([] {
                (void)flow_chart({"t", {{}, {}}, {{1, 0, ""}}});
              }),
              HasSubstr("expected edges to go forward among the 2 nodes, found one from 1 to 0"));
}

}  // namespace
}  // namespace attune::report
