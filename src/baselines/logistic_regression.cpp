// SPDX-License-Identifier: Apache-2.0
#include "logistic_regression.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>
#include <numeric>
#include <set>

#include "attune/core/wording.hpp"
#include "attune/data/column_profile.hpp"
#include "cost_search.hpp"
#include "linear_problem.hpp"

namespace attune {
namespace {

// (Entries + columns) x problems. A fit goes over each some fifty times, a search some three hundred times: on one core
// either takes half a minute at most, and rows are left out only where there are many classes or very many rows.
constexpr double kMostSearched = 1 << 24;
constexpr double kMostFitted = 1 << 27;
// Values of rows held out that are kept for each cost: 8 MiB.
constexpr int64_t kMostValues = 1 << 20;

/// Of a class that training never saw, before scaling: below what any problem says of a class that it knows, and not so
/// low that one such row would outweigh all others.
constexpr double kNeverSeen = -20;

/// ln(1 / (1 + exp(-value)))
double log_sigmoid(double value) {
  return value < 0 ? value - std::log1p(std::exp(value)) : -std::log1p(std::exp(-value));
}

/// The problem of the highest value wins, the first of equal ones. A single problem says one class or the other.
class Vote {
 public:
  void add(size_t problem, double value) {
    if (value < value_ || (value == value_ && problem > problem_)) return;
    value_ = value;
    problem_ = problem;
  }
  /// Position of the class among those that occur.
  [[nodiscard]] size_t winner(size_t problems) const { return problems == 1 ? (value_ > 0 ? 1 : 0) : problem_; }

 private:
  double value_ = -std::numeric_limits<double>::infinity();
  size_t problem_ = std::numeric_limits<size_t>::max();
};

/// ln P of each of `classes`, from the values of the problems of those that occur.
std::vector<double> log_shares(std::span<const double> values, std::span<const int64_t> occurring, int64_t classes) {
  std::vector<double> result(static_cast<size_t>(classes), kNeverSeen);
  const auto of_class = [&](size_t c) -> double& { return result[static_cast<size_t>(occurring[c])]; };
  if (values.empty()) of_class(0) = 0;
  for (size_t p = 0; p < values.size(); ++p) {
    of_class(values.size() == 1 ? 1 : p) = std::max(kNeverSeen, log_sigmoid(values[p]));
    if (values.size() == 1) of_class(0) = std::max(kNeverSeen, log_sigmoid(-values[p]));
  }
  double sum = 0;
  for (const double one : result) sum += std::exp(one);
  for (double& one : result) one -= std::log(sum);
  return result;
}

}  // namespace

/// The rows, labels and classes of one regression, and what is done with them to find its weights.
class LogisticFit {
 public:
  LogisticFit(const SparseRows& rows, std::span<const int64_t> labels, std::span<const int64_t> classes,
              const BaselineControl& control)
      : rows_(rows), labels_(labels), classes_(classes), control_(control), problem_(rows) {}

  [[nodiscard]] size_t problems() const { return classes_.size() <= 2 ? classes_.size() - 1 : classes_.size(); }

  /// As many rows as keep the work within `most`.
  [[nodiscard]] std::vector<int64_t> rows_within(double most) const {
    const auto rows = static_cast<double>(rows_.rows());
    const double entries = static_cast<double>(rows_.entries()) + rows;  // with the constant
    const double room = most / static_cast<double>(problems()) - static_cast<double>(rows_.columns());
    return sample_rows(rows_.rows(), static_cast<int64_t>(rows * std::clamp(room / entries, 0.0, 1.0)));
  }

  [[nodiscard]] double search() const {
    const auto rows = rows_within(kMostSearched);
    if (std::ssize(rows) < kFolds) return kUsualCost;
    std::vector<int64_t> labels;
    for (const int64_t row : rows) labels.push_back(labels_[static_cast<size_t>(row)]);
    const auto folds = deal_folds(labels);
    std::vector<int64_t> right(std::size(kCosts), 0);
    for (int fold = 0; fold < folds_held_out(std::ssize(rows)); ++fold)
      count_right(rows_of_fold(folds, fold, rows), right);
    const auto best = std::max_element(right.begin(), right.end());
    return kCosts[best - right.begin()];
  }

  [[nodiscard]] double search(const LogisticRegression::HeldOut& others) const {
    const auto held = sample_rows(others.rows.rows(), kMostValues / static_cast<int64_t>(problems()));
    const auto rows = rows_within(kMostSearched);
    std::vector<std::vector<double>> values(std::size(kCosts), std::vector<double>(held.size() * problems()));
    control_.executor.run(static_cast<int64_t>(problems()), [&](int64_t task) {
      const auto problem = static_cast<size_t>(task);
      fit_each_cost(problem_, LinearLoss::kLogistic, rows, targets(problem, rows), control_,
                    [&](size_t p, std::span<const double> weights) {
                      for (size_t i = 0; i < held.size(); ++i)
                        values[p][i * problems() + problem] = linear_value(others.rows.row(held[i]), weights);
                    });
    });
    std::vector<double> likelihoods;
    for (const auto& of_cost : values) likelihoods.push_back(log_likelihood(of_cost, held, others.labels));
    return kCosts[std::max_element(likelihoods.begin(), likelihoods.end()) - likelihoods.begin()];
  }

