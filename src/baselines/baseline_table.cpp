// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "attune/baselines/baseline.hpp"
#include "attune/baselines/naive_bayes.hpp"
#include "attune/core/error.hpp"
#include "attune/core/moments.hpp"
#include "linear_columns.hpp"
#include "logistic_regression.hpp"
#include "ridge_regression.hpp"

namespace attune {
namespace {

/// The same answer to every row.
template <class Answers>
Answers constant_answers(int64_t rows, typename Answers::value_type answer) {
  return Answers(static_cast<size_t>(rows), answer);
}

/// A prediction for each row of a matrix.
template <class Answers, class Predict>
Answers answers_of(const SparseRows& rows, Predict&& predict) {
  Answers answers;
  for (int64_t r = 0; r < rows.rows(); ++r) answers.push_back(predict(rows.row(r)));
  return answers;
}

class MajorityClass final : public Baseline {
 public:
  [[nodiscard]] std::string name() const override { return "majority class"; }
  void fit(const BaselineInputs& /*inputs*/, const Targets& answers, const BaselineControl& /*control*/) override {
    std::vector<int64_t> rows;
    for (const int64_t label : std::get<ClassTargets>(answers)) {
      if (label >= std::ssize(rows)) rows.resize(static_cast<size_t>(label) + 1, 0);
      if (label >= 0) ++rows[static_cast<size_t>(label)];
    }
    most_frequent_ = std::max_element(rows.begin(), rows.end()) - rows.begin();
  }
  [[nodiscard]] Targets predict(const CutRows& rows) const override {
    return constant_answers<ClassTargets>(rows.rows(), most_frequent_);
  }

 private:
  int64_t most_frequent_ = 0;
};

class MeanNumber final : public Baseline {
 public:
  [[nodiscard]] std::string name() const override { return "mean"; }
  void fit(const BaselineInputs& /*inputs*/, const Targets& answers, const BaselineControl& /*control*/) override {
    Moments moments;
    for (const double number : std::get<ValueTargets>(answers)) moments.add(number);
    mean_ = moments.mean();
  }
  [[nodiscard]] Targets predict(const CutRows& rows) const override {
    return constant_answers<ValueTargets>(rows.rows(), mean_);
  }

 private:
  double mean_ = 0;
};

/// What naive Bayes counts.
enum class Counted { kWords, kCharacters, kCategories };

class NaiveBayesBaseline final : public Baseline {
 public:
  NaiveBayesBaseline(NaiveBayesKind kind, Counted counted) : kind_(kind), counted_(counted) {}

  [[nodiscard]] std::string name() const override {
    if (counted_ == Counted::kCategories) return "naive Bayes, categories";
    return std::string("naive Bayes, ") + (kind_ == NaiveBayesKind::kMultinomial ? "multinomial" : "Bernoulli") +
           (counted_ == Counted::kWords ? ", words" : ", characters");
  }
  void fit(const BaselineInputs& inputs, const Targets& answers, const BaselineControl& /*control*/) override {
    const auto& labels = std::get<ClassTargets>(answers);
    const auto& rows = inputs.training();
    texts_.emplace(texts(rows), counted_ == Counted::kCharacters ? 2 : 1);
    categories_.emplace(rows.categories, 1);
    const auto classes = 1 + *std::max_element(labels.begin(), labels.end());
    fitted_.emplace(kind_, counts(rows), labels, classes);
  }
  [[nodiscard]] Targets predict(const CutRows& rows) const override {
    return answers_of<ClassTargets>(counts(rows), [&](SparseRow row) { return fitted_->predict(row); });
  }

 private:
  [[nodiscard]] const UnitRows& texts(const CutRows& rows) const {
    return counted_ == Counted::kCharacters ? rows.characters : rows.words;
  }
  [[nodiscard]] SparseRows counts(const CutRows& rows) const {
    return beside(texts_->count(texts(rows)), categories_->count(rows.categories));
  }

