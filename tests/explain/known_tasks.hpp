// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "attune/train/fit.hpp"

namespace attune::testing {

/// Of each task: those to train on, and behind them those held out.
inline constexpr int64_t kTrainingRows = 600, kHeldOutRows = 200;

/// Rows of a text, its answer, and the words that the answer follows from.
struct KnownTask {
  std::string name;
  std::vector<std::string> inputs;
  std::string output;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows = {};
  std::vector<std::vector<std::string>> right = {};  ///< words, per row
};

/// One of three needles in a line of 24 words, the others out of 60.
[[nodiscard]] KnownTask needle_in_a_line();
/// Three to fourteen numbers from 0 to 9, two of them marked: their sum.
[[nodiscard]] KnownTask sum_of_marked();
/// A short text of words that say nothing but one, beside a category and a number that say nothing.
[[nodiscard]] KnownTask class_by_one_word();
/// Nine words for or against: the majority. All words count alike, so that there is nothing to choose among.
[[nodiscard]] KnownTask majority_of_words();

[[nodiscard]] std::shared_ptr<const Table> training_table(const KnownTask& task);
[[nodiscard]] std::shared_ptr<const Table> held_out_table(const KnownTask& task);

/// A network whose pool is all that allocates, and only it and what it reads decide.
[[nodiscard]] FitRequest request_for(const KnownTask& task, const std::string& mechanism);
/// A network of which one block of one head is all that allocates: nothing goes past its attention to a pool that takes
/// the mean. It learns where to look in some thirty epochs.
[[nodiscard]] FitRequest request_for_block(const KnownTask& task, const std::string& mechanism);

}  // namespace attune::testing
