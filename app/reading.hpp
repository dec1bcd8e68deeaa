// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "attune/core/json.hpp"
#include "attune/data/table.hpp"
#include "attune/model/model.hpp"

namespace attune::app {

/// Opens a table. @throws InputError also when it is a model.
[[nodiscard]] std::shared_ptr<const Table> open_data(const std::string& path, const TableOptions& options);

/// Opens a table as the flags in `given` say, and notes rows that were left out.
[[nodiscard]] std::shared_ptr<const Table> open_with_notes(const std::string& path, const Json& given);

/// Loads a model, and notes what it was trained with that differs here (library versions).
/// @param data the table named beside it, which may have been meant as the model
[[nodiscard]] Model load_with_notes(const std::string& path, const std::string& data = "");

/// @throws UsageError when the model predicts numbers alone, which have no confidence for `flag` to speak of.
void require_classes(const Model& model, const std::string& path, const std::string& flag);

/// Notes that `rows` rows lose their end to a max_length.
void note_truncated(int64_t rows);

/// Whether a file's name ends as those of models do: in .attune, in capitals or not.
[[nodiscard]] bool has_model_name(const std::string& path);

/// A file that is called as a model is, or begins as one does.
[[nodiscard]] bool looks_like_model(const std::string& path);

/// A file that attune wrote as a model, whole or damaged.
[[nodiscard]] bool holds_model(const std::string& path);

}  // namespace attune::app
