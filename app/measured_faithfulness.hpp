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

  /// Rows that can_be_measured() are taken until there are as many as wanted.
  /// @param numbers of the rows, counted from 1
  /// @param results of every method, the same at every call
  /// @throws StoppedError after an interrupt.
  void add(std::span<const Subject> subjects, std::span<const int64_t> numbers, std::span<const MethodResult> results,
           Executor& executor);

  /// One a method, in the order of the results; nothing where no row was measured.
  [[nodiscard]] std::vector<Honesty> summary() const;
  /// How many rows were too long; empty: none.
  [[nodiscard]] std::string note() const;
  [[nodiscard]] const FaithfulnessOptions& options() const { return options_; }

 private:
  struct Measured {
    const Method* method;
    std::vector<Faithfulness> rows;
  };

  [[nodiscard]] bool is_full() const;
  void add(const Subject& subject, size_t index, int64_t number, std::span<const MethodResult> results,
           Executor& executor);

  int64_t most_rows_;  ///< 0: no limit
  int64_t too_long_ = 0;
  FaithfulnessOptions options_;
  std::string effect_;  ///< of erasing tokens
  std::vector<FaithfulnessGround> grounds_;
  std::vector<Measured> methods_;
};

}  // namespace attune::app
