// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "attune/data/table.hpp"
#include "attune/model/model.hpp"

namespace attune::app {

struct TrainingRows {
  std::shared_ptr<const Table> table;
  std::vector<int64_t> rows;
};

/// The rows that a model was trained on, by its record: the table, read and split as it was then. None, and a note why,
/// when the table is not where it was or is no longer what it was.
/// @param given the table's path, or "": where the record says
/// @throws UsageError when a given table is another one than that of the training; InputError when it cannot be read.
[[nodiscard]] std::optional<TrainingRows> find_training_rows(const Model& model, const std::string& given);

/// The tables of a training, to do it again.
struct TrainingTables {
  std::shared_ptr<const Table> table, validation;  ///< validation: null where the training had no such table
  std::string missing;                             ///< without a table: a clause that says why
};
/// By a model's record, read as they were then. @param given_training, given_validation paths, or "": where the record
/// says. @throws UsageError when a given table is another one than that of the training; InputError when it cannot be
/// read.
[[nodiscard]] TrainingTables find_training_tables(const Model& model, const std::string& given_training,
                                                  const std::string& given_validation);

}  // namespace attune::app
