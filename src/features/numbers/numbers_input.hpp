// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "attune/core/fields.hpp"
#include "attune/features/feature.hpp"

namespace attune {

struct NumbersOptions {
  std::string scale = "standard";

  void visit_fields(FieldVisitor& visitor);
};

/// Several columns of numbers, a token each. A missing cell (is_missing_number) is NaN in the encoding.
class NumbersInput final : public InputFeature {
 public:
  NumbersInput(NumbersOptions options, std::vector<std::string> columns);
  [[nodiscard]] static std::unique_ptr<NumbersInput> load(const Json& state);

  [[nodiscard]] std::string type() const override { return "numbers"; }
  void fit(const ColumnsView& training, uint64_t seed) override;
  [[nodiscard]] Encoding empty_encoding() const override;
  void encode(std::span<const std::string_view> cells, Encoding& batch) const override;
  [[nodiscard]] TokenCount count_tokens(std::span<const std::string_view> cells) const override;
  [[nodiscard]] Json embedder() const override;
  [[nodiscard]] std::string show(std::span<const std::string_view> cells, Place place) const override;
  [[nodiscard]] std::vector<std::string> erase(std::span<const std::string_view> cells,
                                               std::span<const Place> places) const override;
  [[nodiscard]] Json state() const override;
  [[nodiscard]] std::vector<std::string> notes() const override { return notes_; }

 private:
  /// What is subtracted and then divided by.
  struct Scale {
    double mean = 0, deviation = 1;
  };
  [[nodiscard]] float scaled(double value, const Scale& scale) const;

  NumbersOptions options_;
  std::vector<std::string> columns_;
  std::vector<Scale> scales_;
  std::vector<std::string> notes_;
};

}  // namespace attune
