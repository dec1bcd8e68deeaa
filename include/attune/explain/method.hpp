// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "attune/core/executor.hpp"
#include "attune/explain/attribution.hpp"
#include "attune/explain/subject.hpp"

namespace attune {

/// What a method is told besides the row.
struct MethodControl {
  Executor& executor;                      ///< results do not depend on its threads
  double typical_change = 0;               ///< mean_change() of the set of rows that is explained; 0: of a row alone
  std::function<bool()> should_stop = {};  ///< asked before every row, and in a row of many passes before each
                                           ///< chunk of them; by several threads at once
};

/// A way to explain an answer by tokens. None knows a type of feature.
struct Method {
  const char* name;            ///< "integrated_gradients"
  const char* meaning;         ///< a line of help, with the paper
  bool signed_values = false;  ///< below 0 speaks against the answer; else values are shares or lengths, at least 0
  bool whole_model = false;    ///< of network and linear part; else of what the network looked at alone
  bool leaves_gap = false;     ///< to completeness, which MethodControl::typical_change is set beside
  size_t most_tokens = 0;      ///< longer rows are refused; 0: none
  /// Why it cannot explain this model, and the way out; empty where it can.
  std::string (*refusal)(const Model& model);
  /// @throws UsageError for a row that it cannot explain. Thread-safe.
  Attribution (*explain)(const Subject& subject, const MethodControl& control);
};

/// All of them, in the order of help and comparisons: the table of src/explain/method.cpp.
[[nodiscard]] std::span<const Method> explanation_methods();
[[nodiscard]] std::vector<std::string> explanation_method_names();
/// @throws UsageError for an unknown one (nearest suggested).
[[nodiscard]] const Method& explanation_method(std::string_view name);

/// The one that was measured to tell most among those that are cheap enough to be asked for unasked, and that can
/// explain every model (docs/explain.md).
[[nodiscard]] const Method& default_explanation_method();

/// The rows explained, several at once; all of one model. Thread-safe. @throws UsageError with the method's refusal, or
/// for a row that it cannot explain; StoppedError when should_stop says so, as soon as what is at hand is done.
[[nodiscard]] std::vector<Attribution> explain(const Method& method, std::span<const Subject> subjects,
                                               const MethodControl& control);

/// The mean over rows of the absolute change of the score from the baseline of the gradient methods (every token
/// masked, nothing for the linear part) to the row: what a small change is small beside. 0 without rows. One forward
/// pass a row. Thread-safe.
[[nodiscard]] double mean_change(std::span<const Subject> subjects, Executor& executor);

}  // namespace attune
