// SPDX-License-Identifier: Apache-2.0

// The numbers of docs/allocation.md, worked there by hand: its tables are read and held to the code cell by cell, and
// every number of six digits in its text must be one that the code computes, rounded.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <numeric>
#include <regex>
#include <sstream>

#include "attune/allocate/allocation_loop.hpp"
#include "sample_groups.hpp"

namespace attune {
namespace {

using testing::classroom;
using testing::classroom_parameters;
using Numbers = std::vector<double>;

/// Half of the last digit that stands in the document.
constexpr double kRounding = 0.5e-6 + 1e-12;

// The document

/// What stands below a heading, up to the next one.
std::string section(const std::string& heading) {
  std::ifstream file(std::string(ATTUNE_SOURCE_FOLDER) + "/docs/allocation.md");
  std::string text;
  bool within = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("#")) within = line == heading;
    if (within) text += line + "\n";
  }
  return text;
}

Numbers numbers_in(const std::string& text, const char* pattern = R"(-?\d+(\.\d+)?)") {
  const std::regex number(pattern);
  Numbers numbers;
  for (std::sregex_iterator at(text.begin(), text.end(), number); at != std::sregex_iterator(); ++at)
    numbers.push_back(std::stod(at->str()));
  return numbers;
}

/// Without signs, which may stand apart from their numbers.
Numbers long_numbers_in(const std::string& text) { return numbers_in(text, R"(\d+\.\d{6}\b)"); }

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream parts(line.substr(1));
  for (std::string cell; std::getline(parts, cell, '|');) {
    const auto begin = cell.find_first_not_of(' '), end = cell.find_last_not_of(' ');
    cells.push_back(begin == std::string::npos ? "" : cell.substr(begin, end - begin + 1));
  }
  return cells;
}

/// The first table of a text, by the names of its columns: a cell per row.
std::map<std::string, std::vector<std::string>> table_in(const std::string& text) {
  std::map<std::string, std::vector<std::string>> table;
  std::vector<std::string> names;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("| ---")) continue;
    if (!line.starts_with("|")) {
      if (!names.empty()) break;
      continue;
    }
    const auto cells = cells_of(line);
    if (names.empty()) {
      names = cells;
      continue;
    }
    for (size_t c = 0; c < names.size(); ++c) table[names[c]].push_back(c < cells.size() ? cells[c] : "");
  }
  return table;
}

// What the code computes

double sum_of(const Numbers& numbers) { return std::accumulate(numbers.begin(), numbers.end(), 0.0); }

/// One step of the classroom, and what the document tells of it beside the trace.
struct Step {
  explicit Step(ItemScore score) : parameters(classroom_parameters(score)), updated(parameters) {
    add_group_gradient(groups.group(0), parameters, AllocationLoss::kMeanSquaredError, pass, gradient);
    descend(updated, gradient, 0.1);
    after = testing::loss_of_all(groups, updated);
    for (const double number : pass.scores) exponentials.push_back(std::exp(number));
    for (size_t c = 0; c < 2; ++c)
      squares.push_back((pass.context[c] - groups.targets[c]) * (pass.context[c] - groups.targets[c]));
  }

  /// Column c of an array with a number per item and column of scores.
  [[nodiscard]] Numbers column(const Numbers& array, size_t c = 0) const {
    const auto columns = static_cast<size_t>(parameters.score_columns());
    Numbers result;
    for (size_t i = c; i < array.size(); i += columns) result.push_back(array[i]);
    return result;
  }

  ItemGroups groups = classroom();
  AllocationParameters parameters, updated;
  AllocationPass pass;
  AllocationGradient gradient;
  double after = 0;  // the loss after the update
  Numbers exponentials, squares;
};

/// A column of the document's table: the numbers of the cell of each item, and of the line of sums.
using Column = std::vector<Numbers>;

/// @param sums empty where the line of sums has none
Column one_each(const Numbers& items, const Numbers& sums = {}) {
  Column column;
  for (const double number : items) column.push_back({number});
  column.push_back(sums);
  return column;
}

Column two_each(const Numbers& items, const Numbers& sums = {}) {
  Column column;
  for (size_t i = 0; i < items.size(); i += 2) column.push_back({items[i], items[i + 1]});
  column.push_back(sums);
  return column;
}

