// SPDX-License-Identifier: Apache-2.0
// What the pages hold and leave out. Their structure is read by test_structure.py, and they are opened by
// test_pages.py.
#include <gmock/gmock.h>

#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "attune/report/explain_page.hpp"
#include "attune/report/report_page.hpp"
#include "examples.hpp"
#include "support/message_of.hpp"

namespace attune::report {
namespace {

using attune::testing::message_of;
using ::testing::HasSubstr;
using ::testing::Not;

Json data_of(const std::string& page) {
  const std::string begin = "id=\"data\">";
  const auto at = page.find(begin) + begin.size();
  return Json::parse(page.substr(at, page.find("</script>", at) - at));
}

ExplainPage page_of(std::vector<ExplainedRow> rows) {
  return {.model = "m", .explained = "Rows.", .rows = std::move(rows)};
}

std::string long_text(size_t characters) {
  std::string text;
  for (size_t i = 0; i < characters; ++i) text += i % 2 == 0 ? "好" : "坏";
  return text;
}

TEST(ReportPages, StayBelowTheirLimitAndSayWhatIsLeftOut) {
  std::vector<ExplainedRow> many;
  for (int i = 0; i < 600; ++i)
    many.push_back(testing::example_row("row " + std::to_string(i), long_text(200), true, i));
  const auto page = html(page_of(many));
  EXPECT_LT(page.size(), kMostPageBytes);
  EXPECT_GT(page.size(), kMostPageBytes * 9 / 10);
  const auto shown = data_of(page).at("rows").size();
  EXPECT_THAT(page, HasSubstr("Of 600 rows the first " + std::to_string(shown) + " are in this page"));
  for (const auto& row : data_of(page).at("rows")) EXPECT_EQ(row.at("values").size(), 12U);

  ReportPage report{.model = "m", .evaluations = {{.title = "label", .metrics = {}, .most_wrong = many}}};
  const auto other = html(report);
  EXPECT_LT(other.size(), kMostPageBytes);
  EXPECT_THAT(other, ::testing::ContainsRegex("The first [0-9]+ of 600 rows fit into this page"));
}

/// Of classes whose names are whole texts, with rows that fill a page alone.
Evaluation large_evaluation(const std::string& title) {
  Evaluation evaluation{.title = title, .metrics = {{"accuracy", "0.5", "Share of rows answered rightly."}}};
  ConfusionChart confusion{"Confusion", {}, std::vector<int64_t>(250UL * 250, 1)};
  for (int c = 0; c < 250; ++c) {
    const auto name = "class " + std::to_string(c) + " " + long_text(3000);
    confusion.classes.push_back(name);
    evaluation.classes.push_back({name, 1, 1, 1, 250});
  }
  evaluation.confusion = confusion;
  for (int i = 0; i < 60; ++i) {
    evaluation.most_wrong.push_back(testing::example_row("row " + std::to_string(i), long_text(500), true, i));
    evaluation.least_certain.push_back(evaluation.most_wrong.back());
  }
  return evaluation;
}

size_t count(const std::string& text, const std::string& part) {
  size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(ReportPages, OfSeveralOutputsStayBelowTheirLimit) {
  ReportPage report{.model = "m"};
  for (const char* title : {"one", "two", "three"}) report.evaluations.push_back(large_evaluation(title));
  const auto page = html(report);
  EXPECT_LT(page.size(), kMostPageBytes);
  EXPECT_GT(page.size(), kMostPageBytes * 9 / 10);
  EXPECT_EQ(count(page, "Each class against the rest"), 3U);
  for (const char* id : {"0-wrong-0", "0-uncertain-0", "1-wrong-0", "1-uncertain-0", "2-wrong-0", "2-uncertain-0"})
    EXPECT_THAT(page, HasSubstr(std::string("id=\"evaluation-") + id + "\"")) << "every output has rows";
}

TEST(ReportPages, OfTooManyOutputsSayWhatIsLeftOut) {
  ReportPage report{.model = "m"};
  auto evaluation = large_evaluation("one of many");
  evaluation.most_wrong.resize(2);
  evaluation.least_certain.clear();
  report.evaluations.assign(40, evaluation);
  auto page = html(report);
  EXPECT_LT(page.size(), kMostPageBytes);
  EXPECT_EQ(count(page, "<h2>one of many</h2>"), 40U);
  const auto charts = count(page, "<details class=\"counts\">"), tables = count(page, "Each class against the rest");
  EXPECT_GT(charts, 5U);
  EXPECT_EQ(charts + count(page, "Its charts do not fit into this page."), 40U);
  EXPECT_EQ(tables + count(page, "Its table of classes does not fit into this page."), 40U);
  EXPECT_EQ(count(page, "The first 0 of 2 rows fit into this page.") + count(page, "-wrong-0\" aria"), 40U);

  report.evaluations.assign(3000, {.title = "figures alone", .metrics = {{"accuracy", "0.5", std::string(500, 'w')}}});
  page = html(report);
  EXPECT_LT(page.size(), kMostPageBytes);
  EXPECT_THAT(page, HasSubstr("Of 3,000 outputs the first " + with_commas(static_cast<int64_t>(count(page, "<h2>"))) +
                              " are in this page"));
}

TEST(ReportPages, ALongRowLosesAttributionsBeforeText) {
  struct Case {
    size_t characters, attributions, tokens;
  };
  for (const auto& row : {Case{50'000, 2, 50'000}, Case{300'000, 1, 100'000}}) {
    const auto page = html(page_of({testing::example_row("long", long_text(row.characters), true, 1)}));
    EXPECT_LT(page.size(), kMostPageBytes);
    const auto data = data_of(page).at("rows").at(0);
    EXPECT_GE(data.at("values").size(), row.attributions);
    EXPECT_LT(data.at("values").size(), 12U);
    EXPECT_GE(data.at("values").at("0").size(), row.tokens);
    EXPECT_THAT(page,
                HasSubstr("Of its 12 attributions the first " + std::to_string(data.at("values").size()) + " fit"));
    const auto cut = data.at("values").at("0").size() < row.characters;
    EXPECT_EQ(page.find("tokens the first ") != std::string::npos, cut);
    EXPECT_EQ(2000 + data.at("rest").at("0").size(), data.at("values").at("0").size());
  }
}

TEST(ReportPages, ValuesAreRoundedAndSummedOverGraphemes) {
  ExplainedRow row;
  row.cells = {{"c", "e\u0301xy\u0301", {{"e", {0, 1}}, {"'", {1, 2}}, {"x", {2, 3}}, {"y", {3, 4}}, {"'", {4, 5}}}}};
  const double unknown = std::nan("");
  row.attributions = {{"m", "methods", "", true, {0.123456, 1, unknown, unknown, 0.5}}};
  row.matrices = {{"pool", {"query"}, {0.5, 0.25, 0.25, 0, 0}}};
  const auto data = data_of(html(page_of({row}))).at("rows").at(0);
  EXPECT_EQ(data.at("values").at("0").dump(), "[1.12,null,0.5]") << "0 would say that the x does not matter";
  EXPECT_EQ(data.at("tokens").dump(), "[\"e\",\"'\",\"x\",\"y\",\"'\"]");
  EXPECT_EQ(data.at("matrices").at(0).at("weights").dump(), "[0.5,0.25,0.25,0,0]");
}

TEST(ReportPages, WhatIsNotKnownIsSaidInReports) {
  ExplainedRow row;
  row.cells = {{"c", "a b", {{"a", {0, 1}}, {"b", {2, 3}}}}};
  row.attributions = {{"m", "methods", "", true, {std::nan(""), 0.5}}};
  const auto page = html(ReportPage{.model = "m", .evaluations = {{.title = "t", .metrics = {}, .most_wrong = {row}}}});
  EXPECT_THAT(page, HasSubstr("<i title=\"not known\">a</i> <i class=p8 title=\"0.5\">b</i>"));
  EXPECT_THAT(page, HasSubstr("Strongest: “\u2068b\u2069” 0.5.<"));
}

TEST(ReportPages, RowsMayHaveOtherAttributions) {
  auto one = testing::example_row("one", "a b", false, 1), two = testing::example_row("two", "a b", false, 1);
  one.attributions.resize(1);
  two.attributions.erase(two.attributions.begin());
  const auto data = data_of(html(page_of({one, two})));
  EXPECT_EQ(data.at("layers").size(), 12U);
  EXPECT_EQ(data.at("rows").at(0).at("values").size(), 1U);
  EXPECT_FALSE(data.at("rows").at(1).at("values").contains("0"));
}

TEST(ReportPages, OfNumbersSpeakOfTheNumber) {
  auto page = page_of({testing::example_row("row 7", "a b", false, 1)});
  EXPECT_THAT(html(page), HasSubstr("against the answer "));
  page.of_numbers = true;
  EXPECT_THAT(html(page), HasSubstr("lowers the number "));
  EXPECT_THAT(html(page), HasSubstr(" raises it, in deviations of the training targets"));
  EXPECT_THAT(html(page), Not(HasSubstr("the answer ")));
}

TEST(ReportPages, NameTheClassThatIsExplained) {
  auto row = testing::example_row("row 7", "a b", false, 1), other = row;
  row.explained = "positive";
  const auto page = html(page_of({row, row}));
  EXPECT_THAT(page, HasSubstr("against “\u2068positive\u2069” <i"));
  EXPECT_THAT(page, HasSubstr("<summary>From tokens to “\u2068positive\u2069”</summary>"));
  EXPECT_THAT(page, HasSubstr("Tokens of row 7, and what each says of “\u2068positive\u2069”\""));
  EXPECT_THAT(page, HasSubstr(">explained is “\u2068positive\u2069”, which is not the answer<"));
  for (const char* answer : {"against the answer", "to the answer"})
    EXPECT_THAT(page, Not(HasSubstr(answer))) << "what its values do not speak of";
  EXPECT_EQ(data_of(page).at("rows").at(0).at("explained"), "positive");
  EXPECT_THAT(html(page_of({row, other})), HasSubstr("against what is explained <i"));

  row.explained = row.answer.label;  // of which nothing has to be said
  const auto plain = html(page_of({row}));
  EXPECT_THAT(plain, HasSubstr("against the answer <i"));
  EXPECT_THAT(plain, HasSubstr("<summary>From tokens to the answer</summary>"));
  EXPECT_THAT(plain, Not(HasSubstr("explained is")));

  row.answer.probability.reset();
  row.explained = "price";
  auto numbers = page_of({row});
  numbers.of_numbers = true;
  EXPECT_THAT(html(numbers), HasSubstr("and what each says of “\u2068price\u2069”\""));
}

TEST(ReportPages, SayWhereTheModelDidNotReadOn) {
  ExplainedRow row{.name = "r", .cells = {}, .answer = {"yes", 0.9}, .attributions = {}};
  row.cells = {{.column = "c", .text = "ab cd ef", .tokens = {{"ab", {0, 2}}, {"cd", {3, 5}}}, .cut_off = 1210}};
  row.attributions = {
      {.name = "m", .group = "methods", .meaning = "", .has_sign = true, .values = {1, 2}, .elsewhere = -0.25}};
  const std::string said = "Cut off by the model after 2 of 1,212 tokens: ", elsewhere = "where no token is: -0.25.";
  for (const auto& page :
       {html(page_of({row})),
        html(ReportPage{.model = "m", .evaluations = {{.title = "t", .metrics = {}, .most_wrong = {row}}}})}) {
    EXPECT_THAT(page, HasSubstr("<span class=\"unread\"> ef</span>"));
    EXPECT_THAT(page, HasSubstr(said));
    EXPECT_THAT(page, HasSubstr(elsewhere));
  }
  row.cells[0].cut_off = 0;
  row.attributions[0].elsewhere = 0;
  EXPECT_THAT(html(page_of({row})),
              Not(::testing::AnyOf(HasSubstr("Cut off by"), HasSubstr("class=\"unread\""), HasSubstr("no token is"))));
}

TEST(ReportPages, TheRestOfATextKeepsWhatWasNotRead) {
  auto row = testing::example_row("long", long_text(3000), true, 1);
  row.cells[0].text += "behind";
  row.cells[0].cut_off = 6;
  const auto rest = data_of(html(page_of({row}))).at("rows").at(0).at("rest").at("0");
  EXPECT_EQ(rest.back().dump(), R"(["behind","unread"])");
}

TEST(ReportPages, KeysAreThoseThatWork) {
  const auto keys = [](const ExplainPage& page) {
    const auto text = html(page);
    const auto at = text.find("Keys: ");
    return at == std::string::npos ? "" : text.substr(at, text.find('<', at) - at);
  };
  auto row = testing::example_row("row 7", "a b", false, 1);
  row.attributions.resize(1);
  EXPECT_EQ(keys(page_of({row})), "Keys: arrows in the line below a row walk through its tokens.");
  EXPECT_EQ(
      keys(page_of({row, row})),
      "Keys: arrows in the line below a row walk through its tokens and j and k go to the next and the previous row.");
  EXPECT_THAT(keys(page_of({testing::example_row("row 7", "a b", false, 1)})),
              HasSubstr("arrows in the switch change what the shades show"));
  EXPECT_EQ(keys(page_of({testing::example_row("row 7", "", false, 1)})),
            "Keys: arrows in the switch change what the shades show.");
  auto page = page_of({row});
  page.notes = {"More & more."};
  EXPECT_THAT(html(page), HasSubstr("<p class=\"faint small\">More &amp; more.</p>"));
}

TEST(ReportPages, ListAsManyTokensAsAsked) {
  auto page = page_of({});
  EXPECT_EQ(data_of(html(page)).at("strongest"), 10);
  page.strongest = 3;
  EXPECT_EQ(data_of(html(page)).at("strongest"), 3);
}

TEST(ReportPages, CallNothingCertainThatIsNot) {
  const auto shown = [](double probability) {
    ExplainedRow row{.name = "r", .cells = {}, .answer = {"yes", probability}, .attributions = {}};
    row.others = {{"no", 1 - probability}};
    return html(page_of({row}));
  };
  EXPECT_THAT(shown(0.9999), HasSubstr("&gt; 99.9 %</span>"));
  EXPECT_THAT(shown(0.9999), HasSubstr("no &lt; 0.1 %"));
  EXPECT_THAT(shown(0.9994), HasSubstr(">99.9 %</span>"));
  EXPECT_THAT(shown(1), HasSubstr(">100 %</span>"));
  EXPECT_THAT(shown(1), HasSubstr("no 0 %"));
}

TEST(ReportPages, SayThatTheTableIsEmptyThere) {
  ExplainedRow row{.name = "r", .cells = {}, .answer = {"yes", 0.9}, .attributions = {}};
  row.truth = "";
  EXPECT_THAT(html(page_of({row})), HasSubstr("<p class=\"small\">empty in the table</p>"));
  row.truth = "no";
  EXPECT_THAT(html(page_of({row})), HasSubstr("in the table: <bdi>no</bdi> <b class=\"wrong\">(not the same)</b>"));
}

TEST(ReportPages, SayWhatWroteThem) {
  EXPECT_THAT(html(page_of({})), HasSubstr("<meta name=\"generator\" content=\"attune explain\">"));
  EXPECT_THAT(html(ReportPage{.model = "m"}), HasSubstr("<meta name=\"generator\" content=\"attune report\">"));
}

TEST(ReportPages, EmptyOnesSaySo) {
  EXPECT_THAT(html(page_of({})), HasSubstr("No row was explained."));
  ExplainedRow row;
  row.cells = {{"review", "", {}}};
  const auto page = html(page_of({row}));
  EXPECT_THAT(page, HasSubstr("no attribution was given"));
  EXPECT_THAT(page, HasSubstr(">empty</p>"));
  EXPECT_THAT(html(ReportPage{.model = "m"}), HasSubstr("Report on m"));
}

TEST(ReportPages, WrongSizesAreRefused) {
  auto row = testing::example_row("row 7", "a b", false, 1);
  row.attributions[1].values.pop_back();
  EXPECT_THAT(message_of<UsageError>([&] { (void)html(page_of({row})); }),
              HasSubstr("row \"row 7\", methods integrated gradients: expected a value for each of 2 tokens, found 1"));
  row = testing::example_row("row 7", "a b", false, 1);
  row.matrices[0].weights.pop_back();
  EXPECT_THAT(message_of<UsageError>([&] { (void)html(page_of({row})); }),
              HasSubstr("row \"row 7\", block.0.self, head 1: expected 2 x 2 weights, found 3"));
  row = testing::example_row("row 7", "a b", false, 1);
  row.cells[0].tokens[0].place.end = 9;
  EXPECT_THAT(message_of<UsageError>([&] { (void)html(page_of({row})); }), HasSubstr("column \"review\", token 0"));
}

TEST(ReportPages, CurvesThatNoEpochKnowsAreLeftOut) {
  History history{.epochs = {{1, 0.5, {}, {}, 0.01}, {2, 0.4, {}, {}, 0.02}}, .metric = "accuracy", .best_epoch = 2};
  auto charts = history_charts(history);
  ASSERT_EQ(charts.size(), 2U);
  EXPECT_EQ(charts[0].name, "loss");
  EXPECT_EQ(charts[0].chart.series.size(), 1U) << "nothing was validated";
  EXPECT_EQ(charts[1].name, "learning-rate");
  EXPECT_THAT(charts[1].chart.series[0].y, ::testing::ElementsAre(0.01, 0.02));
  EXPECT_EQ(charts[1].chart.marked_x, 2);
  history.epochs[1].validation_loss = 0.6;
  history.epochs[1].metric = 0.9;
  charts = history_charts(history);
  ASSERT_EQ(charts.size(), 3U);
  EXPECT_EQ(charts[0].chart.series.size(), 2U);
  EXPECT_EQ(charts[1].name, "metric");
  EXPECT_EQ(charts[1].chart.title, "accuracy");
}

TEST(ReportPages, ANumberIsNeverCalledWrong) {
  auto row = testing::example_row("row 1", "a b", false, 1);
  row.truth = "another";
  EXPECT_THAT(html(page_of({row})), HasSubstr("(not the same)"));
  row.answer.probability.reset();
  EXPECT_THAT(html(page_of({row})), Not(HasSubstr("(not the same)")));
}

TEST(ReportPages, ManyClassesAreCut) {
  ReportPage page{.model = "m", .evaluations = {{.title = "label", .metrics = {}}}};
  for (int c = 0; c < 300; ++c) page.evaluations[0].classes.push_back({"class " + std::to_string(c), 1, 1, 1, c});
  const auto text = html(page);
  EXPECT_THAT(text, HasSubstr("the 200 of 300 classes with the most rows"));
  EXPECT_THAT(text, HasSubstr("class 100<"));
  EXPECT_THAT(text, Not(HasSubstr("class 99<")));
}

}  // namespace
}  // namespace attune::report
