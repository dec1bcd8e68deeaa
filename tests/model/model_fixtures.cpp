// SPDX-License-Identifier: Apache-2.0
#include "model_fixtures.hpp"

#include <bit>
#include <numeric>

#include "attune/core/random.hpp"
#include "attune/core/sha256.hpp"

namespace attune::testing {
namespace {

const std::vector<std::vector<std::string>> kTelling = {
    {"poor", "broken", "late"}, {"usual", "plain", "enough"}, {"great", "fast", "lovely"}};
const std::vector<std::string> kNeutral = {"the", "thing", "came", "in", "a", "box", "on", "monday"};
const std::vector<std::string> kCities = {"Delft", "Ghent", "Lyon", "Turin"};
const std::vector<std::string> kGrades = {"bad", "fair", "good"};

/// Independent draws for one row.
class RowDraws {
 public:
  explicit RowDraws(int64_t row) : key_(RandomKey(17).with(static_cast<uint64_t>(row))) {}
  size_t below(size_t count) { return static_cast<size_t>(key_.uniform(next_++) * static_cast<double>(count)); }
  const std::string& among(const std::vector<std::string>& words) { return words[below(words.size())]; }

 private:
  RandomKey key_;
  uint64_t next_ = 0;
};

std::string draw_review(RowDraws& draws, size_t grade) {
  const size_t words = draws.below(12);
  std::string review;
  for (size_t w = 0; w < words; ++w) {
    review += (w == 0 ? "" : " ") + (w % 3 == 0 ? draws.among(kTelling[grade]) : draws.among(kNeutral));
  }
  return review;
}

std::vector<std::string> draw_row(int64_t row) {
  RowDraws draws(row);
  const auto grade = static_cast<size_t>(row % 3);
  const auto review = draw_review(draws, grade);
  const auto size = static_cast<int64_t>(draws.below(50));
  const auto weight = draws.below(5) == 0 ? "" : std::to_string(draws.below(1000)) + ".5";
  const auto price = 100 + 20 * static_cast<int64_t>(grade) + size;
  return {review, draws.among(kCities), std::to_string(size), weight, kGrades[grade], std::to_string(price)};
}

bool same_bits(std::span<const float> a, std::span<const float> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](float x, float y) { return std::bit_cast<uint32_t>(x) == std::bit_cast<uint32_t>(y); });
}

}  // namespace

const std::vector<std::string>& mixed_columns() {
  static const std::vector<std::string> columns = {"review", "city", "size", "weight", "grade", "price"};
  return columns;
}

std::vector<std::vector<std::string>> mixed_rows(int64_t rows) {
  std::vector<std::vector<std::string>> all;
  for (int64_t row = 0; row < rows; ++row) all.push_back(draw_row(row));
  return all;
}

std::shared_ptr<const Table> mixed_table(int64_t rows, const std::string& name) {
  return make_table(mixed_columns(), mixed_rows(rows), name);
}

Schema mixed_schema(const std::vector<std::string>& outputs) {
  Schema schema;
  schema.inputs = {{.name = "review", .type = "text", .columns = {"review"}, .options = {{"unit", "words"}}},
                   {.name = "city", .type = "category", .columns = {"city"}},
                   {.name = "numbers", .type = "numbers", .columns = {"size", "weight"}}};
  for (const auto& name : outputs) {
    schema.outputs.push_back({.name = name, .type = name == "price" ? "number" : "category", .columns = {name}});
  }
  return schema;
}

ModelConfig small_config() {
  ModelConfig config;
  config.width = 8;
  config.heads = 2;
  // What regularises a large network would keep one of this size from learning.
  config.dropout = 0.3;
  config.token_mask = 0.1;
  config.unknown_rate = config.label_smoothing = 0;
  return config;
}

std::vector<int64_t> rows_up_to(int64_t count) {
  std::vector<int64_t> rows(static_cast<size_t>(count));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

Model fresh_model(const Table& table, const Schema& schema, const ModelConfig& config, uint64_t seed) {
  const auto rows = rows_up_to(table.rows());
  return Model::fit(schema, table, rows, rows, config, seed);
}

void add_linear_part(Model& model, const Table& table, double weight) {
  const auto rows = rows_up_to(table.rows());
  const auto targets = model.targets(table, model.map_columns(table, /*with_outputs=*/true), rows);
  Executor executor(1);
  const auto classes = std::ssize(model.outputs()[0]->classes());
  const LinearClassifier::Rows all{table, rows, std::get<ClassTargets>(targets[0])};
  model.set_linear(
      0, std::make_shared<const LinearClassifier>(model.schema(), all, all, classes, BaselineControl{executor}));
  model.set_linear_weight(0, weight);
}

std::string tensor_digest(const Model& model) {
  Sha256 sha;
  for (const auto& parameter : model.network().parameters().all()) {
    sha.update(parameter.name);
    sha.update({static_cast<const char*>(parameter.value.const_data_ptr()), parameter.value.nbytes()});
  }
  return sha.hex();
}

::testing::AssertionResult same_scores(const std::vector<Scores>& actual, const std::vector<Scores>& expected) {
  if (expected.empty() || expected.front().values.empty()) return ::testing::AssertionFailure() << "nothing to compare";
  if (actual.size() != expected.size()) return ::testing::AssertionFailure() << actual.size() << " outputs";
  for (size_t o = 0; o < expected.size(); ++o) {
    if (actual[o].rows != expected[o].rows || actual[o].columns != expected[o].columns) {
      return ::testing::AssertionFailure() << "output " << o << " is " << actual[o].rows << " x " << actual[o].columns;
    }
    if (!same_bits(actual[o].values, expected[o].values)) {
      return ::testing::AssertionFailure() << "output " << o << " differs";
    }
  }
  return ::testing::AssertionSuccess();
}

}  // namespace attune::testing
