// SPDX-License-Identifier: Apache-2.0
#include "attune/baselines/linear_classifier.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "linear_columns.hpp"
#include "logistic_regression.hpp"

namespace attune {
namespace {

[[noreturn]] void refuse(const std::string& what) { throw ModelFileError("linear part: " + what); }

std::vector<int64_t> labels_of(std::span<const int64_t> rows, std::span<const int64_t> chosen,
                               std::span<const int64_t> labels) {
  std::vector<int64_t> result;
  size_t at = 0;  // chosen rows keep their order
  for (const int64_t row : chosen) {
    while (rows[at] != row) ++at;
    result.push_back(labels[at++]);
  }
  return result;
}

std::vector<int32_t> flat(std::span<const NgramVocabulary::Ngram> ngrams) {
  std::vector<int32_t> units;
  for (const auto& [first, second] : ngrams) units.insert(units.end(), {first, second});
  return units;
}

/// Leaves of the units only those that n-grams are made of, numbered anew in their order: what else the training rows
/// held would be most of the file, and changes no score.
void keep_used(Json& inputs, std::vector<NgramVocabulary::Ngram>& ngrams) {
  std::set<int32_t> used;
  for (const auto& ngram : ngrams) used.insert(ngram.begin(), ngram.end());
  used.erase(UnitRows::kNone);
  std::map<int32_t, int32_t> numbers = {{UnitRows::kNone, UnitRows::kNone}};
  for (const int32_t unit : used) numbers.emplace(unit, static_cast<int32_t>(numbers.size()) - 1);
  for (auto& input : inputs) {
    Json kept = {{"forms", Json::array()}, {"numbers", Json::array()}};
    for (size_t i = 0; i < input.at("forms").size(); ++i) {
      const auto number = numbers.find(input.at("numbers").at(i).get<int32_t>());
      if (number == numbers.end()) continue;
      kept["forms"].push_back(std::move(input.at("forms").at(i)));
      kept["numbers"].push_back(number->second);
    }
    input = std::move(kept);
  }
  for (auto& ngram : ngrams) {
    for (auto& unit : ngram) unit = numbers.at(unit);
  }
}

std::vector<NgramVocabulary::Ngram> ngrams_from(std::span<const int32_t> units) {
  if (units.size() % 2 != 0) refuse("expected two units for each n-gram");
  std::vector<NgramVocabulary::Ngram> ngrams;
  for (size_t i = 0; i < units.size(); i += 2) ngrams.push_back({units[i], units[i + 1]});
  return ngrams;
}

LinearColumns::State columns_state(const LinearClassifier::Stored& stored) {
  LinearColumns::State state{.ngrams = ngrams_from(stored.ngrams),
                             .categories = ngrams_from(stored.fields.at("categories").get<std::vector<int32_t>>()),
                             .inverse_frequencies = stored.inverse_frequencies,
                             .scales = {}};
  if (state.ngrams.size() != state.inverse_frequencies.size()) refuse("expected a frequency for each n-gram");
  if (!std::all_of(state.inverse_frequencies.begin(), state.inverse_frequencies.end(),
                   [](float one) { return std::isfinite(one) && one > 0; }))
    refuse("an inverse frequency is not a positive number");
  for (const auto& scale : stored.fields.at("scales"))
    state.scales.push_back({scale.at("mean").get<double>(), scale.at("deviation").get<double>()});
  return state;
}

LogisticRegression regression_from(const LinearClassifier::Stored& stored, int64_t classes, int64_t columns) {
  auto occurring = stored.fields.at("classes").get<std::vector<int64_t>>();
  const auto in_range = [&](int64_t c) { return c >= 0 && c < classes; };
  if (occurring.empty() || !std::is_sorted(occurring.begin(), occurring.end(), std::less_equal<>()) ||
      !std::all_of(occurring.begin(), occurring.end(), in_range))
    refuse("expected the numbers of classes, ascending");
  const size_t problems = occurring.size() <= 2 ? occurring.size() - 1 : occurring.size();
  const auto width = static_cast<size_t>(columns) + 1;
  if (stored.weights.size() != problems * width) refuse("expected a weight for each column of each problem");
  if (!std::all_of(stored.weights.begin(), stored.weights.end(), [](float w) { return std::isfinite(w); }))
    refuse("a weight is not finite");
  std::vector<std::vector<float>> weights;
  for (size_t p = 0; p < problems; ++p) {
    const auto begin = stored.weights.begin() + static_cast<std::ptrdiff_t>(p * width);
    weights.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(width));
  }
  return {std::move(occurring), std::move(weights)};
}

}  // namespace

struct LinearClassifier::Parts {
  BaselineInputs inputs;
  LinearColumns columns;
  LogisticRegression regression;
};

