// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "attune/core/json.hpp"
#include "attune/features/feature.hpp"
#include "attune/model/model_config.hpp"
#include "attune/nn/parameters.hpp"

namespace attune {

/// The vectors that a file has for the words of fitted text inputs, on their way into a network.
class PretrainedVectors {
 public:
  /// Reads config.vectors. @throws UsageError when no input has words; InputError, StoppedError as read_word_vectors.
  PretrainedVectors(const ModelConfig& config, const std::vector<std::shared_ptr<const InputFeature>>& inputs,
                    const std::function<bool()>& should_stop);

  /// Gives every input that has words a table of vectors.
  void describe(Json& network) const;

  /// Values (float) of a network so described: those tables are filled, all else is drawn. Call it only while this
  /// lives.
  ///
  /// Vectors are scaled alike, so that projected they are on average as long as an embedding is at first: 1, its W
  /// numbers being drawn with deviation 1 / sqrt(W). Files differ by a factor of ten in this, and what is short beside
  /// position vectors and other words is learned late. The embedding of a word that has a vector begins as 0: anything
  /// drawn would only be noise on what is known of the word.
  [[nodiscard]] ParameterSource into(ParameterSource drawn) const;

  /// File, hash, format, how much is covered and the notes on it, as JSON.
  [[nodiscard]] Json record() const;

 private:
  struct Input {
    size_t number;  ///< among the model's inputs
    VectorWords words;
  };
  /// What the file's vectors are multiplied by.
  [[nodiscard]] double scale(size_t input) const;
  void fill_vectors(size_t input, Tensor& table) const;      // [vocabulary, V]
  void clear_embeddings(size_t input, Tensor& table) const;  // [vocabulary, W]

  std::string file_;
  bool frozen_;
  int64_t width_;  ///< W
  std::vector<Input> inputs_;
  WordVectors vectors_;  ///< in the order of inputs_
};

}  // namespace attune
