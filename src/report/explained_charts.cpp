// SPDX-License-Identifier: Apache-2.0
#include "attune/report/explained_charts.hpp"

#include "attune/core/wording.hpp"
#include "explain_data.hpp"
#include "explained_words.hpp"

namespace attune::report {
namespace {

/// Titles and labels are one line.
constexpr int64_t kLabelColumns = 20;

/// "gradient_path"; "block.0.self, head 1"
std::string full_name(const Attribution& attribution) {
  return attribution.group == kMethodGroup ? attribution.name : attribution.group + ", " + attribution.name;
}

std::string value_label(const ExplainedRow& row, const Attribution& attribution) {
  if (!attribution.has_sign) return full_name(attribution);
  const auto explained = explained_words(row, kLabelColumns);
  return row.answer.probability ? "for " + explained + "; below 0 against it"
                                : "raises " + explained + ", below 0 lowers it; in deviations";
}

std::vector<std::string> notes(const ExplainedRow& row, const Attribution& attribution) {
  std::vector<std::string> texts;
  for (const auto& cell : row.cells) {
    if (cell.cut_off > 0)
      texts.push_back(cell.column + ": cut off after " + with_commas(std::ssize(cell.tokens)) + " of " +
                      counted(std::ssize(cell.tokens) + cell.cut_off, "token"));
  }
  if (auto text = elsewhere_sentence(attribution); !text.empty()) texts.push_back(std::move(text));
  return texts;
}

}  // namespace

std::vector<std::string> token_labels(const ExplainedRow& row) {
  std::vector<std::string> labels;
  for (const auto& cell : row.cells) {
    for (const auto& token : cell.tokens) labels.push_back(token.label);
  }
  return labels;
}

BarChart token_bars(const ExplainedRow& row, const Attribution& attribution) {
  const auto where = "row \"" + row.name + "\"";
  check_attribution(row, attribution, where);
  const auto of = attribution.has_sign ? " for " + explained_words(row) : "";
  BarChart chart{.title = full_name(attribution) + of + ", " + row.name,
                 .value_label = value_label(row, attribution),
                 .bars = {},
                 .notes = notes(row, attribution)};
  const auto labels = token_labels(row);
  for (size_t t = 0; t < labels.size(); ++t) chart.bars.push_back({labels[t], attribution.values[t]});
  return chart;
}

AttentionChart matrix_chart(const ExplainedRow& row, const AttentionMatrix& matrix) {
  check_matrix(row, matrix, "row \"" + row.name + "\"");
  const auto labels = token_labels(row);
  return {.title = matrix.name + ", " + row.name,
          .queries = matrix.queries.empty() ? labels : matrix.queries,
          .keys = labels,
          .weights = matrix.weights};
}

}  // namespace attune::report
