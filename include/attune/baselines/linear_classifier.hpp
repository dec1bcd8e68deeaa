// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "attune/baselines/baseline.hpp"
#include "attune/core/json.hpp"
#include "attune/data/table.hpp"
#include "attune/features/schema.hpp"

namespace attune {

/// What a linear part reads in one place of a row: an n-gram, a category or a number.
struct LinearPiece {
  int32_t column = 0;
  double value = 0;  ///< its part of the column's value, which n-grams that occur several times share equally
  InputPlace place;  ///< of an n-gram of two units, both and what lies between
};

/// The logistic regression of the baselines as a part of a model: over n-grams of one and two units of the texts,
/// categories and numbers, it says what a network with few rows learns badly, while the network says what depends on
/// order and place. Immutable and thread-safe.
class LinearClassifier {
 public:
  /// Rows of a table and their classes: class numbers, or kUnseenLabel.
  struct Rows {
    const Table& table;
    std::span<const int64_t> rows;
    std::span<const int64_t> labels;  ///< [rows]
  };
  /// @param inputs of the model; outputs are not read
  /// @param training to fit on, with labels below `classes`; as many of the rows as baseline_rows() allows are taken
  /// @param held_out rows of the same columns, whose likelihood chooses the cost
  /// @throws StoppedError, and what reading the tables throws.
  LinearClassifier(const Schema& inputs, const Rows& training, const Rows& held_out, int64_t classes,
                   const BaselineControl& control);
  ~LinearClassifier();

  /// [rows, classes] ln P(class | row), in the calling thread. @throws InputError when the table lacks a column, and
  /// what reading it throws.
  [[nodiscard]] std::vector<float> log_probabilities(const Table& table, std::span<const int64_t> rows) const;
  /// The same of one row, of no table. [classes]
  [[nodiscard]] std::vector<float> log_probabilities(const InputCells& cells) const;

  /// What it reads in a row, and what follows when all of it counts `share` times: 0 is a row without anything, 1 the
  /// row as it is.
  [[nodiscard]] std::vector<LinearPiece> pieces(const InputCells& cells) const;
  [[nodiscard]] std::vector<double> log_probabilities(std::span<const LinearPiece> pieces, double share) const;
  /// Per piece, how fast the sum over classes of direction[c] * ln P(c) grows at that point as the piece's own share
  /// does: the derivative by its value, times the value. @param direction [classes]
  [[nodiscard]] std::vector<double> slopes(std::span<const LinearPiece> pieces, double share,
                                           std::span<const double> direction) const;
  [[nodiscard]] int64_t classes() const { return classes_; }
  [[nodiscard]] int64_t columns() const;

  /// As it stands in a file: what is large as numbers, the rest as JSON.
  struct Stored {
    Json fields;
    std::vector<int32_t> ngrams;             ///< [n-grams, 2] units; the second is -1 of a single one
    std::vector<float> inverse_frequencies;  ///< [n-grams]
    std::vector<float> weights;              ///< [problems, columns + 1], the constants last
  };
  [[nodiscard]] Stored stored() const;
  /// @throws ModelFileError for parts that do not belong together.
  LinearClassifier(const Schema& inputs, int64_t classes, const Stored& stored);

 private:
  struct Parts;
  /// What each problem of the regression makes of the pieces.
  [[nodiscard]] std::vector<double> problem_values(std::span<const LinearPiece> pieces, double share) const;
  int64_t classes_;
  std::unique_ptr<const Parts> parts_;
};

}  // namespace attune
