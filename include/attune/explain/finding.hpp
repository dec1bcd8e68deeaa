// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace attune {

/// What a test of an audit says of attention as an explanation.
enum class Outcome { kFor, kAgainst, kUntested };
/// "for", "against", "untested"
[[nodiscard]] const char* outcome_name(Outcome outcome);

struct FindingFigure {
  std::string name = {};  ///< "divergence"
  double value = 0;
  std::string meaning = {};  ///< a sentence, with the unit or range
};

/// The outcome of one test of one model.
struct Finding {
  std::string test = {};
  bool decisive = false;  ///< attention that fails it explains nothing, whatever the others say
  Outcome outcome = Outcome::kUntested;
  std::string sentence = {};  ///< what was found, or why it was not tested
  std::vector<FindingFigure> figures = {};
};

/// Whether attention may be shown as the reason of a model's answers.
enum class Usability { kUsable, kWithCare, kNotUsable, kUndecided };
/// "usable", "usable with care", "not usable", "undecided"
[[nodiscard]] const char* usability_name(Usability usability);

struct AuditVerdict {
  Usability usability = Usability::kUndecided;
  std::string conclusion = {};            ///< a sentence
  std::vector<std::string> reasons = {};  ///< the sentences of the findings that decide it
  std::vector<std::string> advice = {};   ///< what is missing, what to do
};

/// Not usable: a decisive test speaks against it, or two of the others. Undecided: neither, but a test is missing. With
/// care: one of the others speaks against it. Usable: none does.
/// @param site whose attention was judged. @throws UsageError without findings.
[[nodiscard]] AuditVerdict verdict_of(std::span<const Finding> findings, const std::string& site);

}  // namespace attune
