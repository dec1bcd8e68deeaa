// SPDX-License-Identifier: Apache-2.0
//
// Files of word vectors in every form, read for an input that knows a few words.
#include "attune/features/word_vectors.hpp"

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "fuzz_target.hpp"

namespace attune::fuzz {
namespace {

void check(const WordVectors& vectors, size_t forms) {
  const auto& kept = vectors.inputs.at(0);
  if (kept.rows.size() != forms) throw std::logic_error("a row for each known word was expected");
  if (std::ssize(kept.values) != kept.covered * vectors.width) throw std::logic_error("vectors of another width");
  for (const auto row : kept.rows) {
    if (row >= kept.covered) throw std::logic_error("a row beyond the vectors");
  }
  for (const float value : kept.values) {
    if (!std::isfinite(value)) throw std::logic_error("a number that is not finite");
  }
}

}  // namespace

bool try_input(std::string_view bytes) {
  static const std::vector<std::string> forms = {"the", "of", "very", "很", "."};
  static const std::vector<int64_t> counts = {5, 4, 3, 2, 1};
  const std::vector<VectorWords> inputs = {{.column = "text",
                                            .forms = forms,
                                            .counts = counts,
                                            .tokens = 20,
                                            .first_id = 2,
                                            .fold = [](std::string_view word) {
                                              std::string folded(word);
                                              for (char& letter : folded)
                                                letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32)
                                                                                        : letter;
                                              return folded;
                                            }}};
  const auto path = as_file(bytes, "vectors");
  return refused_or([&] { check(read_word_vectors(path, inputs), forms.size()); });
}

}  // namespace attune::fuzz
