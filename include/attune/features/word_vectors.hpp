// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune {

/// The words that an input would have pretrained vectors for, as it knows them once it is fitted. The spans are the
/// feature's own.
struct VectorWords {
  std::string column;                    ///< for notes
  std::span<const std::string> forms;    ///< the words, as the input compares them, the most frequent first
  std::span<const int64_t> counts = {};  ///< how often each stands among the training tokens
  int64_t tokens = 0;                    ///< training tokens, those of unknown words among them
  int64_t first_id = 0;                  ///< forms[i] has the id first_id + i
  std::function<std::string(std::string_view)> fold;  ///< a word (UTF-8) to the form in which it is compared
};

/// What a file of word vectors holds for one input.
struct InputVectors {
  std::vector<int64_t> rows;   ///< [forms]: the word's row of `values`, -1: it has no vector
  std::vector<float> values;   ///< [covered, width]
  int64_t covered = 0;         ///< words with a vector
  int64_t covered_tokens = 0;  ///< training tokens that are such words
};

/// What was kept of a file of word vectors, and what was seen of the rest.
struct WordVectors {
  std::string format;  ///< "text", "text with a first line" or "word2vec binary"
  std::string sha256;  ///< of the file as it lies on the disk
  int64_t width = 0;   ///< numbers a vector
  int64_t words = 0;   ///< vectors in the file
  std::vector<InputVectors> inputs;
  std::vector<std::string> notes;  ///< sentences for a person: how much is covered, what was skipped
};

/// The most numbers a vector may have; a file that says more is refused before anything is allocated.
constexpr int64_t kWidestVector = 4096;

/// Reads pretrained word vectors, once and from front to end, and keeps those of words that an input knows; beside them
/// it takes a few megabytes, however long the file. Recognised by content, gzip or not:
///
///     GloVe text               the 0.418 0.24968 ..                    Pennington, Socher, Manning 2014
///     word2vec, fastText text  400000 300, then lines as above         Mikolov et al. 2013, arXiv:1301.3781;
///                                                                      Bojanowski et al. 2017, arXiv:1607.04606
///     word2vec binary          3000000 300, then words with float32
///
/// A known word takes the vector of the very same word, else of the first that `fold` turns into it: files begin with
/// the most frequent words. Words that stand there twice keep their first vector; words that are not valid UTF-8 are
/// skipped; both are counted. Every number is checked, also of words that nobody needs.
/// @param should_stop asked for every 64 KiB; empty: never
/// @throws InputError naming the file, and line or word: vectors of different lengths, something that is no number, not
/// finite, longer than kWidestVector; a file that is empty, truncated, of another format, or without any word that an
/// input knows. StoppedError when should_stop says so.
[[nodiscard]] WordVectors read_word_vectors(const std::filesystem::path& path, std::span<const VectorWords> inputs,
                                            const std::function<bool()>& should_stop = {});

}  // namespace attune
