// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "attune/baselines/baseline_inputs.hpp"
#include "attune/baselines/linear_classifier.hpp"
#include "attune/baselines/ngram_vocabulary.hpp"
#include "attune/baselines/sparse_rows.hpp"

namespace attune {

/// n-grams that the weights of all classes can be held and fitted for: 2^24 floats are 64 MB.
[[nodiscard]] inline size_t most_linear_columns(int64_t classes) {
  return std::min(NgramVocabulary::kMost, (size_t{1} << 24) / static_cast<size_t>(std::max<int64_t>(classes, 1)));
}

/// The columns of the linear baselines:
///  - n-grams of one and two words (characters, where texts have no spaces), (1 + ln count) x idf with
///    idf = ln((1 + rows) / (1 + rows with it)) + 1, each row to length 1: Salton, Buckley 1988, "Term-weighting
///    approaches in automatic text retrieval", smoothed as if one more row held every n-gram;
///  - a column per value of a category;
///  - numbers less the training mean, by the training deviation; a missing one is the mean, and 1 in a column beside
///  it.
/// Immutable and thread-safe.
class LinearColumns {
 public:
  /// @param most n-grams, and values of categories, to keep: the most frequent ones
  LinearColumns(const BaselineInputs& inputs, size_t most);
  [[nodiscard]] SparseRows operator()(const CutRows& rows) const;

  /// What of one row makes its values: each column's value in equal parts where it occurs, in no order.
  /// @param places of the row
  [[nodiscard]] std::vector<LinearPiece> pieces(const CutRows& row, const CutPlaces& places) const;

  struct Scale {
    double mean = 0, deviation = 0;
  };
  /// All that was learnt, as it is stored.
  struct State {
    std::vector<NgramVocabulary::Ngram> ngrams, categories;
    std::vector<float> inverse_frequencies;  // of the n-grams
    std::vector<Scale> scales;               // of the numbers
  };
  LinearColumns(bool spaceless, const State& state);
  [[nodiscard]] State state() const;
  [[nodiscard]] int64_t columns() const;

 private:
  [[nodiscard]] const UnitRows& texts(const CutRows& rows) const { return spaceless_ ? rows.characters : rows.words; }
  void learn_frequencies(const SparseRows& counts);
  void learn_scales(const CutRows& rows);
  [[nodiscard]] SparseRows weighted(const SparseRows& counts) const;
  [[nodiscard]] SparseRows scaled_numbers(const CutRows& rows) const;

  bool spaceless_;
  NgramVocabulary ngrams_, categories_;
  std::vector<float> inverse_frequencies_;  // of the n-grams; what a file can hold, so that loading changes nothing
  std::vector<Scale> scales_;               // of the numbers
};

}  // namespace attune
