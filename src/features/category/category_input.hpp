// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "attune/core/fields.hpp"
#include "attune/features/feature.hpp"
#include "vocabulary.hpp"

namespace attune {

struct CategoryOptions {
  int64_t min_count = 2;  // a value seen once teaches nothing of itself, but trains the unknown vector
  int64_t max_categories = 10000;

  void visit_fields(FieldVisitor& visitor);
};

/// One of a set of values in one column, as a single token.
class CategoryInput final : public InputFeature {
 public:
  /// `column`: its name, for messages and for show().
  CategoryInput(const CategoryOptions& options, std::string column);
  [[nodiscard]] static std::unique_ptr<CategoryInput> load(const Json& state);

  [[nodiscard]] std::string type() const override { return "category"; }
  void fit(const ColumnsView& training, uint64_t seed) override;
  [[nodiscard]] Encoding empty_encoding() const override { return Ids{}; }
  void encode(std::span<const std::string_view> cells, Encoding& batch) const override;
  [[nodiscard]] TokenCount count_tokens(std::span<const std::string_view> /*cells*/) const override {
    return {.tokens = 1, .cut_off = 0};
  }
  [[nodiscard]] Json embedder() const override;
  [[nodiscard]] std::string show(std::span<const std::string_view> cells, Place place) const override;
  [[nodiscard]] std::vector<std::string> erase(std::span<const std::string_view> cells,
                                               std::span<const Place> places) const override;
  [[nodiscard]] Json state() const override;
  [[nodiscard]] std::vector<std::string> notes() const override { return notes_; }

 private:
  CategoryOptions options_;
  std::string column_;
  Vocabulary values_;
  std::vector<std::string> notes_;
};

}  // namespace attune