void expect_table(const std::string& text, const std::map<std::string, Column>& expected) {
  const auto table = table_in(text);
  ASSERT_EQ(expected.size(), table.size());
  for (const auto& [name, column] : expected) {
    SCOPED_TRACE(name);
    ASSERT_TRUE(table.contains(name)) << "the document's table has no such column";
    const auto& cells = table.at(name);
    ASSERT_EQ(column.size(), cells.size());
    for (size_t row = 0; row < column.size(); ++row)
      EXPECT_THAT(numbers_in(cells[row]), ::testing::Pointwise(::testing::DoubleNear(kRounding), column[row]))
          << "row " << row + 1;
  }
}

bool holds(const Numbers& numbers, double wanted) {
  return std::any_of(numbers.begin(), numbers.end(),
                     [&](double number) { return std::abs(std::abs(wanted) - number) <= kRounding; });
}

/// Every long number of the text is one of these, and those that have to be there are.
void expect_text(const std::string& text, const Numbers& required, const Numbers& allowed) {
  const auto found = long_numbers_in(text);
  ASSERT_FALSE(found.empty());
  for (const double number : required) EXPECT_TRUE(holds(found, number)) << "not in the document: " << number;
  auto known = required;
  known.insert(known.end(), allowed.begin(), allowed.end());
  for (double& number : known) number = std::abs(number);
  for (const double number : found) EXPECT_TRUE(holds(known, number)) << "is nothing that is computed: " << number;
}

