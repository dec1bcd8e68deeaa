// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "attune/explain/audit.hpp"
#include "attune/model/model.hpp"
#include "attune/report/explain_page.hpp"
#include "head_views.hpp"
#include "honesty_text.hpp"

namespace attune::app {

/// The file of --html: rows are gathered as they are explained, and written at the end.
class ExplanationPage {
 public:
  /// @param file "": nothing is gathered or written
  /// @param strongest  tokens that are listed beside each row
  /// @param of_heads   what is asked for besides methods
  ExplanationPage(std::string file, size_t strongest, HeadWishes of_heads)
      : file_(std::move(file)), of_heads_(of_heads) {
    page_.strongest = strongest;
  }

  [[nodiscard]] bool wanted() const { return !file_.empty(); }
  /// @param read files that it must not replace. @throws UsageError for one of them, and when it cannot be written.
  void check(const std::vector<std::string>& read) const;
  void add(report::ExplainedRow row);
  [[nodiscard]] bool takes_more() const { return wanted() && numbers_ < kMostNumbers; }
  /// Counts a row that it does not take.
  void skip() { ++skipped_; }
  /// How far the methods may be believed; the first is the one that is shown first.
  void add(const std::vector<Honesty>& honesty);
  /// What an audit of the model's attention says comes first.
  void add(const Audit& audit);
  /// @param column  the output that is explained
  /// @param source  the table whose rows they are, or standard input; empty: texts of the command line. @throws
  /// IoError.
  void write(const Model& model, const std::string& model_file, const std::string& column, const std::string& source);

 private:
  /// A page holds at most two megabytes, which more values and weights would not fit into.
  static constexpr size_t kMostNumbers = 1'000'000;

  std::string file_;
  HeadWishes of_heads_;
  report::ExplainPage page_;
  size_t numbers_ = 0;  ///< values and weights of the rows so far
  int64_t skipped_ = 0;
};

}  // namespace attune::app
