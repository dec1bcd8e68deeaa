// SPDX-License-Identifier: Apache-2.0
#include "explanation_page.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <utility>

#include "attune/core/wording.hpp"
#include "attune/explain/attention_mass.hpp"
#include "audit_text.hpp"
#include "console.hpp"
#include "model_flow.hpp"
#include "page_file.hpp"

namespace attune::app {
namespace {

/// "neg" where every row was asked of it and it is not the answer of all; else nothing.
std::optional<std::string> asked_class(const std::vector<report::ExplainedRow>& rows) {
  if (rows.empty() || !rows.front().answer.probability) return {};
  const auto& label = rows.front().explained;
  const auto is_asked = [&](const report::ExplainedRow& row) { return row.explained == label; };
  const auto is_answer = [&](const report::ExplainedRow& row) { return row.answer.label == label; };
  if (!std::all_of(rows.begin(), rows.end(), is_asked) || std::all_of(rows.begin(), rows.end(), is_answer)) return {};
  return label;
}

/// What the page lacks that flags would add; nothing where that is nothing.
std::vector<std::string> further_flags(const std::vector<report::ExplainedRow>& rows, const HeadWishes& asked,
                                       const Model& model) {
  std::set<std::string> methods;
  for (const auto& row : rows) {
    for (const auto& attribution : row.attributions) {
      if (attribution.group == report::kMethodGroup) methods.insert(attribution.name);
    }
  }
  std::vector<std::string> flags;
  if (methods.size() == 1) flags.emplace_back("--method all compares methods");
  if (!attention_sites(model).empty()) {
    if (!asked.heads && !asked.matrices) flags.emplace_back("--heads adds what every head looks at");
    if (!asked.matrices) flags.emplace_back("--matrices adds who looks at whom");
  }
  return flags;
}

}  // namespace

void ExplanationPage::check(const std::vector<std::string>& read) const {
  if (wanted()) check_page("--html", file_, read, "attune explain");
}

void ExplanationPage::add(report::ExplainedRow row) {
  ++numbers_;
  page_.of_numbers = !row.answer.probability;
  for (const auto& attribution : row.attributions) numbers_ += attribution.values.size();
  for (const auto& matrix : row.matrices) numbers_ += matrix.weights.size();
  page_.rows.push_back(std::move(row));
}

void ExplanationPage::add(const std::vector<Honesty>& honesty) {
  if (honesty.empty()) return;
  page_.honesty = honesty_comparison(honesty);
  page_.verdict = honesty_verdict(honesty.front());
}

void ExplanationPage::add(const Audit& audit) {
  const auto sentences = verdict_sentences(audit.verdict);
  page_.verdict.insert(page_.verdict.begin(), sentences.begin(), sentences.end());
  page_.figures = audit_figures(audit);
  page_.figures_caption = audit_title(audit);
}

void ExplanationPage::write(const Model& model, const std::string& model_file, const std::string& column,
                            const std::string& source) {
  if (!wanted()) return;
  page_.model = std::filesystem::path(model_file).filename();
  const auto rows = std::ssize(page_.rows);
  const auto what = source.empty() ? counted(rows, "text")
                                   : counted(rows, "row") + " of " + std::filesystem::path(source).filename().string();
  const auto asked = asked_class(page_.rows);
  page_.explained = (asked ? "What speaks for “" + brief(*asked) + "” as “" + brief(column) + "” in " + what
                           : "What the answers for “" + brief(column) + "” to " + what + " rest on") +
                    ", as far as it can be told.";
  if (const auto flags = further_flags(page_.rows, of_heads_, model); !flags.empty())
    page_.notes.push_back("This page can show more: " + listed(flags) + ".");
  if (skipped_ > 0)
    page_.warnings.push_back("left out, as a page cannot hold them: " + counted(skipped_, "further row") +
                             "; --json has them all");
  page_.flow = flow_of(model, model_file);
  write_page(file_, report::html(page_));
}

}  // namespace attune::app
