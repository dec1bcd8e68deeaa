// SPDX-License-Identifier: Apache-2.0
#include "honesty_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>

#include "attune/core/wording.hpp"
#include "console.hpp"

namespace attune::app {
namespace {

/// One figure of a summary: what a table, JSON and a page say of it.
struct FigureOf {
  const char* name;
  const char* heading;  ///< of its column
  const char* meaning;
  std::optional<double> (*value)(const FaithfulnessSummary& summary);
  double (*spread)(const FaithfulnessSummary& summary) = nullptr;  ///< over random orderings, of what is drawn so
};

const std::vector<FigureOf>& figures() {
  using Summary = FaithfulnessSummary;
  static const std::vector<FigureOf> all = {
      {"comprehensiveness", "compr.",
       "how far the probability falls (a scaled number: moves) when the first 1, 5, 10, 20 and 50 % of the tokens are "
       "erased, on average: high is good",
       [](const Summary& s) -> std::optional<double> { return s.erasure.comprehensiveness; }},
      {"random_comprehensiveness", "random c.",
       "the same of random orderings: what knowing nothing reaches, \u00b1 its deviation from one to the next",
       [](const Summary& s) -> std::optional<double> { return s.random.comprehensiveness; },
       [](const Summary& s) { return s.random_spread.comprehensiveness; }},
      {"closed", "closed", "how much of the way from random to the best ordering that a search finds the method goes",
       [](const Summary& s) { return s.closed; }},
      {"sufficiency", "suff.", "how far it falls (moves) when only those tokens are kept: low is good",
       [](const Summary& s) -> std::optional<double> { return s.erasure.sufficiency; }},
      {"random_sufficiency", "random s.", "the same of random orderings",
       [](const Summary& s) -> std::optional<double> { return s.random.sufficiency; },
       [](const Summary& s) { return s.random_spread.sufficiency; }},
      {"normalized_comprehensiveness", "norm. c.",
       "comprehensiveness between the worst ordering that a search finds (0) and the best (1)",
       [](const Summary& s) { return s.normalized.comprehensiveness; }},
      {"normalized_sufficiency", "norm. s.", "sufficiency likewise: 1 is best",
       [](const Summary& s) { return s.normalized.sufficiency; }},
      {"tau", "tau", "Kendall's rank correlation with leaving each token out: 1 is the same order, 0 is chance",
       [](const Summary& s) { return s.tau; }},
      {"mean_gap", "gap", "how much of the change that is to be shared out is not: the completeness gap",
       [](const Summary& s) { return s.mean_gap; }},
  };
  return all;
}

std::string shown(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? fixed(*value, 3) : "-";
}

/// "0.264", "0.033 ± 0.005"
std::string shown(const FigureOf& figure, const FaithfulnessSummary& summary) {
  const auto value = shown(figure.value(summary));
  return figure.spread == nullptr ? value : value + " \u00b1 " + fixed(figure.spread(summary), 3);
}

/// "62 rows of at most 48 tokens"
std::string of_bounded(const FaithfulnessSummary& summary) {
  return counted(summary.bounded_rows, "row") + " of at most " +
         std::to_string(FaithfulnessOptions{}.most_beam_tokens) + " tokens";
}

std::string measured_on(const FaithfulnessSummary& summary) {
  return "measured on " + counted(summary.rows, "row") + " (closed, norm. c. and norm. s. on " + of_bounded(summary) +
         ")";
}

}  // namespace

std::string honesty_table(const std::vector<Honesty>& methods) {
  if (methods.empty()) return "";
  auto text =
      "how far to believe them, " + measured_on(methods.front().summary) + "\n" + fmt::format("{:<21}", "method");
  const auto width = [](const FigureOf& figure) {
    const size_t of_value = figure.spread == nullptr ? 6 : 13;
    return std::max(std::strlen(figure.heading), of_value) + 2;
  };
  for (const auto& figure : figures()) text += fmt::format("{:>{}}", figure.heading, width(figure));
  text += "\n";
  for (const auto& [method, effect, summary] : methods) {
    text += fmt::format("{:<21}", method);
    for (const auto& figure : figures()) text += fmt::format("{:>{}}", shown(figure, summary), width(figure));
    text += "\n";
  }
  return text;
}

Json honesty_json(const Honesty& honesty) {
  Json json{{"method", honesty.method},
            {"rows", honesty.summary.rows},
            {"bounded_rows", honesty.summary.bounded_rows},
            {"random_comprehensiveness_deviation", honesty.summary.random_spread.comprehensiveness},
            {"random_sufficiency_deviation", honesty.summary.random_spread.sufficiency}};
  for (const auto& figure : figures()) {
    if (const auto value = figure.value(honesty.summary); value && std::isfinite(*value)) json[figure.name] = *value;
  }
  if (honesty.summary.largest_gap) json["largest_gap"] = *honesty.summary.largest_gap;
  return json;
}

report::Comparison honesty_comparison(const std::vector<Honesty>& methods) {
  if (methods.empty()) return {};
  report::Comparison page{
      .caption = measured_on(methods.front().summary), .compared = "method", .figures = {}, .lines = {}};
  for (const auto& figure : figures()) page.figures.push_back({figure.heading, "", figure.meaning});
  for (const auto& [method, effect, summary] : methods) {
    auto& line = page.lines.emplace_back(report::Comparison::Line{method, {}});
    for (const auto& figure : figures()) line.values.push_back(shown(figure, summary));
  }
  return page;
}

std::vector<std::string> honesty_verdict(const Honesty& honesty) {
  const auto& s = honesty.summary;
  std::vector<std::string> sentences;
  const bool enough = s.random_orderings >= kFewestOrderingsToJudge, tells = enough && beats_chance(s);
  const bool few = s.rows < kFewestRowsToJudge;
  const char* conclusion = tells && few ? "better than chance on these, which are too few to tell of others"
                           : tells      ? "it finds what the answers rest on better than chance"
                           : !enough    ? "so few random orderings say little of chance; ask for more by --orderings"
                           : few        ? "so few rows do not tell it from chance; explain more of them"
                                        : "that is no more than chance, so do not rely on it";
  sentences.push_back(fmt::format("On {}, erasing what {} puts first {} by {} on average, a random ordering by {}: {}.",
                                  counted(s.rows, "row"), honesty.method, honesty.effect,
                                  fixed(s.erasure.comprehensiveness, 3), fixed(s.random.comprehensiveness, 3),
                                  conclusion));
  if (s.closed && tells)
    sentences.push_back(fmt::format("It goes {} of the way from there to the best ordering that a search finds, on {}.",
                                    percent(std::max(0.0, *s.closed)), of_bounded(s)));
  return sentences;
}

}  // namespace attune::app