  NaiveBayesKind kind_;
  Counted counted_;
  std::optional<NgramVocabulary> texts_, categories_;
  std::optional<NaiveBayes> fitted_;
};

int64_t classes_of(const Targets& answers) {
  const auto* labels = std::get_if<ClassTargets>(&answers);
  return labels == nullptr ? 1 : 1 + *std::max_element(labels->begin(), labels->end());
}

/// Logistic or ridge regression on the columns of all inputs.
template <class Regression, class Answers>
class LinearBaseline final : public Baseline {
 public:
  explicit LinearBaseline(std::string name) : name_(std::move(name)) {}

  [[nodiscard]] std::string name() const override { return name_; }
  void fit(const BaselineInputs& inputs, const Targets& answers, const BaselineControl& control) override {
    columns_.emplace(inputs, most_linear_columns(classes_of(answers)));
    fitted_.emplace((*columns_)(inputs.training()), std::get<Answers>(answers), control);
  }
  [[nodiscard]] Targets predict(const CutRows& rows) const override {
    return answers_of<Answers>((*columns_)(rows), [&](SparseRow row) { return fitted_->predict(row); });
  }

 private:
  std::string name_;
  std::optional<LinearColumns> columns_;
  std::optional<Regression> fitted_;
};

/// "logistic regression, words": what its n-grams are made of, where there is text.
std::string linear_name(const std::string& method, const BaselineInputs& inputs) {
  if (!inputs.has_text()) return method;
  return method + (inputs.spaceless() ? ", characters" : ", words");
}

struct BaselineType {
  bool classes;  ///< predicts classes, else numbers
  bool (*suits)(const BaselineInputs&);
  std::unique_ptr<Baseline> (*make)(const BaselineInputs&);
};

bool always(const BaselineInputs& /*inputs*/) { return true; }
bool with_text(const BaselineInputs& inputs) { return inputs.has_text(); }
bool with_categories_alone(const BaselineInputs& inputs) { return inputs.has_categories() && !inputs.has_text(); }

template <NaiveBayesKind kind, Counted counted>
std::unique_ptr<Baseline> make_naive_bayes(const BaselineInputs& /*inputs*/) {
  return std::make_unique<NaiveBayesBaseline>(kind, counted);
}
template <class Simple>
std::unique_ptr<Baseline> make_simple(const BaselineInputs& /*inputs*/) {
  return std::make_unique<Simple>();
}
std::unique_ptr<Baseline> make_logistic(const BaselineInputs& inputs) {
  return std::make_unique<LinearBaseline<LogisticRegression, ClassTargets>>(linear_name("logistic regression", inputs));
}
std::unique_ptr<Baseline> make_ridge(const BaselineInputs& inputs) {
  return std::make_unique<LinearBaseline<RidgeRegression, ValueTargets>>(linear_name("ridge regression", inputs));
}

constexpr auto kMultinomial = NaiveBayesKind::kMultinomial, kBernoulli = NaiveBayesKind::kBernoulli;
constexpr std::array kTypes = {
    BaselineType{true, always, make_simple<MajorityClass>},
    BaselineType{true, with_text, make_naive_bayes<kMultinomial, Counted::kWords>},
    BaselineType{true, with_text, make_naive_bayes<kBernoulli, Counted::kWords>},
    BaselineType{true, with_text, make_naive_bayes<kMultinomial, Counted::kCharacters>},
    BaselineType{true, with_text, make_naive_bayes<kBernoulli, Counted::kCharacters>},
    BaselineType{true, with_categories_alone, make_naive_bayes<kMultinomial, Counted::kCategories>},
    BaselineType{true, always, make_logistic},
    BaselineType{false, always, make_simple<MeanNumber>},
    BaselineType{false, always, make_ridge},
};

}  // namespace

void BaselineControl::check_stop() const {
  if (should_stop && should_stop()) throw StoppedError("baselines: stopped while they were fitted");
}

std::vector<std::unique_ptr<Baseline>> baselines_for(const BaselineInputs& inputs, int64_t classes) {
  std::vector<std::unique_ptr<Baseline>> result;
  for (const auto& type : kTypes) {
    if (type.classes == (classes > 0) && type.suits(inputs)) result.push_back(type.make(inputs));
  }
  return result;
}

}  // namespace attune
