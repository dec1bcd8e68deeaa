// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "attune/data/table.hpp"
#include "attune/explain/audit.hpp"
#include "attune/explain/subject.hpp"
#include "attune/report/terminal.hpp"
#include "explained_rows.hpp"
#include "explanation_charts.hpp"
#include "explanation_page.hpp"
#include "head_views.hpp"
#include "honesty_text.hpp"

namespace attune::app {

/// How explanations are given.
struct OutputWishes {
  std::string html, svg;  ///< files that take the place of text; "": none
  bool json = false;
  size_t top = 10;  ///< tokens that are listed
  HeadWishes of_heads;
};

/// A row as people find it again.
struct RowPlace {
  const Table& table;
  int64_t row;     ///< of the table
  int64_t number;  ///< counted from 1; of standard input the line's
};

/// Where explanations go: text or JSON on standard output, a page, charts.
class ExplanationOutput {
 public:
  /// @param read  files that nothing may replace. @throws UsageError for a file that cannot be written.
  ExplanationOutput(OutputWishes wishes, const std::vector<std::string>& read);

  /// Whether pictures take the place of text.
  [[nodiscard]] bool draws() const { return page_.wanted() || charts_.wanted(); }
  /// How many of `count` further rows are printed or drawn, at most.
  [[nodiscard]] int64_t rows_shown(int64_t count) const;
  /// @param index of the row among the results; of its tokens there must be the one that is wished for.
  void show(const RowPlace& place, const Subject& subject, size_t index, std::span<const MethodResult> results);
  /// How far to believe it all; the first method is the one that is shown first. Then notes.
  void show(const std::vector<Honesty>& honesty);
  void show(const Audit& audit);
  /// Page and charts; the arguments are those of ExplanationPage::write(). @throws IoError.
  void write(const Model& model, const std::string& model_file, const std::string& column, const std::string& source);

 private:
  struct Shown;  ///< a row with all that is said of it

  [[nodiscard]] bool prints() const { return wishes_.json || !draws(); }
  void print(const Shown& row);
  void draw(const Shown& row);
  void print(const std::vector<Honesty>& honesty) const;
  void keep_notes(const std::vector<std::string>& notes);

  OutputWishes wishes_;
  report::Colours colours_;
  ExplanationPage page_;
  ExplanationCharts charts_;
  std::vector<std::string> notes_;  ///< of all rows, each once
};

}  // namespace attune::app
