// SPDX-License-Identifier: Apache-2.0
// Tasks whose right allocation is known: does attention look where the answer is?
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "attune/core/random.hpp"
#include "attune/explain/method.hpp"
#include "attune/nn/mechanism.hpp"
#include "attune/ops/threads.hpp"
#include "attune/train/fit.hpp"

namespace attune {
namespace {

constexpr int64_t kTrainingRows = 600, kRows = 200;

/// Rows of a text, its answer, and the words that the answer follows from.
struct KnownTask {
  std::string name;
  std::vector<std::string> inputs;
  std::string output;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows = {};
  std::vector<std::vector<std::string>> right = {};  // words, per row
};

/// Draws of one row.
class Draws {
 public:
  explicit Draws(int64_t row) : key_(RandomKey(11).with(static_cast<uint64_t>(row))) {}
  int64_t below(int64_t count) { return static_cast<int64_t>(key_.uniform(next_++) * static_cast<double>(count)); }

 private:
  RandomKey key_;
  uint64_t next_ = 0;
};

std::string joined(const std::vector<std::string>& words) {
  std::string line;
  for (const auto& word : words) line += (line.empty() ? "" : " ") + word;
  return line;
}

/// One of three needles in a line of 24 words, the others out of 60.
KnownTask needle_in_a_line() {
  KnownTask task{.name = "needle", .inputs = {"line:text"}, .output = "needle:category", .columns = {"line", "needle"}};
  const std::vector<std::string> needles = {"ruby", "opal", "jade"};
  for (int64_t row = 0; row < kTrainingRows + kRows; ++row) {
    Draws draws(row);
    std::vector<std::string> words(24);
    for (auto& word : words) word = "straw" + std::to_string(draws.below(60));
    const auto& needle = needles[static_cast<size_t>(draws.below(3))];
    words[static_cast<size_t>(draws.below(24))] = needle;
    task.rows.push_back({joined(words), needle});
    task.right.push_back({needle});
  }
  return task;
}

/// Three to fourteen numbers from 0 to 9, two of them marked: their sum. Rows differ in length, for among equally many
/// a sum is known from values that are nothing where there is no mark, whatever the weights.
KnownTask sum_of_marked() {
  KnownTask task{.name = "sum", .inputs = {"line:text"}, .output = "sum:number", .columns = {"line", "sum"}};
  for (int64_t row = 0; row < kTrainingRows + kRows; ++row) {
    Draws draws(row);
    const auto count = 3 + draws.below(12);
    const auto first = draws.below(count), second = (first + 1 + draws.below(count - 1)) % count;
    std::vector<std::string> words, right;
    int64_t sum = 0;
    for (int64_t i = 0; i < count; ++i) {
      const bool marked = i == first || i == second;
      const auto number = draws.below(10);
      words.push_back((marked ? "marked" : "plain") + std::to_string(number));
      if (!marked) continue;
      right.push_back(words.back());
      sum += number;
    }
    task.rows.push_back({joined(words), std::to_string(sum)});
    task.right.push_back(right);
  }
  return task;
}

/// A short text of words that say nothing but one, beside a category and a number that say nothing.
KnownTask class_by_one_word() {
  KnownTask task{.name = "word",
                 .inputs = {"text:text", "city:category", "size:numbers"},
                 .output = "mood:category",
                 .columns = {"text", "city", "size", "mood"}};
  const std::vector<std::vector<std::string>> telling = {{"great", "lovely", "superb"}, {"awful", "poor", "broken"}};
  const std::vector<std::string> idle = {"the", "box", "came", "on", "a", "monday", "with", "it", "and", "my"};
  for (int64_t row = 0; row < kTrainingRows + kRows; ++row) {
    Draws draws(row);
    std::vector<std::string> words(8);
    for (auto& word : words) word = idle[static_cast<size_t>(draws.below(10))];
    const auto mood = static_cast<size_t>(draws.below(2));
    const auto& word = telling[mood][static_cast<size_t>(draws.below(3))];
    words[static_cast<size_t>(draws.below(8))] = word;
    task.rows.push_back({joined(words), "town" + std::to_string(draws.below(5)), std::to_string(draws.below(100)),
                         mood == 0 ? "good" : "bad"});
    task.right.push_back({word});
  }
  return task;
}

/// The pool is all that allocates, and only it and what it reads decide. Label smoothing asks for no more certainty
/// than a loose look gives (a mass of 0.3 here), and blocks or a convolution before the pool hand what decides to every
/// token.
FitRequest request_for(const KnownTask& task, const std::string& mechanism) {
  FitRequest request;
  const auto last = task.rows.begin() + kTrainingRows;
  request.table = make_table(task.columns, {task.rows.begin(), last});
  request.inputs = task.inputs;
  request.outputs = {task.output};
  request.baselines = false;
  request.model.pool_mechanism = mechanism;
  request.model.blocks = request.model.convolution = 0;
  request.model.label_smoothing = 0;
  request.model.linear = false;
  if (task.output.ends_with(":number")) {
    // A masked number would change the sum, and the weights have to settle for it to come out.
    request.model.token_mask = request.model.unknown_rate = 0;
    request.model.dropout = 0.1;
    request.model.width = 32;
    request.training.epochs = 40;
    request.training.learning_rate = 0.01;
    request.training.patience = 0;
  }
  return request;
}

/// How well values point at the words that are right.
struct Pointing {
  double mass = 0;   // on the right tokens, the mean over rows
  double first = 0;  // share of rows in which a right token has the highest value
};

Pointing pointing(const std::vector<Subject>& subjects, const std::vector<Attribution>& attributions,
                  std::span<const std::vector<std::string>> right) {
  Pointing sum;
  for (size_t s = 0; s < subjects.size(); ++s) {
    const auto& values = attributions[s].values;
    const auto is_right = [&](size_t token) {
      return std::find(right[s].begin(), right[s].end(), subjects[s].tokens()[token].text) != right[s].end();
    };
    for (size_t t = 0; t < values.size(); ++t) sum.mass += is_right(t) ? values[t] : 0;
    sum.first += is_right(static_cast<size_t>(std::max_element(values.begin(), values.end()) - values.begin()));
  }
  const auto rows = static_cast<double>(subjects.size());
  return {sum.mass / rows, sum.first / rows};
}

class KnownTruth : public ::testing::TestWithParam<std::tuple<KnownTask (*)(), std::string>> {};

TEST_P(KnownTruth, AttentionLooksAtWhatDecides) {
  const auto& [make_task, mechanism] = GetParam();
  const auto task = make_task();
  const auto executor = make_executor(2);
  const auto result = fit(request_for(task, mechanism), *executor);
  const auto held_out = make_table(task.columns, {task.rows.begin() + kTrainingRows, task.rows.end()});
  std::vector<int64_t> rows(kRows);
  for (size_t r = 0; r < rows.size(); ++r) rows[r] = static_cast<int64_t>(r);
  const auto subjects = read_subjects(result.model, *held_out, rows, {}, *executor);
  const auto right = std::span(task.right).subspan(kTrainingRows);
  const auto found =
      pointing(subjects, explain(explanation_method("attention"), subjects, {.executor = *executor}), right);
  EXPECT_GE(found.mass, 0.8);
  EXPECT_GE(found.first, 0.95);
}

INSTANTIATE_TEST_SUITE_P(Tasks, KnownTruth,
                         ::testing::Combine(::testing::Values(needle_in_a_line, sum_of_marked, class_by_one_word),
                                            ::testing::ValuesIn(mechanisms())),
                         [](const auto& row) { return std::get<0>(row.param)().name + "_" + std::get<1>(row.param); });

}  // namespace
}  // namespace attune
