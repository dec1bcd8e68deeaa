// SPDX-License-Identifier: Apache-2.0
// Escaping, numbers, graphemes, and everything for the terminal.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

#include "attune/core/error.hpp"
#include "attune/report/terminal.hpp"
#include "escape.hpp"
#include "numbers.hpp"
#include "segments.hpp"
#include "shades.hpp"
#include "support/message_of.hpp"

namespace attune::report {
namespace {

using attune::testing::message_of;
using std::string_literals::operator""s;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(ReportEscape, Markup) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", ""},
      {"plain 很好 👩‍👧", "plain 很好 👩‍👧"},
      {"<a href=\"x\" b='&amp;'>", "&lt;a href=&quot;x&quot; b=&#39;&amp;amp;&#39;&gt;"},
      {"a\tb\nc", "a\tb\nc"},
      {"a\rb", "a&#13;b"},
      {"\0\x1b\x7f"s, "␀␛␡"},
      {"\xff\xc0\x80", "\uFFFD\uFFFD\uFFFD"},
      {"\u0085\uFFFE", "\uFFFD\uFFFD"},
  };
  for (const auto& [text, escaped] : cases) EXPECT_EQ(markup(text), escaped);
}

TEST(ReportEscape, ScriptHoldsNothingThatEndsIt) {
  const std::vector<std::string> texts = {"</script><!--", "a\u2028b\u2029c", "]]>&amp;", "\"\\\n", "\xff"};
  const auto script = script_json(Json(texts));
  for (const char* danger : {"<", ">", "&", "\u2028", "\u2029", "\n"}) EXPECT_THAT(script, Not(HasSubstr(danger)));
  const auto read = Json::parse(script).get<std::vector<std::string>>();
  for (size_t i = 0; i + 1 < texts.size(); ++i) EXPECT_EQ(read[i], texts[i]);
  EXPECT_EQ(read.back(), "\uFFFD");
}

TEST(ReportNumbers, SignificantDigits) {
  const std::vector<std::pair<double, std::string>> cases = {{0, "0"},
                                                             {1, "1"},
                                                             {0.5, "0.5"},
                                                             {0.12345, "0.123"},
                                                             {-0.0012345, "-0.00123"},
                                                             {1234.5, "1234"},
                                                             {999.6, "1000"},
                                                             {12.3456, "12.3"},
                                                             {1e-7, "1e-07"},
                                                             {1234567, "1.23e+06"},
                                                             {-1e300, "-1e+300"},
                                                             {kInfinity, "not known"},
                                                             {std::nan(""), "not known"}};
  for (const auto& [value, text] : cases) EXPECT_EQ(significant(value), text) << value;
}

TEST(ReportNumbers, TicksAreRoundAndCoverTheRange) {
  EXPECT_THAT(ticks(0, 1).labels, ElementsAre("0.0", "0.2", "0.4", "0.6", "0.8", "1.0"));
  EXPECT_THAT(ticks(1, 4, 3).labels, ElementsAre("1", "2", "3", "4"));
  EXPECT_THAT(ticks(-0.3, 0.3, 3).labels, ElementsAre("-0.4", "-0.2", "0.0", "0.2", "0.4"));
  for (const auto& [low, high] : std::vector<std::pair<double, double>>{
           {3, 3}, {0, 0}, {-5, -5}, {1e-9, 2e-9}, {0, 1e300}, {-1e300, 1e300}, {0.1234, 0.1235}, {5, 3}}) {
    const auto found = ticks(low, high);
    ASSERT_GE(found.values.size(), 2U) << low;
    EXPECT_LT(found.values.size(), 14U) << low;
    EXPECT_LE(found.low(), std::min(low, high) + std::abs(low) * 1e-9);
    EXPECT_GE(found.high(), low - std::abs(low) * 1e-9);
  }
}

struct SegmentCase {
  const char* what;
  std::string text;
  std::vector<Place> places;
  std::vector<std::string> marks;  // as shown
  std::vector<double> values;      // of tokens 1, 2, 4, 8 ..
};

