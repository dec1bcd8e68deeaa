// SPDX-License-Identifier: Apache-2.0
#include "attune/features/text_units.hpp"

#include "attune/data/column_profile.hpp"
#include "cells.hpp"
#include "text/segmenter.hpp"
#include "text/text_options.hpp"

namespace attune {
namespace {

constexpr int64_t kRowsLookedAt = 10000;

}  // namespace

TextCut text_cut(const Json& options, bool characters) {
  TextOptions given;
  from_json(options, "text input", given);
  return {.characters = characters,
          .fold_case = given.lowercase == "yes" || (given.lowercase == "auto" && !characters),
          .compatibility = given.normalization == "nfkc"};
}

TextUnits::TextUnits(TextCut cut) {
  const UnitForm form(cut.compatibility, cut.fold_case);
  segmenter_ = cut.characters ? make_character_segmenter(form) : make_word_segmenter(form);
}

TextUnits::~TextUnits() = default;
TextUnits::TextUnits(TextUnits&&) noexcept = default;
TextUnits& TextUnits::operator=(TextUnits&&) noexcept = default;

std::vector<std::string> TextUnits::operator()(std::string_view cell) const {
  std::vector<std::string> forms;
  for (auto& unit : segmenter_->segment(cell)) forms.push_back(std::move(unit.form));
  return forms;
}

std::vector<Place> TextUnits::places(std::string_view cell) const {
  std::vector<Place> places;
  for (const auto& unit : segmenter_->segment(cell)) places.push_back(unit.place);
  return places;
}

double spaceless_share(const ColumnsView& texts) {
  auto looked_at = sample_rows(static_cast<int64_t>(texts.rows.size()), kRowsLookedAt);
  for (auto& row : looked_at) row = texts.rows[static_cast<size_t>(row)];
  ScriptShare script;
  for_each_cell({texts.table, texts.columns, looked_at}, [&](int64_t, std::string_view cell) { script.add(cell); });
  return script.share();
}

}  // namespace attune
