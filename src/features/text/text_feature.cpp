// SPDX-License-Identifier: Apache-2.0
#include "text/text_feature.hpp"

#include <algorithm>
#include <cassert>

#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "attune/features/text_units.hpp"
#include "cells.hpp"
#include "state_reader.hpp"
#include "text/base64.hpp"
#include "text/subwords.hpp"

namespace attune {
namespace {

/// Segmented and stored when fitted, and again when loaded: tells whether this machine's ICU and sentencepiece cut text
/// as the training machine's did. Spaces, an apostrophe, a decimal point, Chinese, Japanese, Thai, Khmer, Arabic, a
/// combining accent, and an emoji sequence.
constexpr std::string_view kProbe =
    "The cat can't pay 3.14 €, e.g. at example.com. 注意力机制很重要。私は学生です。ภาษาไทยง่ายมาก ភាសាខ្មែរ "
    "كتاب جديد e\u0301te\u0301 \U0001F469\u200D\U0001F4BB!";

std::unique_ptr<const Segmenter> segmenter_for(const std::string& unit, UnitForm form, const std::string& subwords) {
  if (unit == "characters") return make_character_segmenter(form);
  if (unit == "subwords") return make_subword_segmenter(form, subwords);
  return make_word_segmenter(form);
}

/// The versions of the libraries, and how they cut the probe.
Json environment(const Segmenter& segmenter) {
  auto units = Json::array();
  for (const auto& unit : segmenter.segment(kProbe)) units.push_back(unit.form);
  return {{"icu", icu_version()},
          {"unicode", unicode_version()},
          {"sentencepiece", sentencepiece_version()},
          {"probe", std::move(units)}};
}

std::string printed_versions(const Json& environment) {
  std::string text;
  for (const auto* library : {"icu", "unicode", "sentencepiece"}) {
    text += (text.empty() ? "" : ", ") + std::string(library) + " " + environment.value(library, "unknown");
  }
  return text;
}

void append_token(int64_t id, Place place, Ids& ids) {
  ids.ids.push_back(id);
  ids.places.push_back(place);
}

}  // namespace

TextFeature::TextFeature(TextOptions options, std::string column)
    : options_(std::move(options)), column_(std::move(column)) {
  check_text_options(options_, "text input \"" + column_ + "\"");
}

void TextFeature::fit(const ColumnsView& training, uint64_t /*seed*/) {
  fit_notes_.clear();
  decisions_ = decide(training);
  prepare_segmenter();
  trained_with_ = environment(*segmenter_);
  count_units(training);
}

TextFeature::Decisions TextFeature::decide(const ColumnsView& training) {
  Decisions decisions;
  decide_unit(training, decisions);
  decisions.fold_case = options_.lowercase == "yes" || (options_.lowercase == "auto" && decisions.unit == "words");
  if (decisions.unit != "subwords") return decisions;

  const auto each_cell = [&](const std::function<void(std::string_view)>& visit) {
    for_each_cell(training, [&](int64_t, std::string_view cell) { visit(cell); });
  };
  auto model = train_subwords(each_cell, {options_.normalization == "nfkc", decisions.fold_case}, options_.pieces);
  decisions.subwords = std::move(model.bytes);
  for (auto& sentence : model.notes) note(std::move(sentence));
  return decisions;
}

void TextFeature::decide_unit(const ColumnsView& training, Decisions& decisions) {
  decisions.unit = options_.unit;
  if (options_.unit != "auto") return;
  const auto share = spaceless_share(training);
  decisions.unit = share >= kSpacelessShare ? "characters" : "words";
  note("unit: " + decisions.unit + " (" + percent(share) +
       " of the letters are Han, Hiragana, Katakana, Thai, Lao or Khmer; characters from " + percent(kSpacelessShare) +
       ")");
}

UnitForm TextFeature::unit_form() const { return {options_.normalization == "nfkc", decisions_.fold_case}; }

void TextFeature::prepare_segmenter() {
  ngrams_ = ngrams_for(options_, decisions_.unit);
  segmenter_ = segmenter_for(decisions_.unit, unit_form(), decisions_.subwords);
}

void TextFeature::count_units(const ColumnsView& training) {
  UnitCounter counter;
  for_each_cell(training, [&](int64_t row, std::string_view cell) {
    try {
      for (const auto& unit : segmenter_->segment(cell)) counter.add(unit.form);
    } catch (const InputError& error) {
      throw cell_error(training.table, row, training.columns.front(), error.what());
    }
  });
  std::vector<std::string> units;
  int64_t known = 0;
  counts_.clear();
  training_tokens_ = counter.tokens();
  for (auto& unit : counter.most_frequent(options_.min_count, static_cast<size_t>(options_.max_vocabulary))) {
    known += unit.count;
    counts_.push_back(unit.count);
    units.push_back(std::move(unit.form));
  }
  note("vocabulary: " + with_commas(static_cast<int64_t>(units.size())) + " of " +
       counted(static_cast<int64_t>(counter.distinct()), "different unit") + " (seen " +
       counted(options_.min_count, "time") + " or more, at most " + with_commas(options_.max_vocabulary) + "), " +
       percent(counter.tokens() == 0 ? 0 : 1 - static_cast<double>(known) / static_cast<double>(counter.tokens())) +
       " of " + with_commas(counter.tokens()) + " training tokens are unknown");
  if (counter.tokens() == 0) note("no training row holds any text");
  if (counter.tokens() > 0 && known == 0) note("every token is unknown; with so few rows give min_count=1");
  if (counter.forgotten_up_to() > 0) {
    note("more than " + with_commas(UnitCounter::kMost) + " different units: those seen up to " +
         counted(counter.forgotten_up_to(), "time") + " were dropped while counting");
  }
  vocabulary_ = Vocabulary(std::move(units));
}

void TextFeature::note(std::string sentence) {
  fit_notes_.push_back("column \"" + column_ + "\": " + std::move(sentence));
}

Encoding TextFeature::empty_encoding() const {
  Ids ids;
  if (ngrams_.rows > 0) ids.further_offsets = {0};
  return ids;
}

void TextFeature::encode(std::span<const std::string_view> cells, Encoding& batch) const {
  assert(segmenter_ && cells.size() == 1);
  auto& ids = std::get<Ids>(batch);
  auto units = segmenter_->segment(cells.front());
  if (units.size() > static_cast<size_t>(options_.max_length)) units.resize(static_cast<size_t>(options_.max_length));
  for (const auto& unit : units) append_token(vocabulary_.id(unit.form), unit.place, ids);
  if (units.empty()) append_token(Vocabulary::kEmpty, Place{}, ids);
  ids.offsets.push_back(static_cast<int64_t>(ids.ids.size()));
  if (ngrams_.rows > 0) append_further(units, ids);
}

void TextFeature::append_further(std::span<const Unit> units, Ids& ids) const {
  for (size_t i = 0; i < units.size(); ++i) {
    if (decisions_.unit == "characters") {
      append_unit_ngrams(units.subspan(i), ngrams_, ids.further);
    } else {
      append_character_ngrams(units[i].form, ngrams_, ids.further);
    }
    ids.further_offsets.push_back(static_cast<int64_t>(ids.further.size()));
  }
  if (units.empty()) ids.further_offsets.push_back(static_cast<int64_t>(ids.further.size()));
}

TokenCount TextFeature::count_tokens(std::span<const std::string_view> cells) const {
  const auto units = static_cast<int64_t>(segmenter_->segment(cells.front()).size());
  return {.tokens = std::clamp<int64_t>(units, 1, options_.max_length),
          .cut_off = std::max<int64_t>(units - options_.max_length, 0)};
}

Json TextFeature::embedder() const {
  return {{"kind", "ids"},
          {"vocabulary", vocabulary_.size()},
          {"further", ngrams_.rows},
          {"unknown", Vocabulary::kUnknown}};
}

std::string TextFeature::show(std::span<const std::string_view> cells, Place place) const {
  if (place.begin == place.end) return "(empty)";
  return std::string(code_points(cells.front(), place));
}

std::vector<std::string> TextFeature::erase(std::span<const std::string_view> cells,
                                            std::span<const Place> places) const {
  return {without(cells.front(), places, /*stay_apart=*/decisions_.unit != "characters")};
}

std::optional<VectorWords> TextFeature::vector_words() const {
  const bool fitted = std::ssize(counts_) == std::ssize(vocabulary_.units());
  if (decisions_.unit == "subwords" || !fitted) return {};
  return VectorWords{.column = column_,
                     .forms = vocabulary_.units(),
                     .counts = counts_,
                     .tokens = training_tokens_,
                     .first_id = Vocabulary::kFirstUnit,
                     .fold = [form = unit_form()](std::string_view word) {
                       const auto text = decode_utf8(word);
                       return form(text, 0, text.length());
                     }};
}

Json TextFeature::state() const {
  return {{"type", type()},
          {"column", column_},
          {"options", to_json(options_)},
          {"unit", decisions_.unit},
          {"fold_case", decisions_.fold_case},
          {"subwords", to_base64(decisions_.subwords)},
          {"vocabulary", vocabulary_.units()},
          {"trained_with", trained_with_},
          {"notes", fit_notes_}};
}

std::unique_ptr<TextFeature> TextFeature::load(const Json& state) {
  const StateReader reader(state, "state of a text input");
  auto feature = std::make_unique<TextFeature>(reader.options<TextOptions>(), reader.text("column"));
  feature->decisions_ = {reader.text("unit"), reader.boolean("fold_case"), {}};
  const auto& unit = feature->decisions_.unit;
  if (unit != "characters" && unit != "words" && unit != "subwords")
    reader.fail("unit", "characters, words or subwords");
  auto subwords = from_base64(reader.text("subwords"));
  if (!subwords) reader.fail("subwords", "a text in base64");
  feature->decisions_.subwords = std::move(*subwords);
  feature->prepare_segmenter();
  feature->vocabulary_ = Vocabulary(reader.texts("vocabulary"));
  feature->fit_notes_ = reader.texts("notes");
  feature->trained_with_ = reader.object("trained_with");
  feature->compare_versions();
  return feature;
}

void TextFeature::compare_versions() {
  const auto here = environment(*segmenter_);
  if (trained_with_ == here) return;
  const bool same_cuts = trained_with_.value("probe", Json()) == here["probe"];
  load_notes_.push_back("column \"" + column_ + "\": trained with " + printed_versions(trained_with_) + ", read with " +
                        printed_versions(here) +
                        (same_cuts
                             ? "; a probe text is cut in the same way"
                             : "; a probe text is cut differently here, so predictions may differ: retrain, or use "
                               "the libraries the model was trained with"));
}

std::vector<std::string> TextFeature::load_notes() const { return load_notes_; }

std::vector<std::string> TextFeature::notes() const {
  auto all = fit_notes_;
  all.insert(all.end(), load_notes_.begin(), load_notes_.end());
  return all;
}

}  // namespace attune
