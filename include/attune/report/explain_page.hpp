// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "attune/report/explained_row.hpp"
#include "attune/report/flow.hpp"

namespace attune::report {

/// A page stays below this many bytes; what does not fit is left out, and the page says what.
inline constexpr size_t kMostPageBytes = 2'000'000;

struct ExplainPage {
  std::string model;                       ///< its name
  std::string explained;                   ///< a sentence: which answers, of which table
  std::vector<std::string> verdict = {};   ///< sentences: how far the picture may be believed
  std::vector<std::string> warnings = {};  ///< sentences
  std::vector<std::string> notes = {};     ///< sentences, below the switch: what else could be shown
  Comparison honesty = {};                 ///< of methods; without lines it is left out
  std::vector<Figure> figures = {};        ///< further ones, of the model
  std::string figures_caption = "Of the model";
  std::vector<ExplainedRow> rows;
  std::optional<Flow> flow = {};  ///< of the network
  size_t strongest = 10;          ///< tokens that are listed beside each row; 0: no list
  bool of_numbers = false;  ///< values raise or lower a number, in deviations; else they are for or against a class:
                            ///< each row's answer, or what it says is explained
};

/// One HTML file that needs nothing else: no server, no network, no other file, which its content security policy
/// forbids (only its own script runs, known by hash). Light and dark, for keyboard and screen reader, fit for print.
/// The attributions of all rows are one switch; the first is shown first. Highlights are whole graphemes: tokens that
/// share one are shown as one, with the sum of their values.
///
/// Rows that do not fit into kMostPageBytes are left out from the last; of a single row that does not fit, its matrices
/// first, then its last attributions, then the end of its texts.
/// @throws UsageError for a line of the comparison with another number of values than it has figures;
/// naming the row for an attribution or matrix of another number of values than the row has tokens,
/// and for a token whose place is outside its text.
[[nodiscard]] std::string html(const ExplainPage& page);

}  // namespace attune::report
