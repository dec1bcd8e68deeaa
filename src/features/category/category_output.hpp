// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "attune/features/feature.hpp"
#include "vocabulary.hpp"

namespace attune {

/// One of a set of classes, the different values of one column.
class CategoryOutput final : public OutputFeature {
 public:
  explicit CategoryOutput(std::string column) : column_(std::move(column)) {}
  [[nodiscard]] static std::unique_ptr<CategoryOutput> load(const Json& state);

  [[nodiscard]] std::string type() const override { return "category"; }
  void fit(const ColumnsView& all, const ColumnsView& training) override;
  [[nodiscard]] Targets empty_targets() const override { return ClassTargets{}; }
  void encode(std::string_view cell, Targets& batch) const override;
  [[nodiscard]] Json head() const override;
  [[nodiscard]] Prediction decode(std::span<const float> scores) const override;
  [[nodiscard]] std::vector<std::string> classes() const override { return classes_; }
  [[nodiscard]] std::vector<int64_t> class_counts() const override { return counts_; }
  [[nodiscard]] Json state() const override;
  [[nodiscard]] std::vector<std::string> notes() const override { return notes_; }

 private:
  void set_classes(std::vector<std::string> classes);
  [[nodiscard]] int64_t class_of(std::string_view cell) const;
  void check_counts(const ColumnsView& training) const;
  void note_oddities();

  std::string column_;
  std::vector<std::string> classes_;
  StringMap<int64_t> numbers_;  // class name to class number
  std::vector<int64_t> counts_;
  std::vector<std::string> notes_;
};

}  // namespace attune
