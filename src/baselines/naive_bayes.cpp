// SPDX-License-Identifier: Apache-2.0
#include "attune/baselines/naive_bayes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "attune/core/error.hpp"
#include "attune/metrics/class_scores.hpp"

// With c a class of n_c rows, k_fc the count of column f in it, N_c the sum of these and V columns, both kinds are
//   score(c) = ln prior(c) + base(c) + sum over the row's columns f of x_f (term(f, c) - per_occurrence(c)),
// where term(f, c) = 0 when k_fc = 0, so that a row costs its columns times the classes that these occur in.
//   multinomial: ln P(f | c) = ln((k + 1) / (N_c + V)); base 0, per_occurrence ln(N_c + V), term ln(k + 1)
//   Bernoulli (x_f is 1): P(f | c) = (k + 1) / (n_c + 2); the base is the row without any column, and a column that is
//   there adds ln P - ln(1 - P) = ln(k + 1) - ln(n_c + 1 - k); per_occurrence ln(n_c + 1) is this for k = 0
namespace attune {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

void check_label(int64_t label, int64_t classes) {
  if (label >= 0 && label < classes) return;
  throw UsageError("naive Bayes: expected a class from 0 to " + std::to_string(classes - 1) + ", found " +
                   std::to_string(label));
}

/// ln of the sum of exp of all scores but one.
double log_sum_of_others(std::span<const double> scores, size_t without) {
  double highest = -kInfinity, sum = 0;
  for (size_t c = 0; c < scores.size(); ++c) {
    if (c != without) highest = std::max(highest, scores[c]);
  }
  if (highest == -kInfinity) return highest;
  for (size_t c = 0; c < scores.size(); ++c) {
    if (c != without) sum += std::exp(scores[c] - highest);
  }
  return highest + std::log(sum);
}

/// Scores to log-odds, in place. For the best class the others are summed up on their own, so that a probability next
/// to 1 keeps its digits; for the rest what is left of the whole is at least a half.
void to_log_odds(std::vector<double>& scores) {
  const auto best = static_cast<size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
  const double others = log_sum_of_others(scores, best);
  const double highest = scores[best];
  const double all = highest + std::log1p(std::exp(others - highest));
  for (size_t c = 0; c < scores.size(); ++c) {
    scores[c] = c == best ? highest - others : scores[c] - all - std::log1p(-std::exp(scores[c] - all));
  }
}

}  // namespace

NaiveBayes::NaiveBayes(NaiveBayesKind kind, const SparseRows& rows, std::span<const int64_t> labels, int64_t classes)
    : kind_(kind), classes_(static_cast<size_t>(classes)) {
  if (std::ssize(labels) != rows.rows()) {
    throw UsageError("naive Bayes: expected a class for each of " + std::to_string(rows.rows()) + " rows, found " +
                     std::to_string(labels.size()));
  }
  for (const int64_t label : labels) {
    if (label == kUnseenLabel) continue;
    check_label(label, classes);
    ++classes_[static_cast<size_t>(label)].rows;
    ++rows_;
  }
  if (rows_ == 0) throw UsageError("naive Bayes: no row with a class to count; give at least one");
  count(rows, labels);
  merge_counts();
  sum_up();
}

double NaiveBayes::amount(float value) const {
  return kind_ == NaiveBayesKind::kMultinomial ? static_cast<double>(value) : 1;
}

std::span<const NaiveBayes::Count> NaiveBayes::counts_of(int32_t column) const {
  const auto f = static_cast<size_t>(column);
  return std::span(counts_).subspan(offsets_[f], offsets_[f + 1] - offsets_[f]);
}

/// Every entry of a row with a class, under its column.
void NaiveBayes::count(const SparseRows& rows, std::span<const int64_t> labels) {
  const auto for_each_entry = [&](auto&& visit) {
    for (int64_t r = 0; r < rows.rows(); ++r) {
      const int64_t label = labels[static_cast<size_t>(r)];
      if (label == kUnseenLabel) continue;
      for (const auto& entry : rows.row(r)) visit(static_cast<size_t>(entry.column), label, entry.value);
    }
  };
  offsets_.assign(static_cast<size_t>(rows.columns()) + 1, 0);
  for_each_entry([&](size_t column, int64_t, float) { ++offsets_[column + 1]; });
  for (size_t f = 1; f < offsets_.size(); ++f) offsets_[f] += offsets_[f - 1];
  counts_.resize(offsets_.back());
  auto next = offsets_;
  for_each_entry([&](size_t column, int64_t label, float value) {
    counts_[next[column]++] = {.label = static_cast<int32_t>(label), .count = amount(value)};
  });
}

