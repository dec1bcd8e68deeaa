// SPDX-License-Identifier: Apache-2.0
#include "attune/baselines/linear_classifier.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <sstream>

#include "attune/core/error.hpp"
#include "support/message_of.hpp"

namespace attune::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<int64_t> rows_up_to(int64_t count) {
  std::vector<int64_t> rows(static_cast<size_t>(count));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

LinearClassifier fitted_on(const Schema& schema, const Table& table, const std::vector<int64_t>& labels,
                           int64_t classes, const BaselineControl& control) {
  const auto rows = rows_up_to(table.rows());
  const LinearClassifier::Rows all{table, rows, labels};
  return {schema, all, all, classes, control};
}

/// A text that tells its class by a word, a category and a number that tell it by and by.
struct Task {
  explicit Task(int64_t of_classes, int64_t rows = 90) : classes(of_classes) {
    const std::vector<std::string> telling = {"awful", "plain", "superb"}, idle = {"film", "plot", "music", "cast"};
    std::vector<std::vector<std::string>> cells;
    for (int64_t r = 0; r < rows; ++r) {
      const auto label = static_cast<size_t>(r % classes), other = static_cast<size_t>(r / 7 % 4);
      labels.push_back(r % classes);
      cells.push_back({idle[other] + " " + telling[label] + " " + idle[(other + 1) % 4], r % 5 == 0 ? "u" : "v",
                       r % 11 == 0 ? "" : std::to_string(r % 13)});
    }
    table = make_table({"text", "kind", "size"}, cells);
    schema.inputs = {{"text", "text", {"text"}}, {"kind", "category", {"kind"}}, {"size", "numbers", {"size"}}};
  }
  [[nodiscard]] LinearClassifier fitted(int threads = 1) const {
    Executor executor(threads);
    return fitted_on(schema, *table, labels, classes, {executor});
  }