Numbers together(std::initializer_list<Numbers> parts) {
  Numbers all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

/// What either score's text ends with.
Numbers results_of(const Step& step) {
  return together({step.pass.context,
                   step.squares,
                   {step.pass.loss, step.after},
                   step.pass.d_context,
                   step.gradient.weights,
                   step.updated.weights});
}

/// What stands in the tables of either score, and what its text may say again.
Numbers arrays_of(const Step& step) {
  return together({step.pass.scores, step.exponentials, step.pass.weights, step.pass.d_weights, step.pass.d_scores});
}

TEST(Classroom, ScaledDotAsWorkedByHand) {
  const Step step(ItemScore::kScaledDot);
  const auto& pass = step.pass;
  EXPECT_EQ(step.column(pass.weights, 0), step.column(pass.weights, 1)) << "the table has one column for both";
  Numbers parts, means;
  for (size_t i = 0; i < 10; ++i) parts.push_back(pass.weights[i] * step.groups.values[i]);
  for (size_t c = 0; c < 2; ++c) means.push_back(pass.d_context[c] * pass.context[c]);
  const double sum = sum_of(step.column(step.exponentials));
  const auto text = section("### scaled_dot");
  expect_table(text, {{"x = v", two_each(step.groups.features)},
                      {"s", one_each(step.column(pass.scores))},
                      {"exp s", one_each(step.column(step.exponentials), {sum})},
                      {"w", one_each(step.column(pass.weights), {1})},
                      {"w v", two_each(parts, pass.context)},
                      {"d_w = d_context v", two_each(pass.d_weights)},
                      {"d_s = w (d_w - mean)", two_each(pass.d_scores, {0, 0})}});
  expect_text(text, together({results_of(step), means, {sum, 0.5 / std::sqrt(2)}}),
              together({arrays_of(step), parts, {std::sqrt(2)}}));
}

TEST(Classroom, AdditiveAsWorkedByHand) {
  const Step step(ItemScore::kAdditive);
  const auto& pass = step.pass;
  Numbers slopes;
  double mean = 0;
  for (size_t i = 0; i < 5; ++i) {
    slopes.push_back(1 - pass.scores[i] * pass.scores[i]);
    mean += pass.weights[i] * pass.d_weights[i];
  }
  const double sum = sum_of(step.exponentials);
  const auto text = section("### additive");
  expect_table(text, {{"x = v", two_each(step.groups.features)},
                      {"a", one_each(pass.activations)},
                      {"s = tanh a", one_each(pass.scores)},
                      {"exp s", one_each(step.exponentials, {sum})},
                      {"w", one_each(pass.weights, {1})},
                      {"d_w", one_each(pass.d_weights)},
                      {"d_s", one_each(pass.d_scores, {0})},
                      {"1 - s^2", one_each(slopes)},
                      {"d_a", one_each(pass.d_activations, {step.gradient.bias})}});
  expect_text(text, together({results_of(step), {mean, sum, step.gradient.bias, step.updated.bias}}),
              together({arrays_of(step), slopes, pass.d_activations}));
}

/// What the common mistakes give, so that the document's wrong numbers are right.
TEST(Classroom, MistakesGiveOtherNumbers) {
  const Step dot(ItemScore::kScaledDot), additive(ItemScore::kAdditive);
  const auto group = dot.groups.group(0);
  Numbers half_each(2), without_softmax(4), turned_tanh(2);
  double turned_bias = 0;
  for (size_t i = 0; i < 5; ++i) {
    const double turned = additive.pass.d_scores[i] / (1 - additive.pass.scores[i] * additive.pass.scores[i]);
    turned_bias += turned;
    for (size_t k = 0; k < 2; ++k) {
      const double x = group.features[2 * i + k];
      half_each[k] += 0.5 * x;
      turned_tanh[k] += x * turned;
      for (size_t c = 0; c < 2; ++c) without_softmax[2 * k + c] += x * dot.pass.d_weights[2 * i + c] / std::sqrt(2);
    }
  }
  EXPECT_THAT(half_each, ::testing::ElementsAre(1.5, 0.5));
  EXPECT_THAT(without_softmax, ::testing::ElementsAre(::testing::Lt(0), 0, 0, ::testing::Gt(0)));
  expect_text(section("### Mistakes that are often made"),
              together({{without_softmax[0], without_softmax[3]},
                        turned_tanh,
                        {turned_bias, additive.gradient.bias},
                        dot.gradient.weights,
                        additive.gradient.weights,
                        dot.pass.weights,
                        dot.pass.context}),
              {});
}

TEST(Classroom, OneStepOfTheLoopIsThatStep) {
  for (const auto score : {ItemScore::kScaledDot, ItemScore::kAdditive}) {
    const Step step(score);
    AllocationLoop loop(step.groups, {}, 1, classroom_parameters(score));
    EXPECT_DOUBLE_EQ(step.pass.loss, loop.step(std::vector<int64_t>{0}));
    EXPECT_DOUBLE_EQ(step.after, testing::loss_of_all(step.groups, loop.parameters()));
  }
}

/// The trace shows all of it under the document's names, and nothing else.
TEST(Classroom, TraceShowsThatStep) {
  for (const auto score : {ItemScore::kScaledDot, ItemScore::kAdditive}) {
    const Step step(score);
    std::map<std::string, Numbers> traced;
    for (const auto& array : trace_step(step.groups.group(0), step.parameters, AllocationLoss::kMeanSquaredError, 0.1))
      traced[array.name] = array.numbers;
    const bool additive = score == ItemScore::kAdditive;
    const std::string matrix = additive ? "W_a" : "W";
    const auto group = step.groups.group(0);
    std::map<std::string, Numbers> expected = {{"x", {group.features.begin(), group.features.end()}},
                                               {"v", {group.values.begin(), group.values.end()}},
                                               {"y", {group.target.begin(), group.target.end()}},
                                               {matrix, step.parameters.weights},
                                               {"s", step.pass.scores},
                                               {"w", step.pass.weights},
                                               {"context", step.pass.context},
                                               {"loss", {step.pass.loss}},
                                               {"d_context", step.pass.d_context},
                                               {"d_w", step.pass.d_weights},
                                               {"d_s", step.pass.d_scores},
                                               {"d_" + matrix, step.gradient.weights},
                                               {"new " + matrix, step.updated.weights}};
    if (additive) {
      expected.merge(std::map<std::string, Numbers>{{"b_a", {step.parameters.bias}},
                                                    {"a", step.pass.activations},
                                                    {"d_a", step.pass.d_activations},
                                                    {"d_b_a", {step.gradient.bias}},
                                                    {"new b_a", {step.updated.bias}}});
    }
    EXPECT_EQ(expected, traced);
  }
}

}  // namespace
}  // namespace attune
