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

}  // namespace

NaiveBayes::NaiveBayes(NaiveBayesKind kind, const SparseRows& rows, std::span<const int64_t> labels, int64_t classes)
    : kind_(kind), classes_(static_cast<size_t>(classes)) {
  if (std::ssize(labels) != rows.rows()) {
    throw UsageError("naive Bayes: expected a class for each of " + std::to_string(rows.rows()) + " rows, found " +
                     std::to_string(labels.size()));
  }
  bool any = false;
  for (const int64_t label : labels) {
    if (label == kUnseenLabel) continue;
    check_label(label, classes);
    ++classes_[static_cast<size_t>(label)].rows;
    any = true;
  }
  if (!any) throw UsageError("naive Bayes: no row with a class to count; give at least one");
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
  }
}

double NaiveBayes::term(double count, double rows) const {
  if (kind_ == NaiveBayesKind::kMultinomial) return std::log(count + 1);
  return std::log(count + 1) - std::log(rows + 1 - count) + std::log(rows + 1);
}

double NaiveBayes::base(const ClassCounts& of_class) const {
  if (kind_ == NaiveBayesKind::kMultinomial) return 0;
  const double rows = of_class.rows;
  const auto all = static_cast<double>(columns());
  return all * (std::log(rows + 1) - std::log(rows + 2)) + of_class.absent - of_class.columns * std::log(rows + 1);
}

double NaiveBayes::per_occurrence(const ClassCounts& of_class) const {
  if (kind_ == NaiveBayesKind::kBernoulli) return std::log(of_class.rows + 1);
  return std::log(of_class.total + static_cast<double>(columns()));
}

std::vector<double> NaiveBayes::scores(SparseRow row) const {
  double occurrences = 0;
  for (const auto& entry : row) occurrences += amount(entry.value);
  std::vector<double> result;
  for (const auto& c : classes_) {
    double score = c.rows > 0 ? std::log(c.rows) + base(c) : -kInfinity;
    if (occurrences > 0) score -= occurrences * per_occurrence(c);
    result.push_back(score);
  }
  for (const auto& entry : row) {
    for (const auto& count : counts_of(entry.column))
      result[static_cast<size_t>(count.label)] += amount(entry.value) * count.term;
  }
  return result;
}

int64_t NaiveBayes::predict(SparseRow row) const {
  const auto all = scores(row);
  return std::max_element(all.begin(), all.end()) - all.begin();
}

}  // namespace attune