  int64_t classes;
  std::vector<int64_t> labels;
  std::shared_ptr<const Table> table;
  Schema schema;
};

TEST(LinearClassifier, TellsClassesApartByProbabilitiesThatSumToOne) {
  for (const int64_t classes : {2, 3}) {
    const Task task(classes);
    const auto said = task.fitted().log_probabilities(*task.table, rows_up_to(90));
    ASSERT_EQ(std::ssize(said), 90 * classes);
    for (int64_t r = 0; r < 90; ++r) {
      const auto row = std::span(said).subspan(static_cast<size_t>(r * classes), static_cast<size_t>(classes));
      double sum = 0;
      for (const float one : row) sum += std::exp(static_cast<double>(one));
      EXPECT_NEAR(sum, 1, 1e-5);
      EXPECT_EQ(std::max_element(row.begin(), row.end()) - row.begin(), r % classes) << "row " << r;
    }
  }
}

TEST(LinearClassifier, ReadsWholeTextsWhateverTheNetworkReads) {
  Task task(3);
  const auto whole = task.fitted().stored();
  task.schema.inputs.front().options = {
      {"max_length", 1}, {"min_count", 90}, {"max_vocabulary", 1}, {"unit", "characters"}};
  const auto limited = task.fitted().stored();
  EXPECT_EQ(limited.fields, whole.fields);
  EXPECT_EQ(limited.weights, whole.weights);
}

TEST(LinearClassifier, IsTheSameForAnyNumberOfThreads) {
  const Task task(3);
  const auto one = task.fitted(1).stored();
  for (const int threads : {2, 5}) {
    const auto other = task.fitted(threads).stored();
    EXPECT_EQ(other.fields, one.fields);
    EXPECT_EQ(other.ngrams, one.ngrams);
    EXPECT_EQ(other.weights, one.weights);
  }
}

/// What is stored, worked out anew: tf-idf of the words and pairs of a text, one logistic regression for each class.
std::vector<double> by_hand(const LinearClassifier::Stored& stored, const std::string& text) {
  std::map<std::string, int32_t> numbers;
  const auto& units = stored.fields.at("inputs").at("words").at(0);
  for (size_t i = 0; i < units.at("forms").size(); ++i) numbers[units.at("forms")[i]] = units.at("numbers")[i];
  std::map<std::pair<int32_t, int32_t>, double> counts;
  std::istringstream words(text);
  int32_t before = -2;
  for (std::string word; words >> word;) {
    const auto number = numbers.contains(word) ? numbers[word] : -1;
    ++counts[{number, -1}];
    if (before >= 0 && number >= 0) ++counts[{before, number}];
    before = number;
  }
  const auto columns = stored.ngrams.size() / 2;
  std::vector<double> row(columns, 0);
  double squares = 0;
  for (size_t c = 0; c < columns; ++c) {
    const auto found = counts.find({stored.ngrams[2 * c], stored.ngrams[2 * c + 1]});
    if (found == counts.end()) continue;
    row[c] = (1 + std::log(found->second)) * static_cast<double>(stored.inverse_frequencies[c]);
    squares += row[c] * row[c];
  }
  std::vector<double> shares;
  for (size_t begin = 0; begin < stored.weights.size(); begin += columns + 1) {
    double value = stored.weights[begin + columns];
    for (size_t c = 0; c < columns; ++c)
      value += static_cast<double>(stored.weights[begin + c]) * row[c] / std::sqrt(std::max(squares, 1e-30));
    shares.push_back(1 / (1 + std::exp(-value)));
  }
  const double whole = std::accumulate(shares.begin(), shares.end(), 0.0);
  for (double& share : shares) share = std::log(share / whole);
  return shares;
}

TEST(LinearClassifier, SaysWhatItsStoredWeightsSay) {
  const Task task(3);
  Schema schema;
  schema.inputs = {task.schema.inputs[0]};
  Executor executor(1);
  const auto fitted = fitted_on(schema, *task.table, task.labels, 3, {executor});
  const std::vector<std::string> texts = {
      "superb film", "film superb film", "awful awful superb", "never heard", "", "plot unheard plain"};
  std::vector<std::vector<std::string>> cells;
  for (const auto& text : texts) cells.push_back({text});
  const auto said = fitted.log_probabilities(*make_table({"text"}, cells), rows_up_to(std::ssize(texts)));
  for (size_t r = 0; r < texts.size(); ++r) {
    const auto expected = by_hand(fitted.stored(), texts[r]);
    ASSERT_EQ(expected.size(), 3U);
    for (size_t c = 0; c < 3; ++c) EXPECT_NEAR(said[3 * r + c], expected[c], 1e-5) << texts[r];
  }
}

TEST(LinearClassifier, GivesNextToNothingToAClassWithoutRows) {
  const Task task(2);
  Executor executor(1);
  auto labels = task.labels;
  for (auto& label : labels) label = label == 0 ? 1 : 3;
  const auto fitted = fitted_on(task.schema, *task.table, labels, 5, {executor});
  const auto said = fitted.log_probabilities(*task.table, rows_up_to(1));
  ASSERT_EQ(said.size(), 5U);
  EXPECT_GT(said[1], std::log(0.5F));
  for (const size_t none : {0U, 2U, 4U}) EXPECT_LT(said[none], -5);
  for (const float one : said) EXPECT_TRUE(std::isfinite(one));

  const auto sure = fitted_on(task.schema, *task.table, std::vector<int64_t>(90, 2), 3, {executor});
  EXPECT_NEAR(sure.log_probabilities(*task.table, rows_up_to(1))[2], 0, 1e-3);
}

/// Texts that repeat themselves, nothing known, nothing at all.
const std::vector<InputCells> kOddRows = {{{"superb film superb film awful"}, {"u"}, {"3"}},
                                          {{"never heard"}, {"new"}, {""}},
                                          {{""}, {""}, {"x"}},
                                          {{"plot, superb plot"}, {"v"}, {"-400"}}};

std::shared_ptr<const Table> table_of(const std::vector<InputCells>& rows) {
  std::vector<std::vector<std::string>> cells;
  for (const auto& row : rows) cells.push_back({row[0][0], row[1][0], row[2][0]});
  return make_table({"text", "kind", "size"}, cells);
}

TEST(LinearClassifier, SaysTheSameOfCellsAndOfThePiecesThatItReadsInThem) {
  for (const int64_t classes : {2, 3}) {
    const auto fitted = Task(classes).fitted();
    const auto rows = fitted.log_probabilities(*table_of(kOddRows), rows_up_to(std::ssize(kOddRows)));
    for (size_t r = 0; r < kOddRows.size(); ++r) {
      const auto expected = std::span(rows).subspan(r * static_cast<size_t>(classes), static_cast<size_t>(classes));
      EXPECT_THAT(fitted.log_probabilities(kOddRows[r]), ::testing::ElementsAreArray(expected)) << "row " << r;
      const auto whole = fitted.log_probabilities(fitted.pieces(kOddRows[r]), 1);
      ASSERT_EQ(std::ssize(whole), classes);
      for (size_t c = 0; c < whole.size(); ++c) EXPECT_NEAR(whole[c], expected[c], 1e-5) << "row " << r;
    }
  }
}

TEST(LinearClassifier, PiecesLieWhereTheyAreRead) {
  const auto fitted = Task(3).fitted();
  std::map<std::string, std::vector<double>> read;  // values by what is read
  for (const auto& piece : fitted.pieces(kOddRows[0])) {
    const auto& place = piece.place.place;
    const auto length = static_cast<size_t>(place.end - place.begin);
    const auto& text = kOddRows[0][0][0];
    read[piece.place.input == 0 ? text.substr(static_cast<size_t>(place.begin), length)
                                : std::to_string(piece.place.input)]
        .push_back(piece.value);
    EXPECT_TRUE(piece.place.input == 0 || place == (Place{0, 1}));
  }
  std::vector<std::string> all;
  for (const auto& [what, values] : read) all.push_back(what);
  EXPECT_THAT(all, ElementsAre("1", "2", "awful", "film", "film awful", "film superb", "superb", "superb film"));
  EXPECT_EQ(read["superb film"].size(), 2U);
  EXPECT_EQ(read["superb film"][0], read["superb film"][1]) << "each has half of the column's value";
  double squares = 0;
  for (const auto& [what, values] : read) {
    const double sum = std::accumulate(values.begin(), values.end(), 0.0);
    if (what.size() > 1) squares += sum * sum;
  }
  EXPECT_NEAR(squares, 1, 1e-5) << "the length of a row of n-grams";
}

TEST(LinearClassifier, SlopesAreThoseOfCentralDifferences) {
  constexpr double kStep = 1e-5;
  for (const int64_t classes : {2, 3}) {
    const auto fitted = Task(classes).fitted();
    const std::vector<double> direction = {0.7, -1.3, 0.4};
    const auto value = [&](std::span<const LinearPiece> pieces, double share) {
      const auto said = fitted.log_probabilities(pieces, share);
      return std::inner_product(said.begin(), said.end(), direction.begin(), 0.0);
    };
    for (const double share : {0.0, 0.3, 1.0}) {
      const auto pieces = fitted.pieces(kOddRows[0]);
      const auto slopes = fitted.slopes(pieces, share, std::span(direction).first(static_cast<size_t>(classes)));
      ASSERT_EQ(slopes.size(), pieces.size());
      ASSERT_GT(slopes.size(), 5U);
      for (size_t p = 0; p < pieces.size(); ++p) {
        // Moving a value by d at a share s moves what is read by s * d; hence a piece of that column beside the others.
        auto up = pieces, down = pieces;
        for (auto* all : {&up, &down}) {
          for (auto& piece : *all) piece.value *= share;
        }
        up[p].value += kStep * pieces[p].value, down[p].value -= kStep * pieces[p].value;
        EXPECT_NEAR(slopes[p], (value(up, 1) - value(down, 1)) / (2 * kStep), 1e-6) << "share " << share;
      }
    }
  }
}

TEST(LinearClassifier, IsTheSameWhenLoaded) {
  for (const int64_t classes : {2, 3}) {
    const Task task(classes);
    const auto fitted = task.fitted();
    auto stored = fitted.stored();
    stored.fields = Json::parse(stored.fields.dump());
    const LinearClassifier loaded(task.schema, classes, stored);
    EXPECT_EQ(loaded.columns(), fitted.columns());
    EXPECT_EQ(loaded.stored().fields, fitted.stored().fields);
    const auto table = make_table({"size", "text", "kind"},  // columns are found by name
                                  {{"3", "superb film", "u"}, {"", "", ""}, {"x", "awful plot", "new"}});
    EXPECT_EQ(loaded.log_probabilities(*table, rows_up_to(3)), fitted.log_probabilities(*table, rows_up_to(3)));
  }
}

TEST(LinearClassifier, KeepsOnlyTheUnitsOfItsNgrams) {
  // More different words than a model of 2^24 classes has room for: one column is left.
  constexpr int64_t kClasses = (int64_t{1} << 24) - 1;
  const auto table = make_table({"text"}, {{"often seldom"}, {"often never"}, {"often " + std::string(300, 'x')}});
  Schema schema;
  schema.inputs = {{"text", "text", {"text"}}};
  Executor executor(1);
  const auto fitted = fitted_on(schema, *table, {0, 1, 0}, kClasses, {executor});
  const auto stored = fitted.stored();
  ASSERT_EQ(stored.ngrams.size(), 2U);
  EXPECT_EQ(stored.fields.at("inputs").at("words").at(0).at("forms"), Json({"often"}));
  EXPECT_EQ(stored.fields.at("inputs").at("words").at(0).at("numbers"), Json({0}));
  EXPECT_EQ(LinearClassifier(schema, kClasses, stored).stored().fields, stored.fields);
}

TEST(LinearClassifier, SaysWhenItIsFittedOnFewerRows) {
  const Task task(2, kMostBaselineRows + 2);
  Schema schema;
  schema.inputs = {task.schema.inputs[1]};
  Executor executor(2);
  std::vector<std::string> notes;
  const auto note = [&](const std::string& text) { notes.push_back(text); };
  static_cast<void>(fitted_on(schema, *task.table, task.labels, 2, {executor, {}, note}));
  EXPECT_THAT(notes, ::testing::Contains("the linear part is fitted on 200,000 of 200,002 training rows"));
}

TEST(LinearClassifier, IsStopped) {
  const Task task(2);
  Executor executor(1);
  EXPECT_THROW(fitted_on(task.schema, *task.table, task.labels, 2, {executor, [] { return true; }}), StoppedError);
}

TEST(LinearClassifier, RefusesPartsThatDoNotBelongTogether) {
  struct Case {
    std::string message;
    std::function<void(LinearClassifier::Stored&)> change;
  };
  const Task task(3);
  const auto good = task.fitted().stored();
  const std::vector<Case> cases = {
      {"expected two units for each n-gram", [](auto& s) { s.ngrams.pop_back(); }},
      {"one is there twice", [](auto& s) { s.ngrams[2] = s.ngrams[0], s.ngrams[3] = s.ngrams[1]; }},
      {"expected a frequency for each n-gram", [](auto& s) { s.inverse_frequencies.pop_back(); }},
      {"expected a weight for each column of each problem", [](auto& s) { s.weights.push_back(0); }},
      {"expected a weight for each column of each problem", [](auto& s) { s.weights.clear(); }},
      {"an inverse frequency is not a positive number", [](auto& s) { s.inverse_frequencies[0] = NAN; }},
      {"an inverse frequency is not a positive number", [](auto& s) { s.inverse_frequencies[0] = 0; }},
      {"a weight is not finite", [](auto& s) { s.weights[0] = NAN; }},
      {"expected a scale for each column of numbers", [](auto& s) { s.fields["scales"] = Json::array(); }},
      {"expected the numbers of classes",
       [](auto& s) {
         s.fields["classes"] = {0, 1, 3};
       }},
      {"expected the numbers of classes",
       [](auto& s) {
         s.fields["classes"] = {1, 0, 2};
       }},
      {"expected the numbers of classes",
       [](auto& s) {
         s.fields["classes"] = {1, 1, 2};
       }},
      {"expected the numbers of classes", [](auto& s) { s.fields["classes"] = Json::array(); }},
      {"expected each number from 0 on once",
       [](auto& s) { s.fields["inputs"]["words"][0]["numbers"][0] = 2147483647; }},
      {"expected each number from 0 on once", [](auto& s) { s.fields["inputs"]["words"][0]["numbers"][0] = -1; }},
      {"expected a number for each form", [](auto& s) { s.fields["inputs"]["words"][0]["numbers"].erase(0); }},
      {"is there twice", [](auto& s) {
         auto& forms = s.fields["inputs"]["words"][0]["forms"];
         forms[0] = forms[1];
       }}};
  for (const auto& [message, change] : cases) {
    auto stored = good;
    change(stored);
    EXPECT_THAT(message_of<ModelFileError>([&] { LinearClassifier(task.schema, 3, stored); }), HasSubstr(message));
  }
}

}  // namespace
}  // namespace attune::testing
