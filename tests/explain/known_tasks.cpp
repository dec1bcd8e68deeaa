// SPDX-License-Identifier: Apache-2.0
#include "known_tasks.hpp"

#include "attune/core/random.hpp"

namespace attune::testing {
namespace {

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

}  // namespace

KnownTask needle_in_a_line() {
  KnownTask task{.name = "needle", .inputs = {"line:text"}, .output = "needle:category", .columns = {"line", "needle"}};
  const std::vector<std::string> needles = {"ruby", "opal", "jade"};
  for (int64_t row = 0; row < kTrainingRows + kHeldOutRows; ++row) {
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

/// Rows differ in length, for among equally many a sum is known from values that are nothing where there is no mark,
/// whatever the weights.
KnownTask sum_of_marked() {
  KnownTask task{.name = "sum", .inputs = {"line:text"}, .output = "sum:number", .columns = {"line", "sum"}};
  for (int64_t row = 0; row < kTrainingRows + kHeldOutRows; ++row) {
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

KnownTask class_by_one_word() {
  KnownTask task{.name = "word",
                 .inputs = {"text:text", "city:category", "size:numbers"},
                 .output = "mood:category",
                 .columns = {"text", "city", "size", "mood"}};
  const std::vector<std::vector<std::string>> telling = {{"great", "lovely", "superb"}, {"awful", "poor", "broken"}};
  const std::vector<std::string> idle = {"the", "box", "came", "on", "a", "monday", "with", "it", "and", "my"};
  for (int64_t row = 0; row < kTrainingRows + kHeldOutRows; ++row) {
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

KnownTask majority_of_words() {
  KnownTask task{
      .name = "majority", .inputs = {"line:text"}, .output = "majority:category", .columns = {"line", "majority"}};
  for (int64_t row = 0; row < kTrainingRows + kHeldOutRows; ++row) {
    Draws draws(row);
    std::vector<std::string> words(9);
    int64_t yes = 0;
    for (auto& word : words) {
      const bool is_yes = draws.below(2) == 0;
      word = is_yes ? "yes" : "no";
      yes += is_yes;
    }
    task.rows.push_back({joined(words), yes > 4 ? "yes" : "no"});
    task.right.push_back(words);
  }
  return task;
}

std::shared_ptr<const Table> training_table(const KnownTask& task) {
  return make_table(task.columns, {task.rows.begin(), task.rows.begin() + kTrainingRows});
}

std::shared_ptr<const Table> held_out_table(const KnownTask& task) {
  return make_table(task.columns, {task.rows.begin() + kTrainingRows, task.rows.end()});
}

/// Label smoothing would ask for no more certainty than a loose look gives (a mass of 0.3 here), and blocks or a
/// convolution before the pool would hand what decides to every token.
FitRequest request_for(const KnownTask& task, const std::string& mechanism) {
  FitRequest request;
  request.table = training_table(task);
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

FitRequest request_for_block(const KnownTask& task, const std::string& mechanism) {
  auto request = request_for(task, "additive");
  request.model.pool = "mean";
  request.model.blocks = 1;
  request.model.mechanism = mechanism;
  request.model.heads = 1;
  request.model.residual = request.model.feed_forward = false;
  request.training.epochs = 30;
  return request;
}

}  // namespace attune::testing
