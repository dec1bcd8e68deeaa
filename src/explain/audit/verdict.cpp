// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "attune/explain/finding.hpp"

namespace attune {
namespace {

/// As many of the tests that are not decisive make attention unusable.
constexpr int64_t kManyAgainst = 2;

std::vector<std::string> tests_with(std::span<const Finding> findings, Outcome outcome) {
  std::vector<std::string> names;
  for (const auto& finding : findings) {
    if (finding.outcome == outcome) names.push_back(finding.test);
  }
  return names;
}

Usability usability_of(std::span<const Finding> findings) {
  const auto speaks_against = [](const Finding& finding) { return finding.outcome == Outcome::kAgainst; };
  const auto decides = [&](const Finding& finding) { return finding.decisive && speaks_against(finding); };
  const auto against = std::count_if(findings.begin(), findings.end(), speaks_against);
  if (std::any_of(findings.begin(), findings.end(), decides) || against >= kManyAgainst) return Usability::kNotUsable;
  const auto is_missing = [](const Finding& finding) { return finding.outcome == Outcome::kUntested; };
  if (std::any_of(findings.begin(), findings.end(), is_missing)) return Usability::kUndecided;
  return against > 0 ? Usability::kWithCare : Usability::kUsable;
}

std::string conclusion(Usability usability, const std::string& site) {
  const std::string attention = "Attention at " + site;
  switch (usability) {
    case Usability::kUsable:
      return attention + " is usable as an explanation of this model";
    case Usability::kWithCare:
      return attention + " is usable as an explanation of this model, with care";
    case Usability::kNotUsable:
      return attention + " is not usable as an explanation of this model";
    case Usability::kUndecided:
      break;
  }
  return "Whether attention at " + site + " is usable as an explanation of this model is undecided";
}

}  // namespace

const char* outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kFor:
      return "for";
    case Outcome::kAgainst:
      return "against";
    case Outcome::kUntested:
      break;
  }
  return "untested";
}

const char* usability_name(Usability usability) {
  switch (usability) {
    case Usability::kUsable:
      return "usable";
    case Usability::kWithCare:
      return "usable with care";
    case Usability::kNotUsable:
      return "not usable";
    case Usability::kUndecided:
      break;
  }
  return "undecided";
}

namespace {

/// Those that make attention unusable, or usable with care alone: the decisive ones where any speaks against it.
std::vector<std::string> reasons_of(std::span<const Finding> findings) {
  std::vector<std::string> decisive, others;
  for (const auto& finding : findings) {
    if (finding.outcome == Outcome::kAgainst) (finding.decisive ? decisive : others).push_back(finding.sentence);
  }
  return decisive.empty() ? others : decisive;
}

}  // namespace

AuditVerdict verdict_of(std::span<const Finding> findings, const std::string& site) {
  if (findings.empty()) throw UsageError("verdict of an audit: expected findings, found none");
  AuditVerdict verdict{.usability = usability_of(findings), .conclusion = {}, .reasons = reasons_of(findings)};
  const auto against = tests_with(findings, Outcome::kAgainst), missing = tests_with(findings, Outcome::kUntested);
  const auto tested = std::ssize(findings) - std::ssize(missing);
  verdict.conclusion =
      conclusion(verdict.usability, site) + ": of " + counted(tested, "test") + ", " +
      (against.empty() ? "none speaks against it"
                       : std::to_string(against.size()) + (against.size() == 1 ? " speaks" : " speak") +
                             " against it (" + listed(against) + ")") +
      ".";
  if (!missing.empty()) verdict.advice.push_back("Not tested, for the reasons given: " + listed(missing) + ".");
  if (verdict.usability == Usability::kNotUsable)
    verdict.advice.emplace_back("Show the answers' reasons by another method, such as gradient_path.");
  return verdict;
}

}  // namespace attune
