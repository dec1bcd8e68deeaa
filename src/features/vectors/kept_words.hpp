// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "attune/features/word_vectors.hpp"

namespace attune {

/// Takes the vectors of a file one after another and keeps those that inputs need.
class KeptWords {
 public:
  /// @param inputs outlive it
  explicit KeptWords(std::span<const VectorWords> inputs);

  void add(std::string_view word, std::span<const float> numbers);

  [[nodiscard]] int64_t words() const { return words_; }
  [[nodiscard]] int64_t repeated() const { return repeated_; }      ///< known words that stood there before
  [[nodiscard]] int64_t unreadable() const { return unreadable_; }  ///< empty, or not valid UTF-8
  [[nodiscard]] const std::vector<std::string>& first_words() const { return first_words_; }
  /// What each input has, with what share it covers. Call once, last.
  [[nodiscard]] std::vector<InputVectors> take();

 private:
  enum class Match : uint8_t { kNone, kFolded, kExact };
  struct Input {
    const VectorWords* words;
    std::unordered_map<std::string_view, size_t> index;  // of forms
    std::vector<Match> matches;                          // [forms]
    InputVectors kept;
  };
  /// False when the word had a vector already.
  static bool keep(Input& input, size_t form, Match match, std::span<const float> numbers);
  static bool offer(Input& input, std::string_view word, std::span<const float> numbers);

  std::vector<Input> inputs_;
  std::vector<std::string> first_words_;
  int64_t words_ = 0, repeated_ = 0, unreadable_ = 0;
};

}  // namespace attune
