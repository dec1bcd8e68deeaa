// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "attune/baselines/sparse_rows.hpp"

namespace attune {

enum class NaiveBayesKind {
  kMultinomial,  ///< a row is drawn word by word: how often a column occurs counts
  kBernoulli,    ///< every column is in a row or not, and that it is not counts as well
};

/// Naive Bayes by counts, with Laplace smoothing 1 and the prior of each class from its rows: McCallum, Nigam 1998, "A
/// comparison of event models for naive Bayes text classification". Only counts that are not 0 are held, so that
/// memory follows the training rows and not classes x columns. Immutable and thread-safe.
class NaiveBayes {
 public:
  /// @param rows    [n, V] counts, each at least 0
  /// @param labels  [n] class of each row; a row of kUnseenLabel is left out
  /// @throws UsageError for a label out of range, another number of labels than rows, or no row with a class.
  NaiveBayes(NaiveBayesKind kind, const SparseRows& rows, std::span<const int64_t> labels, int64_t classes);

  /// The most probable class, the first of equal ones.
  [[nodiscard]] int64_t predict(SparseRow row) const;

  [[nodiscard]] int64_t classes() const { return static_cast<int64_t>(classes_.size()); }
  [[nodiscard]] int64_t columns() const { return static_cast<int64_t>(offsets_.size()) - 1; }

 private:
  /// A column's count in one class, and what one occurrence of it adds to the class beyond a column without counts.
  struct Count {
    int32_t label = 0;
    double count = 0;  // multinomial: of occurrences; Bernoulli: of rows
    double term = 0;
  };
  struct ClassCounts {
    double rows = 0;
    double total = 0;    // of all columns
    double columns = 0;  // that occur
    double absent = 0;   // Bernoulli: the sum over the columns that occur of ln(rows + 1 - count)
  };

  [[nodiscard]] double amount(float value) const;
  [[nodiscard]] std::span<const Count> counts_of(int32_t column) const;
  void count(const SparseRows& rows, std::span<const int64_t> labels);
  void merge_counts();
  void sum_up();
  [[nodiscard]] double term(double count, double rows) const;
  [[nodiscard]] double base(const ClassCounts& of_class) const;
  [[nodiscard]] double per_occurrence(const ClassCounts& of_class) const;
  [[nodiscard]] std::vector<double> scores(SparseRow row) const;

  NaiveBayesKind kind_;
  std::vector<size_t> offsets_;  // [V + 1]: column f owns counts_[offsets_[f]] ..
  std::vector<Count> counts_;    // classes ascending within a column
  std::vector<ClassCounts> classes_;
};

}  // namespace attune
