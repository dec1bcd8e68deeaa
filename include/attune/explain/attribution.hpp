// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace attune {

/// Whether what a method shares out is all there is: a method is complete when the values sum to the change of the
/// score from its baseline to the row (Sundararajan et al. 2017).
struct Completeness {
  double change = 0;  ///< of the score
  double gap = 0;     ///< |change - sum of the values|, in the unit of the score
  double share = 0;   ///< gap by the larger of |change| and the set's mean |change| (MethodControl)
};

/// How much of one answer a method lays to each token.
struct Attribution {
  std::string method;
  /// Per token of the subject. Of methods with signed_values in the unit of the score (Scored): of a class its log
  /// odds, of a number deviations of the training targets. Of the others shares that sum to 1, but of attention_norm
  /// lengths in the unit of the pooled vector.
  std::vector<double> values;
  /// What it lays to what the linear part reads where no token is: blanks, text behind the limit. In the same unit.
  double elsewhere = 0;
  std::optional<Completeness> completeness;  ///< of methods that promise it
  int64_t steps = 0;                         ///< points of a path; 0 of methods without one
  int64_t forward_passes = 0;                ///< of the row through the network, besides that which predicted it
  int64_t backward_passes = 0;
  std::vector<std::string> notes;  ///< sentences for a person: baseline, limits that were met
};

}  // namespace attune
