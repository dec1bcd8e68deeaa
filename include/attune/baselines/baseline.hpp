// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "attune/baselines/baseline_inputs.hpp"
#include "attune/core/executor.hpp"
#include "attune/features/encoding.hpp"

namespace attune {

/// How a fit is carried out.
struct BaselineControl {
  Executor& executor;                                 ///< results do not depend on its threads
  std::function<bool()> should_stop = {};             ///< asked between parts of a fit, by any thread
  std::function<void(const std::string&)> note = {};  ///< what the user should know of a fit

  /// @throws StoppedError when should_stop says so.
  void check_stop() const;
};

/// A simple model that the network must be better than to be worth its cost. After fit() it is immutable and
/// thread-safe.
class Baseline {
 public:
  virtual ~Baseline() = default;
  /// "naive Bayes, multinomial, words"
  [[nodiscard]] virtual std::string name() const = 0;
  /// @param answers of inputs.training(): class numbers, or numbers in the column's own unit
  /// @throws StoppedError.
  virtual void fit(const BaselineInputs& inputs, const Targets& answers, const BaselineControl& control) = 0;
  /// In the form of the answers, one per row.
  [[nodiscard]] virtual Targets predict(const CutRows& rows) const = 0;
};

/// The baselines that suit these inputs and an output of `classes` classes (0: a number), unfitted: the table of
/// src/baselines/baseline_table.cpp.
[[nodiscard]] std::vector<std::unique_ptr<Baseline>> baselines_for(const BaselineInputs& inputs, int64_t classes);

}  // namespace attune
