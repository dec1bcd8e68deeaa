// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "attune/core/executor.hpp"
#include "attune/explain/faithfulness.hpp"
#include "attune/explain/subject.hpp"
#include "explain_config.hpp"
#include "explained_rows.hpp"
#include "honesty_text.hpp"

namespace attune::app {

/// How far methods may be believed, gathered from rows as they are explained.
class MeasuredFaithfulness {
 public:
  /// @param config how many rows are measured, and by what
  explicit MeasuredFaithfulness(const ExplainConfig& config);

  /// Rows are taken until there are as many as wanted; those of one token are passed over, which has one ordering. An
  /// interrupt ends it early.
  /// @param numbers of the rows, counted from 1
  /// @param results of every method, the same at every call
  void add(std::span<const Subject> subjects, std::span<const int64_t> numbers, std::span<const MethodResult> results,
           Executor& executor);

  /// One a method, in the order of the results; nothing where no row was measured.
  [[nodiscard]] std::vector<Honesty> summary() const;
  [[nodiscard]] const FaithfulnessOptions& options() const { return options_; }

 private:
  struct Measured {
    const Method* method;
    std::vector<Faithfulness> rows;
  };

  [[nodiscard]] bool is_full() const;

  int64_t most_rows_;  ///< 0: no limit
  FaithfulnessOptions options_;
  std::string effect_;  ///< of erasing tokens
  std::vector<FaithfulnessGround> grounds_;
  std::vector<Measured> methods_;
};

}  // namespace attune::app
