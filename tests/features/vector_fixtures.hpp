// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "attune/features/word_vectors.hpp"

namespace attune::testing {

/// Words and their numbers, as they stand in a file.
using Entries = std::vector<std::pair<std::string, std::vector<float>>>;

/// Lower-cases ASCII, the fold of these tests.
inline std::string lower(std::string_view word) {
  std::string text(word);
  for (auto& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c);
  return text;
}

/// An input that knows these words; the first is seen as often as there are words, the last once, and one token more is
/// unknown.
class Known {
 public:
  explicit Known(std::vector<std::string> forms) : forms_(std::move(forms)) {
    for (size_t i = forms_.size(); i > 0; --i) counts_.push_back(static_cast<int64_t>(i));
  }
  [[nodiscard]] VectorWords words(const std::string& column = "c") const {
    const auto n = std::ssize(forms_);
    return {.column = column,
            .forms = forms_,
            .counts = counts_,
            .tokens = n * (n + 1) / 2 + 1,
            .first_id = 2,
            .fold = lower};
  }

 private:
  std::vector<std::string> forms_;
  std::vector<int64_t> counts_;
};

inline std::string text_lines(const Entries& entries, const std::string& blank = " ", const std::string& end = "\n") {
  std::string text;
  for (const auto& [word, numbers] : entries) {
    text += word;
    for (const float number : numbers) text += blank + std::to_string(number);
    text += end;
  }
  return text;
}

inline std::string header(const Entries& entries) {
  return std::to_string(entries.size()) + " " + std::to_string(entries.front().second.size()) + "\n";
}

/// word2vec's binary form. @param end behind each word: "\n" by word2vec, nothing by gensim
inline std::string binary(const Entries& entries, const std::string& end = "\n") {
  std::string bytes = header(entries);
  for (const auto& [word, numbers] : entries) {
    std::string floats(numbers.size() * sizeof(float), '\0');
    std::memcpy(floats.data(), numbers.data(), floats.size());
    bytes += word + " " + floats + end;
  }
  return bytes;
}

/// The vector that was kept for a word of an input, empty where there is none.
inline std::vector<float> vector_of(const WordVectors& vectors, size_t word, size_t input = 0) {
  const auto& kept = vectors.inputs.at(input);
  const auto row = kept.rows.at(word);
  if (row < 0) return {};
  const auto begin = kept.values.begin() + row * vectors.width;
  return {begin, begin + vectors.width};
}

}  // namespace attune::testing