TEST(ReportSegments, MarksAreWholeGraphemes) {
  const std::vector<SegmentCase> cases = {
      {"plain words", "ab cd", {{0, 2}, {3, 5}}, {"ab", "cd"}, {1, 2}},
      {"in the middle of a combining mark", "cafe\u0301s", {{0, 4}, {4, 6}}, {"cafe\u0301s"}, {3}},
      {"half a family", "a👩‍👩‍👧b", {{1, 2}, {3, 4}, {6, 7}}, {"👩‍👩‍👧", "b"}, {3, 4}},
      {"a flag", "🇩🇪🇫🇷", {{0, 1}, {2, 4}}, {"🇩🇪", "🇫🇷"}, {1, 2}},
      {"skin tone", "👍🏽!", {{0, 1}, {1, 2}, {2, 3}}, {"👍🏽", "!"}, {3, 4}},
      {"Hangul of letters", "\u1112\u1161\u11AB\uAD6D", {{0, 1}, {1, 3}}, {"\u1112\u1161\u11AB"}, {3}},
      {"Arabic with marks", "مَرْحَبًا", {{0, 1}, {2, 4}}, {"مَ", "رْ"}, {1, 2}},
      {"carriage return and line feed", "a\r\nb", {{0, 2}, {2, 4}}, {"a\r\nb"}, {3}},
      {"out of order", "ab", {{1, 2}, {0, 1}}, {"a", "b"}, {2, 1}},
      {"one in another", "abcd", {{0, 4}, {1, 2}}, {"abcd"}, {3}},
      {"no place", "ab", {{0, 0}, {0, 1}}, {"a", "token 0"}, {2, 1}},
      {"empty text", "", {{0, 3}, {1, 2}}, {"token 0", "token 1"}, {1, 2}},
      {"bytes that are no UTF-8",
       "a\xff"
       "b",
       {{1, 2}, {2, 3}},
       {"\uFFFD", "b"},
       {1, 2}},
  };
  for (const auto& row : cases) {
    Cell cell{"column", row.text, {}};
    std::vector<double> values;
    for (const auto& place : row.places) {
      values.push_back(static_cast<double>(1U << cell.tokens.size()));
      cell.tokens.push_back({"token " + std::to_string(cell.tokens.size()), place});
    }
    const auto shown = shown_row(std::span(&cell, 1), "row");
    std::vector<std::string> marks;
    std::string all;
    for (const auto& segment : shown.cells[0].segments) {
      if (segment.mark >= 0) marks.push_back(segment.text);
      if (segment.placed) all += segment.text;
    }
    EXPECT_EQ(marks, row.marks) << row.what;
    EXPECT_EQ(summed(shown, values), row.values) << row.what;
    if (row.text.find('\xff') == std::string::npos) {
      EXPECT_EQ(all, row.text) << row.what;
    }
  }
}

TEST(ReportSegments, APlaceOutsideTheTextIsRefused) {
  for (const auto place : {Place{0, 3}, Place{-1, 1}, Place{2, 1}}) {
    const Cell cell{"review", "ab", {{"t", place}}};
    EXPECT_THAT(message_of<UsageError>([&] { (void)shown_row(std::span(&cell, 1), "row \"3\""); }),
                HasSubstr("row \"3\", column \"review\", token 0: expected a place within the 2 characters"));
  }
}

TEST(ReportShades, AreRelativeToTheStrongest) {
  EXPECT_THAT(shades(std::vector<double>{0, 1, -2, 0.1, kInfinity, std::nan("")}), ElementsAre(0, 4, -8, 0, 0, 0));
  EXPECT_THAT(shades(std::vector<double>{0, 0}), ElementsAre(0, 0));
  EXPECT_THAT(shades({}), ElementsAre());
}

TEST(ReportTerminal, ColoursFollowTheEnvironment) {
  const std::vector<std::pair<TerminalEnvironment, Colours>> cases = {
      {{true, "", "truecolor", "xterm-256color"}, Colours::k24Bit},
      {{true, "", "24bit", "xterm"}, Colours::k24Bit},
      {{true, "", "", "xterm-direct"}, Colours::k24Bit},
      {{true, "", "", "screen-256color"}, Colours::k256},
      {{true, "", "yes", "xterm"}, Colours::kNone},
      {{true, "1", "truecolor", "xterm-256color"}, Colours::kNone},
      {{true, "0", "truecolor", "xterm-256color"}, Colours::kNone},
      {{false, "", "truecolor", "xterm-256color"}, Colours::kNone},
      {{true, "", "truecolor", "dumb"}, Colours::kNone},
      {{true, "", "", ""}, Colours::kNone},
  };
  for (size_t i = 0; i < cases.size(); ++i) EXPECT_EQ(terminal_colours(cases[i].first), cases[i].second) << i;
}

