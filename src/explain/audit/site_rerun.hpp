// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "attune/explain/subject.hpp"

namespace attune {

/// A row's answer when the weights at one site are others, and all else is as the model computes it, under the
/// intervention that it is under. Of a pool only what comes after the backbone is computed again. Thread-safe.
class SiteRerun {
 public:
  /// @param subject must outlive it
  SiteRerun(const Subject& subject, std::string site);

  // Both by a pass of their own, [H, Tq, Tk].
  [[nodiscard]] Tensor weights() const;  ///< that the model computes
  [[nodiscard]] Tensor allowed() const;  ///< bool: which token each query may attend to, though its weight be 0

  /// How far the answer moves, in each of some copies of the row: classes by the total variation of their probabilities
  /// (0 to 1), numbers by the absolute difference of the scaled number (in deviations of the training targets).
  /// Gates that the model has on the site's heads stay; those of `intervention` are not looked at. Carries gradients to
  /// intervention.given where they are enabled. [copies] double
  [[nodiscard]] Tensor change(const Intervention& intervention, int64_t copies) const;

 private:
  /// The model's own context, but for the weights at the site. @param intervention must outlive what is returned
  [[nodiscard]] ForwardContext context_with(const Intervention& intervention) const;
  [[nodiscard]] Tensor weights_under(const Intervention& intervention) const;
  [[nodiscard]] Hidden hidden(int64_t copies, const ForwardContext& context) const;
  [[nodiscard]] Tensor answers(const Intervention& intervention, int64_t copies) const;  // [copies, C]

  const Subject& subject_;
  std::string site_;
  Tensor linear_;    // [C] what the linear part adds to the scores; undefined without one
  Tensor original_;  // [1, C]
};

/// Whether the weights of so many copies of the row at once stay within the memory of a batch of rows.
[[nodiscard]] bool fits(const Subject& subject, const std::string& site, int64_t copies);

}  // namespace attune
