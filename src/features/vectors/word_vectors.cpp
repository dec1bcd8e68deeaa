// SPDX-License-Identifier: Apache-2.0
#include "attune/features/word_vectors.hpp"

#include <algorithm>

#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "attune/data/byte_stream.hpp"
#include "vectors/kept_words.hpp"
#include "vectors/vector_file.hpp"

namespace attune {
namespace {

constexpr size_t kWordsShown = 3;

/// `"the", "of" and "and"`; of long words the beginning.
std::string quoted(std::span<const std::string> words) {
  constexpr size_t kMostShown = 40;  // bytes
  std::vector<std::string> shown;
  for (const auto& word : words) shown.push_back("\"" + shortened(word, kMostShown) + "\"");
  return listed(shown);
}

double share(int64_t part, int64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string coverage_note(const VectorWords& words, const InputVectors& kept) {
  return "column \"" + words.column + "\": " + with_commas(kept.covered) + " of " +
         with_commas(std::ssize(words.forms)) + " known words have a vector (" +
         percent(share(kept.covered, std::ssize(words.forms))) + "), " +
         percent(share(kept.covered_tokens, words.tokens)) + " of the training tokens";
}

/// A vector of zeros tells nothing of its word; some files fill up with them.
int64_t count_zero_vectors(const InputVectors& kept, int64_t width) {
  int64_t zeros = 0;
  for (auto at = kept.values.begin(); at != kept.values.end(); at += width)
    zeros += std::all_of(at, at + width, [](float number) { return number == 0; });
  return zeros;
}

/// Bytes in, vectors out, whatever the format turns out to be.
class Reading {
 public:
  Reading(std::string file, std::span<const VectorWords> inputs)
      : file_(std::move(file)), inputs_(inputs), kept_(inputs) {}

  void take(std::string_view piece) {
    pending_ += piece;
    advance(/*last=*/false);
  }

  WordVectors finish() {
    advance(/*last=*/true);
    if (kept_.words() == 0)
      throw InputError(file_ + ": holds no word vectors; expected lines of a word and its numbers");
    const auto said = format_->finish();
    WordVectors result{.format = format_->format(),
                       .sha256 = {},
                       .width = format_->width(),
                       .words = kept_.words(),
                       .inputs = kept_.take(),
                       .notes = {}};
    check_overlap(result);
    add_notes(result, said);
    return result;
  }

 private:
  void advance(bool last) {
    size_t used = 0;
    if (format_ == nullptr) {
      format_ = recognise_vectors(file_, pending_, last, kept_, used);
      if (format_ == nullptr) return;
    }
    used += format_->take(std::string_view(pending_).substr(used), last);
    pending_.erase(0, used);
  }

  void check_overlap(const WordVectors& result) const {
    const auto is_covered = [](const InputVectors& input) { return input.covered > 0; };
    if (std::any_of(result.inputs.begin(), result.inputs.end(), is_covered)) return;
    std::string known;
    for (const auto& input : inputs_) {
      known += (known.empty() ? "" : "; ") + std::string("column \"") + input.column + "\" knows ";
      known += input.forms.empty() ? "no word at all"
                                   : quoted(input.forms.first(std::min(kWordsShown, input.forms.size()))) + " ..";
    }
    throw InputError(file_ + ": none of its " + counted(kept_.words(), "word") +
                     " is known to the model: it begins with " + quoted(kept_.first_words()) + ", " + known +
                     "; give vectors of the language and the unit (words, characters) of the text, or leave them out");
  }

  void add_notes(WordVectors& result, const std::string& said) const {
    const auto note = [&](const std::string& text) { result.notes.push_back(file_ + ": " + text); };
    note(counted(result.words, "word vector") + " of " + counted(result.width, "number") + " (" + result.format + ")");
    for (size_t i = 0; i < inputs_.size(); ++i) {
      note(coverage_note(inputs_[i], result.inputs[i]));
      const auto zeros = count_zero_vectors(result.inputs[i], result.width);
      if (zeros > 0)
        note("column \"" + inputs_[i].column + "\": " + counted(zeros, "vector") + " of nothing but zeros");
    }
    if (!said.empty()) note(said);
    if (kept_.repeated() > 0) note(counted(kept_.repeated(), "known word") + " more than once; the first counts");
    if (kept_.unreadable() > 0) note(counted(kept_.unreadable(), "word") + " empty or not valid UTF-8; skipped");
  }

  std::string file_;
  std::span<const VectorWords> inputs_;
  KeptWords kept_;
  std::unique_ptr<VectorFile> format_;
  std::string pending_;  // bytes of an entry that is not there as a whole
};

}  // namespace

WordVectors read_word_vectors(const std::filesystem::path& path, std::span<const VectorWords> inputs,
                              const std::function<bool()>& should_stop) {
  Reading reading(path.string(), inputs);
  auto sha256 = stream_file(path, [&](std::string_view piece) {
    if (should_stop && should_stop()) throw StoppedError(path.string() + ": stopped while it was read");
    reading.take(piece);
  });
  auto result = reading.finish();
  result.sha256 = std::move(sha256);
  return result;
}

}  // namespace attune