TEST(ReportTerminal, WidthsAreColumns) {
  const std::vector<std::pair<std::string, int64_t>> cases = {
      {"", 0},         {"abc", 3}, {"很好", 4},    {"e\u0301", 1}, {"👩‍👩‍👧", 2},
      {"ｆｕｌｌ", 8}, {"ｶﾅ", 2},  {"☁\uFE0F", 2}, {"한국", 4},    {"مرحبا", 5}};
  for (const auto& [text, width] : cases) {
    EXPECT_EQ(display_width(text), width) << text;
  }
  EXPECT_EQ(fitted("很好吃的", 8), "很好吃的");
  EXPECT_EQ(fitted("很好吃的", 7), "很好..");
  EXPECT_EQ(fitted("cafe\u0301s and more", 6), "cafe\u0301..");
  EXPECT_EQ(fitted("abc", 1), ".");
}

const std::vector<Cell> kCells = {{"review", "not 很好 \x1b[31m!", {{"not", {0, 3}}, {"很好", {4, 6}}, {"x", {7, 8}}}},
                                  {"price", "", {{"price = 3", {0, 1}}}}};

TEST(ReportTerminal, ShadedText) {
  const std::vector<double> values = {-1, 0.5, 0.25, 0.1};
  EXPECT_EQ(shaded_text(kCells, values, Colours::kNone), "review: {not} [很好] \\u001B[31m!\nprice: price = 3\n");
  EXPECT_EQ(shaded_text(std::span(kCells).first(1), std::span(values).first(3), Colours::kNone),
            "{not} [很好] \\u001B[31m!\n");
  const std::vector<double> unknown = {std::nan(""), 0.5, std::nan(""), std::nan("")};
  EXPECT_EQ(shaded_text(kCells, unknown, Colours::kNone), "review: not [很好] \\u001B[31m!\nprice: price = 3\n");
  const auto full = shaded_text(kCells, values, Colours::k24Bit);
  EXPECT_THAT(full, HasSubstr("\x1b[38;2;0;0;0;48;2;240;150;60mnot\x1b[0m"));
  EXPECT_THAT(shaded_text(kCells, values, Colours::k256), HasSubstr("\x1b[38;5;16;48;5;208mnot\x1b[0m"));
  EXPECT_THAT(full, Not(HasSubstr("\x1b[31m")));  // the data steers nothing
  EXPECT_EQ(shaded_text({}, {}, Colours::k24Bit), "");
  EXPECT_THAT(message_of<UsageError>([&] { (void)shaded_text(kCells, {}, Colours::kNone); }),
              HasSubstr("expected a value for each of 4 tokens, found 0"));
}

TEST(ReportTerminal, TokenTable) {
  EXPECT_EQ(token_table(kCells, std::vector<double>{-1, 0.5, 0.25, 0}, {.most = 3, .columns = 60}),
            "review: not        -1.00  ████████████████\n"
            "review: 很好        0.50  ████████\n"
            "review: \\u001B      0.25  ████\n"
            "and 1 token with smaller values\n");
  EXPECT_THAT(token_table(kCells, std::vector<double>{-1, -0.001, 0, 0}), Not(HasSubstr("-0.00 ")));
  EXPECT_EQ(token_table(kCells, std::vector<double>{std::nan(""), 0.5, std::nan(""), -1}, {.most = 3, .columns = 60}),
            "price = 3        -1.00  ████████████████\n"
            "review: 很好      0.50  ████████\n"
            "review: not  not known\n"
            "and 1 token with smaller values\n");
  EXPECT_EQ(token_table({}, {}), "");
  for (const int64_t columns : {1, 30, 80}) {
    const Cell cell{"c", "", {{std::string(100, 'w'), {}}}};
    const auto table = token_table(std::span(&cell, 1), std::vector<double>{std::nan("")}, {.columns = columns});
    EXPECT_LE(display_width(table), std::max<int64_t>(columns, 24));
  }
}

