// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "attune/model/model.hpp"
#include "attune/report/explained_row.hpp"
#include "chart_folder.hpp"

namespace attune::app {

/// The folder of --svg: the charts of rows are gathered as they are explained, and written at the end. Those of a row
/// are called "row-NUMBER-..": a bar for each token by each method and head, and every matrix.
class ExplanationCharts {
 public:
  /// @param folder "": nothing is gathered or written
  explicit ExplanationCharts(std::string folder) : name_(std::move(folder)) {}

  [[nodiscard]] bool wanted() const { return !name_.empty(); }
  /// Makes the folder. @param read, page  files that no chart may replace. @throws UsageError naming flag and folder.
  void open(const std::vector<std::string>& read, const std::string& page);
  [[nodiscard]] int64_t rows_left() const { return wanted() ? kMostRows - rows_ : 0; }
  [[nodiscard]] bool takes_more() const { return rows_left() > 0; }
  void add(const report::ExplainedRow& row, int64_t number);
  /// The charts, and how the model allocates. @throws IoError.
  void write(const Model& model, const std::string& model_file);

 private:
  /// A folder of thousands helps nobody.
  static constexpr int64_t kMostRows = 20;

  std::string name_;
  std::optional<ChartFolder> folder_;
  std::vector<ChartFile> files_;
  int64_t rows_ = 0;
};

}  // namespace attune::app
