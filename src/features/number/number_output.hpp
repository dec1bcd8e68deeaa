// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "attune/features/feature.hpp"

namespace attune {

/// A number in one column. Targets are scaled by the training mean and deviation; answers are in the column's own unit.
class NumberOutput final : public OutputFeature {
 public:
  explicit NumberOutput(std::string column) : column_(std::move(column)) {}
  [[nodiscard]] static std::unique_ptr<NumberOutput> load(const Json& state);

  [[nodiscard]] std::string type() const override { return "number"; }
  void fit(const ColumnsView& all, const ColumnsView& training) override;
  [[nodiscard]] Targets empty_targets() const override { return ValueTargets{}; }
  void encode(std::string_view cell, Targets& batch) const override;
  [[nodiscard]] Json head() const override { return {{"kind", "value"}}; }
  [[nodiscard]] Prediction decode(std::span<const float> scores) const override;
  [[nodiscard]] double in_unit(double target) const override { return mean_ + unit() * target; }
  [[nodiscard]] Json state() const override;
  [[nodiscard]] std::vector<std::string> notes() const override { return notes_; }

 private:
  [[nodiscard]] std::string printed(double value) const;
  [[nodiscard]] double unit() const { return deviation_ > 0 ? deviation_ : 1; }  ///< of the scaled targets

  std::string column_;
  double mean_ = 0;
  double deviation_ = 0;  // 0: the training rows all hold the mean, which is then the only answer
  std::vector<std::string> notes_;
};

}  // namespace attune
