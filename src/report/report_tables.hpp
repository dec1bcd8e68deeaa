// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "attune/report/report_page.hpp"

namespace attune::report {

/// Precision, recall, F1 and rows of the 200 classes with the most rows, their names cut; nothing
/// for none.
[[nodiscard]] std::string class_table(const std::vector<ClassRow>& classes);

/// The counts that the picture of a confusion matrix shows, behind a summary: to a screen reader a picture is one
/// thing.
[[nodiscard]] std::string confusion_table(const ConfusionChart& chart);

/// Options under their headings.
[[nodiscard]] std::string settings_html(const std::vector<Settings>& settings);

/// Rows with their answers and the first attribution of each as shades. As many as fit into `bytes`, from which they
/// are taken; their heading and the sentence about rows left out are not. @param id begins the ids of the rows
[[nodiscard]] std::string rows_html(std::span<const ExplainedRow> rows, const std::string& title, const std::string& id,
                                    size_t& bytes);

}  // namespace attune::report
