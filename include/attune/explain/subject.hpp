// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "attune/core/executor.hpp"
#include "attune/core/place.hpp"
#include "attune/data/table.hpp"
#include "attune/explain/scored.hpp"
#include "attune/model/model.hpp"

namespace attune {

/// Which answer to explain.
struct Question {
  size_t output = 0;
  std::optional<int64_t> of_class = {};  ///< of a class output; nothing: of each row the predicted one
};

/// A token as a person sees it.
struct SubjectToken {
  InputPlace place;  ///< the model's input, and where in its cell: for text, characters (code points)
  std::string text;  ///< the piece of input it stands for
};

/// Which tokens of a row stay; one flag a token.
using Keep = std::vector<bool>;

/// One row under a model, for one answer of it: what a method of explanation is given. It refers to the model, which
/// must outlive it. Immutable and thread-safe.
class Subject {
 public:
  [[nodiscard]] const Model& model() const { return *model_; }
  [[nodiscard]] const Question& question() const { return question_; }  ///< with the class, of a class output
  [[nodiscard]] const std::vector<SubjectToken>& tokens() const { return tokens_; }
  [[nodiscard]] const InputCells& cells() const { return cells_; }
  [[nodiscard]] const Prediction& prediction() const { return prediction_; }
  /// Of the whole row.
  [[nodiscard]] Scored scored() const { return scored_; }

  /// What the model makes of the row when it loses tokens: the network loses them after embedding, so that those that
  /// stay keep their positions and their n-grams; the linear part reads the cells without what they stand for. Subsets
  /// are scored in chunks of bounded memory; results do not depend on the executor. @throws UsageError for another
  /// number of flags than tokens.
  [[nodiscard]] std::vector<Scored> scores(std::span<const Keep> keeps, Executor& executor) const;

  // What methods that look inside are made of; each of one row.

  [[nodiscard]] const Tokens& embedded() const { return embedded_; }  ///< [T, W], with origins
  [[nodiscard]] const Tokens& hidden() const { return hidden_; }      ///< [T, W] out of the backbone
  /// [T, H]: the weights of a pool that allocates among positions; undefined for others.
  [[nodiscard]] const Tensor& pool_mass() const { return pool_mass_; }
  /// Null where it has no weight.
  [[nodiscard]] const LinearClassifier* linear() const;
  /// What the linear part reads in the row; empty without one.
  [[nodiscard]] std::vector<LinearPiece> linear_pieces() const;
  /// The two opinions put together, as the model does. @param log_probabilities of the linear part; empty without one
  [[nodiscard]] std::vector<double> pooled(std::span<const float> logits,
                                           std::span<const double> log_probabilities) const;

 private:
  friend class SubjectReader;
  Subject() = default;
  [[nodiscard]] std::vector<double> linear_opinion(const Keep& keep) const;
  [[nodiscard]] std::vector<Scored> chunk_scores(std::span<const Keep> keeps) const;

  const Model* model_ = nullptr;
  Question question_;
  InputCells cells_;
  std::vector<SubjectToken> tokens_;
  Prediction prediction_;
  Scored scored_;
  Tokens embedded_, hidden_;
  Tensor pool_mass_;
};

/// Rows made ready, at about the cost of predicting them. They hold two vectors a token; of a long table, read some
/// thousand rows at a time.
/// @throws UsageError for an output or class that the model does not have; InputError naming file and row.
[[nodiscard]] std::vector<Subject> read_subjects(const Model& model, const Table& table, std::span<const int64_t> rows,
                                                 const Question& question, Executor& executor);

}  // namespace attune
