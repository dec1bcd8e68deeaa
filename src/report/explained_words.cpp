// SPDX-License-Identifier: Apache-2.0
#include "explained_words.hpp"

#include <algorithm>

#include "attune/core/wording.hpp"
#include "attune/report/terminal.hpp"
#include "numbers.hpp"

namespace attune::report {
namespace {

/// Isolated: its script may run in any direction.
std::string quoted(const std::string& text) { return "“\u2068" + text + "\u2069”"; }

bool is_number(const ExplainedRow& row) { return !row.answer.probability; }

}  // namespace

std::string explained_label(const ExplainedRow& row) {
  return row.explained.empty() ? row.answer.label : row.explained;
}

bool explains_another(const ExplainedRow& row) { return !is_number(row) && explained_label(row) != row.answer.label; }

std::string explained_words(const ExplainedRow& row, int64_t columns) {
  if (is_number(row) && row.explained.empty()) return "the number";
  return quoted(fitted(explained_label(row), columns));
}

std::string explained_words(std::span<const ExplainedRow> rows) {
  if (std::none_of(rows.begin(), rows.end(), explains_another)) return "the answer";
  const auto label = explained_label(rows.front());
  const auto is_same = [&](const ExplainedRow& row) { return explained_label(row) == label; };
  return std::all_of(rows.begin(), rows.end(), is_same) ? explained_words(rows.front()) : "what is explained";
}

std::string cut_sentence(const Cell& cell) {
  if (cell.cut_off <= 0) return "";
  const auto read = std::ssize(cell.tokens);
  return "Cut off by the model after " + with_commas(read) + " of " + counted(read + cell.cut_off, "token") +
         ": what stands behind them has no values, which does not say that it does not matter.";
}

std::string elsewhere_sentence(const Attribution& attribution) {
  if (attribution.elsewhere == 0) return "";
  return "Read by the linear part where no token is: " + significant(attribution.elsewhere) + ".";
}

}  // namespace attune::report
