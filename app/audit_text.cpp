// SPDX-License-Identifier: Apache-2.0
#include "audit_text.hpp"

#include <fmt/format.h>

#include <cmath>

#include "attune/core/wording.hpp"

namespace attune::app {

std::string audit_title(const Audit& audit) {
  return "Audit of the attention at " + audit.site + ", on " + counted(audit.rows, "row");
}

std::string audit_text(const Audit& audit) {
  auto text = audit_title(audit) + "\n";
  for (const auto& finding : audit.findings) {
    text += fmt::format("{:<10}{:<15}{}\n", outcome_name(finding.outcome), finding.test + (finding.decisive ? "*" : ""),
                        finding.sentence);
  }
  text += "* attention that fails this test explains nothing, whatever the others say\n";
  text += audit.verdict.conclusion + "\n";  // its reasons stand above
  for (const auto& sentence : audit.verdict.advice) text += sentence + "\n";
  return text;
}

std::vector<std::string> verdict_sentences(const AuditVerdict& verdict) {
  std::vector<std::string> sentences = {verdict.conclusion};
  sentences.insert(sentences.end(), verdict.reasons.begin(), verdict.reasons.end());
  sentences.insert(sentences.end(), verdict.advice.begin(), verdict.advice.end());
  return sentences;
}

Json audit_json(const Audit& audit) {
  Json json{{"site", audit.site},
            {"rows", audit.rows},
            {"verdict", usability_name(audit.verdict.usability)},
            {"sentences", verdict_sentences(audit.verdict)},
            {"tests", Json::array()}};
  for (const auto& finding : audit.findings) {
    Json figures = Json::object();
    for (const auto& figure : finding.figures) {
      if (std::isfinite(figure.value)) figures[figure.name] = figure.value;
    }
    json["tests"].push_back({{"test", finding.test},
                             {"outcome", outcome_name(finding.outcome)},
                             {"decisive", finding.decisive},
                             {"sentence", finding.sentence},
                             {"figures", std::move(figures)}});
  }
  return json;
}

std::vector<report::Figure> audit_figures(const Audit& audit) {
  std::vector<report::Figure> figures;
  for (const auto& finding : audit.findings)
    figures.push_back({.name = finding.test + (finding.decisive ? " (decisive)" : ""),
                       .value = outcome_name(finding.outcome),
                       .meaning = finding.sentence});
  return figures;
}

std::string audit_test_list() {
  std::string text = "Tests of --audit (* decisive):\n";
  for (const auto& test : audit_tests())
    text += fmt::format("  {:<21} {}\n", std::string(test.name) + (test.decisive ? "*" : ""), test.question);
  return text;
}

}  // namespace attune::app