/// One count per column and class.
void NaiveBayes::merge_counts() {
  size_t merged = 0;
  for (size_t f = 0; f + 1 < offsets_.size(); ++f) {
    const auto begin = counts_.begin() + static_cast<ptrdiff_t>(offsets_[f]);
    const auto end = counts_.begin() + static_cast<ptrdiff_t>(offsets_[f + 1]);
    std::sort(begin, end, [](const Count& a, const Count& b) { return a.label < b.label; });
    offsets_[f] = merged;
    for (auto next = begin; next != end; ++next) {
      if (merged > offsets_[f] && counts_[merged - 1].label == next->label) {
        counts_[merged - 1].count += next->count;
      } else {
        counts_[merged++] = *next;
      }
    }
  }
  offsets_.back() = merged;
  counts_.resize(merged);
  counts_.shrink_to_fit();
}

void NaiveBayes::sum_up() {
  for (auto& entry : counts_) {
    auto& of_class = classes_[static_cast<size_t>(entry.label)];
    entry.term = term(entry.count, of_class.rows);
    of_class.total += entry.count;
    if (kind_ == NaiveBayesKind::kMultinomial) continue;
    ++of_class.columns;
    of_class.absent += std::log(of_class.rows + 1 - entry.count);
    of_class.absent_without_one += std::log(std::max(of_class.rows - entry.count, 1.0));
  }
}

double NaiveBayes::term(double count, double rows) const {
  if (kind_ == NaiveBayesKind::kMultinomial) return std::log(count + 1);
  return std::log(count + 1) - std::log(rows + 1 - count) + std::log(rows + 1);
}

/// @param absent the sum of ln(rows + 1 - count) over so many `columns`
double NaiveBayes::base(double rows, double columns, double absent) const {
  if (kind_ == NaiveBayesKind::kMultinomial) return 0;
  const auto all = static_cast<double>(this->columns());
  return all * (std::log(rows + 1) - std::log(rows + 2)) + absent - columns * std::log(rows + 1);
}

double NaiveBayes::per_occurrence(double rows, double total) const {
  if (kind_ == NaiveBayesKind::kBernoulli) return std::log(rows + 1);
  return std::log(total + static_cast<double>(columns()));
}

std::vector<double> NaiveBayes::scores(SparseRow row) const {
  double occurrences = 0;
  for (const auto& entry : row) occurrences += amount(entry.value);
  std::vector<double> result;
  for (const auto& c : classes_) {
    double score = c.rows > 0 ? std::log(c.rows) + base(c.rows, c.columns, c.absent) : -kInfinity;
    if (occurrences > 0) score -= occurrences * per_occurrence(c.rows, c.total);
    result.push_back(score);
  }
  for (const auto& entry : row) {
    for (const auto& count : counts_of(entry.column))
      result[static_cast<size_t>(count.label)] += amount(entry.value) * count.term;
  }
  return result;
}

/// The score of one class with the row taken out of its counts.
double NaiveBayes::score_without(SparseRow row, int64_t label) const {
  const auto& c = classes_[static_cast<size_t>(label)];
  const double rows = c.rows - 1;
  if (rows <= 0) return -kInfinity;
  double occurrences = 0, terms = 0, absent = c.absent_without_one;
  for (const auto& entry : row) {
    const auto counts = counts_of(entry.column);
    const auto found = std::lower_bound(counts.begin(), counts.end(), label,
                                        [](const Count& count, int64_t wanted) { return count.label < wanted; });
    const double with = found != counts.end() && found->label == label ? found->count : 0;
    const double x = amount(entry.value);
    occurrences += x;
    terms += x * term(with - x, rows);
    if (kind_ == NaiveBayesKind::kBernoulli)
      absent += std::log(rows + 2 - with) - std::log(std::max(rows + 1 - with, 1.0));
  }
  double score = std::log(rows) + base(rows, c.columns, absent) + terms;
  if (occurrences > 0) score -= occurrences * per_occurrence(rows, c.total - occurrences);
  return score;
}

std::vector<double> NaiveBayes::log_odds(SparseRow row) const {
  auto result = scores(row);
  to_log_odds(result);
  return result;
}

int64_t NaiveBayes::predict(SparseRow row) const {
  const auto all = scores(row);
  return std::max_element(all.begin(), all.end()) - all.begin();
}

std::vector<double> NaiveBayes::log_odds_without(SparseRow row, int64_t label) const {
  check_label(label, classes());
  if (rows_ <= 1) throw UsageError("naive Bayes: without its only row nothing is left to count");
  auto result = scores(row);
  result[static_cast<size_t>(label)] = score_without(row, label);
  to_log_odds(result);
  return result;
}

}  // namespace attune
