// SPDX-License-Identifier: Apache-2.0
#include "category/category_output.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "attune/data/column_profile.hpp"
#include "category/class_names.hpp"
#include "cells.hpp"
#include "state_reader.hpp"

namespace attune {
namespace {

constexpr size_t kManyClasses = 1000;
constexpr size_t kMostPairsNamed = 10;

std::vector<std::string> different_labels(const ColumnsView& all) {
  StringMap<bool> seen;
  for_each_cell(all, [&](int64_t row, std::string_view cell) {
    if (without_blanks(cell).empty()) {
      throw cell_error(all.table, row, all.columns.front(),
                       "expected a class, found an empty cell; give it a value or take the row out");
    }
    if (!seen.contains(cell)) seen.emplace(cell, true);
  });
  std::vector<std::string> labels;
  for (const auto& [label, unused] : seen) labels.push_back(label);
  return labels;
}

/// Softmax in double, shifted so that the largest exponent is 0.
std::vector<double> softmax(std::span<const float> scores) {
  const double largest = *std::max_element(scores.begin(), scores.end());
  std::vector<double> shares;
  for (const float score : scores) shares.push_back(std::exp(static_cast<double>(score) - largest));
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  for (auto& share : shares) share /= sum;
  return shares;
}

}  // namespace

void CategoryOutput::fit(const ColumnsView& all, const ColumnsView& training) {
  notes_.clear();
  set_classes(different_labels(all));
  counts_.assign(classes_.size(), 0);
  for_each_cell(training, [&](int64_t, std::string_view cell) {
    if (const auto number = class_of(cell); number >= 0) ++counts_[static_cast<size_t>(number)];
  });
  check_counts(training);
  note_oddities();
}

void CategoryOutput::set_classes(std::vector<std::string> classes) {
  sort_class_names(classes);
  classes_ = std::move(classes);
  numbers_.clear();
  for (size_t i = 0; i < classes_.size(); ++i) numbers_.emplace(classes_[i], static_cast<int64_t>(i));
}

int64_t CategoryOutput::class_of(std::string_view cell) const {
  const auto found = numbers_.find(cell);
  return found == numbers_.end() ? -1 : found->second;
}

void CategoryOutput::check_counts(const ColumnsView& training) const {
  const auto where = training.table.name() + ", column \"" + column_ + "\": ";
  if (classes_.empty()) throw InputError(where + "no row; give at least two rows of different classes");
  if (classes_.size() == 1) {
    throw InputError(where + "expected at least two classes, found only " + in_quotes(classes_.front()) +
                     " in every row; there is nothing to tell apart, choose another output column or add rows");
  }
}

void CategoryOutput::note_oddities() {
  const auto where = "column \"" + column_ + "\": ";
  const auto pairs = look_alikes(classes_);
  for (size_t i = 0; i < std::min(pairs.size(), kMostPairsNamed); ++i) {
    notes_.push_back("warning: " + where + "the classes " + in_quotes(pairs[i].first) + " and " +
                     in_quotes(pairs[i].second) + " differ only by blanks or case; is it one class?");
  }
  if (pairs.size() > kMostPairsNamed) {
    const auto further = static_cast<int64_t>(pairs.size() - kMostPairsNamed);
    notes_.push_back("warning: " + where + counted(further, "further pair") + " of classes " +
                     (further == 1 ? "differs" : "differ") + " in this way");
  }
  for (const auto& name : classes_) {
    if (!is_missing_number(name)) continue;
    notes_.push_back(where + in_quotes(name) +
                     " is a class like any other; if it stands for a missing label, take its rows out");
  }
  if (classes_.size() > kManyClasses) {
    notes_.push_back(where + with_commas(static_cast<int64_t>(classes_.size())) +
                     " classes; is it a number? Then give its type as :number");
  }
  const auto unseen = std::count(counts_.begin(), counts_.end(), 0);
  if (unseen > 0) {
    notes_.push_back(where + std::to_string(unseen) + " of " + std::to_string(classes_.size()) +
                     (unseen == 1 ? " classes has" : " classes have") + " no training row and cannot be learnt");
  }
}

void CategoryOutput::encode(std::string_view cell, Targets& batch) const {
  std::get<ClassTargets>(batch).push_back(class_of(cell));
}

Json CategoryOutput::head() const { return {{"kind", "class"}, {"classes", classes_.size()}}; }

Prediction CategoryOutput::decode(std::span<const float> scores) const {
  if (scores.size() != classes_.size()) {
    throw ShapeError("scores of a category output: expected [C = " + std::to_string(classes_.size()) + "], found [" +
                     std::to_string(scores.size()) + "]");
  }
  const auto is_finite = [](float score) { return std::isfinite(score); };
  if (!std::all_of(scores.begin(), scores.end(), is_finite)) {
    throw NumericError("the scores of a category output are not all finite");
  }
  const auto shares = softmax(scores);
  Prediction prediction;
  for (size_t i = 0; i < shares.size(); ++i) prediction.choices.push_back({classes_[i], shares[i]});
  std::stable_sort(prediction.choices.begin(), prediction.choices.end(),
                   [](const Choice& a, const Choice& b) { return a.probability > b.probability; });
  prediction.text = prediction.choices.front().label;
  return prediction;
}

Json CategoryOutput::state() const {
  return {{"type", type()}, {"column", column_}, {"classes", classes_}, {"class_counts", counts_}, {"notes", notes_}};
}

std::unique_ptr<CategoryOutput> CategoryOutput::load(const Json& state) {
  const StateReader reader(state, "state of a category output");
  auto feature = std::make_unique<CategoryOutput>(reader.text("column"));
  const auto classes = reader.texts("classes");
  feature->set_classes(classes);
  if (feature->classes_ != classes) reader.fail("classes", "names in their order");
  if (feature->numbers_.size() != classes.size() || classes.size() < 2)
    reader.fail("classes", "two or more different names");
  feature->counts_ = reader.integers("class_counts");
  if (feature->counts_.size() != classes.size()) reader.fail("class_counts", "a number per class");
  feature->notes_ = reader.texts("notes");
  return feature;
}

}  // namespace attune
