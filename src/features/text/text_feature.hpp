// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "attune/features/feature.hpp"
#include "text/ngrams.hpp"
#include "text/segmenter.hpp"
#include "text/text_options.hpp"
#include "vocabulary.hpp"

namespace attune {

/// Text in one column, as a run of ids: characters, words or subwords.
class TextFeature final : public InputFeature {
 public:
  /// `column`: its name, for messages.
  TextFeature(TextOptions options, std::string column);
  [[nodiscard]] static std::unique_ptr<TextFeature> load(const Json& state);

  [[nodiscard]] std::string type() const override { return "text"; }
  void fit(const ColumnsView& training, uint64_t seed) override;
  [[nodiscard]] Encoding empty_encoding() const override;
  void encode(std::span<const std::string_view> cells, Encoding& batch) const override;
  [[nodiscard]] TokenCount count_tokens(std::span<const std::string_view> cells) const override;
  [[nodiscard]] Json embedder() const override;
  [[nodiscard]] std::string show(std::span<const std::string_view> cells, Place place) const override;
  [[nodiscard]] bool has_text_places() const override { return true; }
  [[nodiscard]] std::vector<std::string> erase(std::span<const std::string_view> cells,
                                               std::span<const Place> places) const override;
  [[nodiscard]] std::optional<VectorWords> vector_words() const override;
  [[nodiscard]] Json state() const override;
  [[nodiscard]] std::vector<std::string> load_notes() const override;
  [[nodiscard]] std::vector<std::string> notes() const override;

 private:
  /// What fit decides besides the vocabulary.
  struct Decisions {
    std::string unit;  // characters, words or subwords
    bool fold_case = false;
    std::string subwords;  // sentencepiece model, for unit = subwords
  };
  [[nodiscard]] Decisions decide(const ColumnsView& training);
  void decide_unit(const ColumnsView& training, Decisions& decisions);
  void count_units(const ColumnsView& training);
  [[nodiscard]] UnitForm unit_form() const;
  void prepare_segmenter();
  void note(std::string sentence);
  void append_further(std::span<const Unit> units, Ids& ids) const;
  void compare_versions();

  TextOptions options_;
  std::string column_;
  Decisions decisions_;
  std::unique_ptr<const Segmenter> segmenter_;
  Ngrams ngrams_;
  Vocabulary vocabulary_;
  std::vector<int64_t> counts_;  // of the vocabulary's units among the training tokens; only of a fitted feature
  int64_t training_tokens_ = 0;
  Json trained_with_;  // versions of the libraries, and how they cut the probe
  std::vector<std::string> fit_notes_, load_notes_;
};

}  // namespace attune
