// SPDX-License-Identifier: Apache-2.0
#include "text/subwords.hpp"

#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

#include <algorithm>
#include <unordered_map>

#include "attune/core/error.hpp"
#include "text/subword_text.hpp"

namespace attune {
namespace {

constexpr size_t kLongestSentence = 4000;       // bytes; sentencepiece skips sentences above 4,192
constexpr size_t kMostText = size_t{64} << 20;  // bytes; training needs some twenty times as much memory
constexpr double kCoverage = 0.9995;            // sentencepiece's own: the rarest characters train the unknown unit

/// Training text: non-blank sentences and how often each character occurs in them.
struct Corpus {
  std::vector<std::string> sentences;
  std::unordered_map<std::string, int64_t> characters;
  size_t bytes = 0;
  int64_t cells_left_out = 0;
};

bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

/// Where to end a sentence that begins at `begin`: at the last space that fits, else at the last whole character.
size_t sentence_end(const std::string& text, size_t begin) {
  if (text.size() - begin <= kLongestSentence) return text.size();
  const auto space = std::string_view(text).substr(begin, kLongestSentence + 1).rfind(' ');
  if (space != std::string_view::npos && space > 0) return begin + space;
  auto end = begin + kLongestSentence;
  while (continues_character(text[end])) --end;
  return end;
}

void count_characters(std::string_view sentence, Corpus& corpus) {
  for (size_t begin = 0; begin < sentence.size();) {
    auto end = begin + 1;
    while (end < sentence.size() && continues_character(sentence[end])) ++end;
    ++corpus.characters[std::string(sentence.substr(begin, end - begin))];
    begin = end;
  }
}

void add_cell(std::string_view cell, UnitForm form, Corpus& corpus) {
  if (corpus.bytes > kMostText) {
    ++corpus.cells_left_out;
    return;
  }
  const SubwordText prepared(cell, form);
  const auto& text = prepared.text();
  for (size_t begin = 0; begin < text.size();) {
    const auto end = sentence_end(text, begin);
    auto sentence = text.substr(begin, end - begin);
    begin = end;
    if (sentence.find_first_not_of(' ') == std::string::npos) continue;
    count_characters(sentence, corpus);
    corpus.bytes += sentence.size();
    corpus.sentences.push_back(std::move(sentence));
  }
}

/// An upper bound on the characters that sentencepiece insists on having as pieces: the most frequent ones that make up
/// kCoverage of the text.
int64_t required_characters(const Corpus& corpus) {
  std::vector<int64_t> counts;
  int64_t total = 0;
  for (const auto& [character, count] : corpus.characters) {
    counts.push_back(count);
    total += count;
  }
  std::sort(counts.begin(), counts.end(), std::greater<>());
  int64_t required = 0, covered = 0;
  for (const auto count : counts) {
    if (static_cast<double>(covered) > kCoverage * static_cast<double>(total)) break;
    covered += count;
    ++required;
  }
  return required + 4;  // the unknown piece, the space, and rounding
}

class CorpusIterator final : public sentencepiece::SentenceIterator {
 public:
  explicit CorpusIterator(const std::vector<std::string>& sentences) : sentences_(sentences) {}
  [[nodiscard]] bool done() const override { return next_ >= sentences_.size(); }
  void Next() override { ++next_; }
  [[nodiscard]] const std::string& value() const override { return sentences_[next_]; }
  [[nodiscard]] sentencepiece::util::Status status() const override { return {}; }

 private:
  const std::vector<std::string>& sentences_;
  size_t next_ = 0;
};

std::string train_model(const Corpus& corpus, int64_t pieces) {
  CorpusIterator sentences(corpus.sentences);
  std::string model;
  const auto status = sentencepiece::SentencePieceTrainer::Train(
      {{"model_type", "unigram"},
       {"vocab_size", std::to_string(pieces)},
       {"hard_vocab_limit", "false"},  // a small corpus gives fewer pieces instead of an error
       {"character_coverage", std::to_string(kCoverage)},
       {"normalization_rule_name", "identity"},  // done before, so that places stay known
       {"num_threads", "2"},                     // a constant, for the pieces depend on it
       {"shuffle_input_sentence", "false"},
       {"unk_id", "0"},
       {"bos_id", "-1"},
       {"eos_id", "-1"},
       {"minloglevel", "3"}},  // a library does not print
      &sentences, &model);
  if (!status.ok()) throw Error("sentencepiece cannot learn subwords: " + status.ToString());
  return model;
}

std::unique_ptr<sentencepiece::SentencePieceProcessor> load_model(const std::string& bytes) {
  auto processor = std::make_unique<sentencepiece::SentencePieceProcessor>();
  if (const auto status = processor->LoadFromSerializedProto(bytes); !status.ok()) {
    throw ModelFileError("subwords: not a sentencepiece model: " + status.ToString());
  }
  return processor;
}

class SubwordSegmenter final : public Segmenter {
 public:
  SubwordSegmenter(UnitForm form, const std::string& model_bytes) : form_(form) {
    if (!model_bytes.empty()) processor_ = load_model(model_bytes);
  }

  [[nodiscard]] std::vector<Unit> segment(std::string_view cell) const override {
    const SubwordText text(cell, form_);
    const auto whole = text.place(0, text.text().size());
    if (whole.begin == whole.end) return {};
    if (!processor_) return {{text.text(), whole}};
    std::vector<Unit> units;
    const auto pieces = processor_->EncodeAsImmutableProto(text.text());
    units.reserve(pieces.pieces_size());
    for (size_t i = 0; i < pieces.pieces_size(); ++i) {
      const auto piece = pieces.pieces(static_cast<int>(i));
      const auto place = text.place(piece.begin(), piece.end());
      if (place.begin < place.end) units.push_back({piece.piece(), place});  // else a space that joined no word
    }
    return units;
  }

 private:
  UnitForm form_;
  std::unique_ptr<const sentencepiece::SentencePieceProcessor> processor_;
};

}  // namespace

SubwordModel train_subwords(const ForEachCell& cells, UnitForm form, int64_t pieces) {
  Corpus corpus;
  cells([&](std::string_view cell) { add_cell(cell, form, corpus); });
  SubwordModel model;
  if (corpus.sentences.empty()) return model;
  const auto required = required_characters(corpus);
  if (required > pieces) {
    model.notes.push_back("subwords: " + std::to_string(required) + " pieces instead of " + std::to_string(pieces) +
                          ", for so many different characters make up the text");
  }
  model.bytes = train_model(corpus, std::max(pieces, required));
  const auto learnt = load_model(model.bytes)->GetPieceSize();
  if (learnt < pieces) {
    model.notes.push_back("subwords: " + std::to_string(learnt) + " pieces instead of " + std::to_string(pieces) +
                          ", for the training text holds no more");
  }
  if (corpus.cells_left_out > 0) {
    model.notes.push_back("subwords: learnt from the first " + std::to_string(corpus.bytes >> 20) + " MiB of text; " +
                          std::to_string(corpus.cells_left_out) + " later texts were left out");
  }
  return model;
}

std::unique_ptr<const Segmenter> make_subword_segmenter(UnitForm form, const std::string& model_bytes) {
  return std::make_unique<SubwordSegmenter>(form, model_bytes);
}

std::string sentencepiece_version() { return ATTUNE_SENTENCEPIECE_VERSION; }

}  // namespace attune
