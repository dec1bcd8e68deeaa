// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "attune/core/fields.hpp"
#include "attune/explain/faithfulness.hpp"
#include "attune/explain/method.hpp"
#include "attune/explain/subject.hpp"
#include "head_views.hpp"

namespace attune::app {

/// Which answers are explained, how, and how far each explanation is measured.
struct ExplainConfig {
  std::string method = "";        ///< a name, or "all"; empty: the default
  std::string output = "";        ///< empty: the first
  std::string of_class = "";      ///< empty: of each row the predicted one
  int64_t first_row = 1;          ///< counted from 1
  int64_t rows = 20;              ///< 0: all from first_row on
  std::string honesty = "table";  ///< for a table, always, never
  int64_t honesty_rows = 100;
  int64_t orderings = 10;
  int64_t beam = 5;
  int64_t seed = 1;
  int64_t top = 10;  ///< tokens that are listed
  HeadWishes of_heads;
  void visit_fields(FieldVisitor& v);
};

/// The methods that are asked for, the default one first where it is among them. With "all", those that can explain the
/// model; the others are named in `left_out`. @throws UsageError for an unknown name, or one that cannot.
[[nodiscard]] std::vector<const Method*> chosen_methods(const ExplainConfig& config, const Model& model,
                                                        std::vector<std::string>& left_out);

/// @throws UsageError for an output or class that the model does not have (nearest suggested).
[[nodiscard]] Question question_of(const ExplainConfig& config, const Model& model);

}  // namespace attune::app