/// The dots of a chart without colours: (column, line) counted from the lower left, both from 0.
std::vector<std::pair<int, int>> dots_of(const std::string& chart, int lines) {
  constexpr int bits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};  // as Unicode numbers them
  std::vector<std::pair<int, int>> dots;
  std::istringstream stream(chart);
  std::string line;
  std::getline(stream, line);  // the title
  for (int number = 0; number < lines && std::getline(stream, line); ++number) {
    int column = -1;
    for (size_t at = line.find("│") != std::string::npos ? line.find("│") : line.find("┤"); at < line.size();
         ++column) {
      const bool wide = (static_cast<unsigned char>(line[at]) & 0x80U) != 0;
      const int pattern = wide && column >= 0 ? (line[at + 1] & 0x03) << 6 | (line[at + 2] & 0x3F) : 0;
      for (int y = 0; y < 4; ++y) {
        for (int x = 0; x < 2; ++x) {
          if ((pattern & bits[y][x]) != 0) dots.emplace_back(2 * column + x, 4 * (lines - number) - 1 - y);
        }
      }
      at += wide ? 3 : 1;
    }
  }
  return dots;
}

TEST(ReportTerminal, LineChart) {
  const LineChart rising{"Loss", "epoch", "loss", {{"a", {0, 1, 2, 3}, {0, 1, 2, 3}}}};
  const auto dots = dots_of(terminal_chart(rising, 33, 4), 4);  // 30 characters, 60 dots, for the curve
  ASSERT_GE(dots.size(), 60U);
  const double rounding = 0.5 + 0.5 * 15 / 59;  // of the line, and of the column times its slope
  for (const auto& [x, y] : dots) EXPECT_LE(std::abs(y - x * 15.0 / 59.0), rounding) << x << ", " << y;
  EXPECT_THAT(dots, ::testing::IsSupersetOf({std::pair{0, 0}, std::pair{59, 15}}));
  for (const double huge : {1e308, std::numeric_limits<double>::max()}) {  // whose range is beyond all numbers
    const LineChart steep{"t", "x", "y", {{"a", {-huge, 0, huge}, {-huge, 0, huge}}}};
    const auto set = dots_of(terminal_chart(steep, 42, 4), 4);
    ASSERT_GE(set.size(), 16U);
    const auto [first, last] = std::minmax_element(set.begin(), set.end());
    EXPECT_EQ(*first, std::pair(0, 0));
    EXPECT_EQ(last->second, 15);
  }
  // The halves of the smallest number are 0.
  EXPECT_THAT(dots_of(terminal_chart({"t", "x", "y", {{"a", {0, 1}, {0, 5e-324}}}}, 33, 4), 4), Not(IsEmpty()));
  EXPECT_THAT(terminal_chart(rising, 33, 4), ::testing::EndsWith("\n   0                      3 epoch\n"));
  EXPECT_THAT(terminal_chart({"t", "x", "y", {{"only", {1}, {2}}}}, 30, 4), HasSubstr("2 ┤"));
  EXPECT_EQ(terminal_chart({"t", "x", "y", {{"none", {1}, {std::nan("")}}}}, 30, 4), "t\nnothing to draw\n");
  EXPECT_THAT(terminal_chart({"t", "x", "y", {{"a", {0, 1}, {0, 1}}, {"b", {0, 1}, {1, 0.5}}}}, 40, 5, Colours::k256),
              HasSubstr("\x1b[38;5;208m⣿\x1b[0m b, at the end 0.5\n"));
  EXPECT_THAT(message_of<UsageError>([&] { (void)terminal_chart(rising, 29, 4); }),
              HasSubstr("at least 30 columns and 4 lines"));
  EXPECT_THAT(message_of<UsageError>([&] {
                (void)terminal_chart({"t", "x", "y", {{"s", {1}, {}}}}, 30, 4);
              }),
              HasSubstr("series \"s\": expected as many x as y, found 1 and 0"));
}

}  // namespace
}  // namespace attune::report