LinearClassifier::LinearClassifier(const Schema& inputs, const Rows& training, const Rows& held_out, int64_t classes,
                                   const BaselineControl& control)
    : classes_(classes) {
  const Schema read{inputs.inputs, {}};
  const auto chosen = baseline_rows(read, training.table, training.rows);
  if (chosen.size() < training.rows.size() && control.note)
    control.note("the linear part is fitted on " + with_commas(std::ssize(chosen)) + " of " +
                 with_commas(std::ssize(training.rows)) + " training rows");
  BaselineInputs cut(read, training.table, chosen, control.executor, TextCuts::kLinear);
  control.check_stop();
  LinearColumns columns(cut, most_linear_columns(classes));
  const auto others = baseline_rows(read, held_out.table, held_out.rows);
  const auto other_labels = labels_of(held_out.rows, others, held_out.labels);
  const auto other_columns = columns(cut.cut(held_out.table, others, control.executor));
  LogisticRegression regression(columns(cut.training()), labels_of(training.rows, chosen, training.labels),
                                LogisticRegression::HeldOut{other_columns, other_labels}, control);
  parts_ = std::make_unique<const Parts>(Parts{std::move(cut), std::move(columns), std::move(regression)});
}

LinearClassifier::LinearClassifier(const Schema& inputs, int64_t classes, const Stored& stored) : classes_(classes) {
  auto cut = BaselineInputs::load({inputs.inputs, {}}, stored.fields.at("inputs"));
  const bool spaceless = cut.spaceless();
  const auto state = columns_state(stored);
  if (std::ssize(state.scales) != cut.training().number_columns) refuse("expected a scale for each column of numbers");
  LinearColumns columns(spaceless, state);
  auto regression = regression_from(stored, classes, columns.columns());
  parts_ = std::make_unique<const Parts>(Parts{std::move(cut), std::move(columns), std::move(regression)});
}

LinearClassifier::~LinearClassifier() = default;

std::vector<float> LinearClassifier::log_probabilities(const Table& table, std::span<const int64_t> rows) const {
  const auto matrix = parts_->columns(parts_->inputs.cut(table, rows));
  std::vector<float> result;
  result.reserve(rows.size() * static_cast<size_t>(classes_));
  for (int64_t r = 0; r < matrix.rows(); ++r) {
    for (const double one : parts_->regression.log_probabilities(matrix.row(r), classes_))
      result.push_back(static_cast<float>(one));
  }
  return result;
}

std::vector<float> LinearClassifier::log_probabilities(const InputCells& cells) const {
  const auto matrix = parts_->columns(parts_->inputs.cut(cells));
  const auto result = parts_->regression.log_probabilities(matrix.row(0), classes_);
  return {result.begin(), result.end()};
}

std::vector<LinearPiece> LinearClassifier::pieces(const InputCells& cells) const {
  return parts_->columns.pieces(parts_->inputs.cut(cells), parts_->inputs.places(cells));
}

std::vector<double> LinearClassifier::problem_values(std::span<const LinearPiece> pieces, double share) const {
  std::vector<double> values;
  for (const auto& weights : parts_->regression.weights()) {
    double sum = 0;
    for (const auto& piece : pieces)
      sum += piece.value * static_cast<double>(weights[static_cast<size_t>(piece.column)]);
    values.push_back(share * sum + static_cast<double>(weights.back()));
  }
  return values;
}

std::vector<double> LinearClassifier::log_probabilities(std::span<const LinearPiece> pieces, double share) const {
  return parts_->regression.log_probabilities(problem_values(pieces, share), classes_);
}

std::vector<double> LinearClassifier::slopes(std::span<const LinearPiece> pieces, double share,
                                             std::span<const double> direction) const {
  const auto by_problem = parts_->regression.slopes(problem_values(pieces, share), direction);
  std::vector<double> result;
  for (const auto& piece : pieces) {
    double slope = 0;
    for (size_t p = 0; p < by_problem.size(); ++p)
      slope += by_problem[p] * static_cast<double>(parts_->regression.weights()[p][static_cast<size_t>(piece.column)]);
    result.push_back(slope * piece.value);
  }
  return result;
}

int64_t LinearClassifier::columns() const { return parts_->columns.columns(); }

LinearClassifier::Stored LinearClassifier::stored() const {
  auto state = parts_->columns.state();
  auto inputs = parts_->inputs.state();
  keep_used(inputs.at(parts_->inputs.spaceless() ? "characters" : "words"), state.ngrams);
  keep_used(inputs.at("categories"), state.categories);
  Stored stored{.fields = {{"inputs", std::move(inputs)},
                           {"categories", flat(state.categories)},
                           {"scales", Json::array()},
                           {"classes", parts_->regression.classes()}},
                .ngrams = flat(state.ngrams),
                .inverse_frequencies = state.inverse_frequencies,
                .weights = {}};
  for (const auto& scale : state.scales)
    stored.fields["scales"].push_back({{"mean", scale.mean}, {"deviation", scale.deviation}});
  for (const auto& weights : parts_->regression.weights())
    stored.weights.insert(stored.weights.end(), weights.begin(), weights.end());
  return stored;
}

}  // namespace attune