  [[nodiscard]] std::vector<std::vector<float>> final_weights(double cost) const {
    const auto rows = rows_within(kMostFitted);
    if (std::ssize(rows) < rows_.rows() && control_.note)
      control_.note("logistic regression of " + counted(std::ssize(classes_), "class") + " is fitted on " +
                    with_commas(std::ssize(rows)) + " of " + with_commas(rows_.rows()) + " rows");
    std::vector<std::vector<float>> weights(problems());
    control_.executor.run(std::ssize(weights), [&](int64_t p) {
      control_.check_stop();
      const auto fitted = problem_.fit(LinearLoss::kLogistic, rows, targets(static_cast<size_t>(p), rows), cost);
      weights[static_cast<size_t>(p)].assign(fitted.begin(), fitted.end());
    });
    return weights;
  }

 private:
  /// @param values [held, problems] @param labels of all rows that `held` numbers
  [[nodiscard]] double log_likelihood(std::span<const double> values, std::span<const int64_t> held,
                                      std::span<const int64_t> labels) const {
    double sum = 0;
    for (size_t i = 0; i < held.size(); ++i) {
      const auto label = labels[static_cast<size_t>(held[i])];
      if (!std::binary_search(classes_.begin(), classes_.end(), label)) continue;  // equal for every cost
      const auto shares = log_shares(values.subspan(i * problems(), problems()), classes_, classes_.back() + 1);
      sum += shares[static_cast<size_t>(label)];
    }
    return sum;
  }

  [[nodiscard]] std::vector<double> targets(size_t problem, std::span<const int64_t> rows) const {
    const int64_t positive = classes_[problems() == 1 ? 1 : problem];
    std::vector<double> result;
    for (const int64_t row : rows) result.push_back(labels_[static_cast<size_t>(row)] == positive ? 1 : -1);
    return result;
  }

  /// Adds, for each cost, how many rows inside the fold are predicted right by those outside.
  void count_right(const FoldRows& fold, std::vector<int64_t>& right) const {
    std::vector<std::vector<Vote>> votes(right.size(), std::vector<Vote>(fold.inside.size()));
    std::mutex mutex;
    control_.executor.run(static_cast<int64_t>(problems()), [&](int64_t task) {
      const auto problem = static_cast<size_t>(task);
      fit_each_cost(problem_, LinearLoss::kLogistic, fold.outside, targets(problem, fold.outside), control_,
                    [&](size_t p, std::span<const double> weights) {
                      std::vector<double> values;
                      for (const int64_t row : fold.inside) values.push_back(linear_value(rows_.row(row), weights));
                      const std::scoped_lock lock(mutex);
                      for (size_t i = 0; i < values.size(); ++i) votes[p][i].add(problem, values[i]);
                    });
    });
    for (size_t p = 0; p < right.size(); ++p) {
      for (size_t i = 0; i < fold.inside.size(); ++i)
        right[p] += classes_[votes[p][i].winner(problems())] == labels_[static_cast<size_t>(fold.inside[i])] ? 1 : 0;
    }
  }

  const SparseRows& rows_;
  std::span<const int64_t> labels_, classes_;
  const BaselineControl& control_;
  LinearProblem problem_;
};

LogisticRegression::LogisticRegression(const SparseRows& rows, std::span<const int64_t> labels,
                                       const BaselineControl& control) {
  fit(rows, labels, control, [](const LogisticFit& fit) { return fit.search(); });
}

LogisticRegression::LogisticRegression(const SparseRows& rows, std::span<const int64_t> labels, const HeldOut& held_out,
                                       const BaselineControl& control) {
  fit(rows, labels, control, [&](const LogisticFit& fit) { return fit.search(held_out); });
}

void LogisticRegression::fit(const SparseRows& rows, std::span<const int64_t> labels, const BaselineControl& control,
                             const Search& search) {
  const std::set<int64_t> occurring(labels.begin(), labels.end());
  classes_.assign(occurring.begin(), occurring.end());
  if (classes_.size() == 1) return;
  const LogisticFit fit(rows, labels, classes_, control);
  cost_ = search(fit);
  weights_ = fit.final_weights(cost_);
}

int64_t LogisticRegression::predict(SparseRow row) const {
  if (weights_.empty()) return classes_.front();
  Vote vote;
  for (size_t p = 0; p < weights_.size(); ++p) vote.add(p, linear_value(row, std::span<const float>(weights_[p])));
  return classes_[vote.winner(weights_.size())];
}

std::vector<double> LogisticRegression::log_probabilities(SparseRow row, int64_t classes) const {
  std::vector<double> values;
  for (const auto& weights : weights_) values.push_back(linear_value(row, std::span<const float>(weights)));
  return log_probabilities(values, classes);
}

std::vector<double> LogisticRegression::log_probabilities(std::span<const double> values, int64_t classes) const {
  return log_shares(values, classes_, classes);
}

std::vector<double> LogisticRegression::slopes(std::span<const double> values,
                                               std::span<const double> direction) const {
  const auto shares = log_shares(values, classes_, std::ssize(direction));
  const double sum = std::accumulate(direction.begin(), direction.end(), 0.0);
  // By the logarithm of the class's own probability, before they are scaled to sum to 1.
  const auto by_own = [&](size_t c) {
    const auto number = static_cast<size_t>(classes_[c]);
    return direction[number] - sum * std::exp(shares[number]);
  };
  const auto by_value = [](double value) {
    return log_sigmoid(value) > kNeverSeen ? std::exp(log_sigmoid(-value)) : 0;
  };
  if (values.size() == 1) return {by_own(1) * by_value(values[0]) - by_own(0) * by_value(-values[0])};
  std::vector<double> slopes;
  for (size_t p = 0; p < values.size(); ++p) slopes.push_back(by_own(p) * by_value(values[p]));
  return slopes;
}

}  // namespace attune
