// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "attune/data/split.hpp"
#include "attune/data/table.hpp"
#include "attune/model/model.hpp"
#include "attune/train/fit.hpp"

namespace attune {

/// How a model's rows were cut into those to train on and those to validate on.
struct RecordedSplit {
  bool validation_table = false;  ///< validated on a table of its own: every row of the other one was trained on
  SplitOptions options;           ///< as FitRequest::split; not looked at beside a validation table
};

/// By the model's record; nothing where that does not tell, as of a model that fit() did not make.
[[nodiscard]] std::optional<RecordedSplit> recorded_split(const Model& model);

/// The rows of the table that a model was trained on, ascending, by its record. @param table the one of its training,
/// which has_fingerprint() tells with record["data"]
/// @throws UsageError where the record does not tell; what split_rows() throws, for another table.
[[nodiscard]] std::vector<int64_t> recorded_training_rows(const Model& model, const Table& table);

/// The request of the training that made a model, by its record and its schema. fit() makes the same tensor bytes of it
/// again (same program and processor); with another seed, another model of the same kind; with other options, what they
/// change alone.
///
/// Left out is what does not belong to the weights: baselines, where the model was written, and the time limit, which
/// would end a training after as many steps as the machine was fast. What a time limit or an interruption had ended
/// instead has as many epochs as were made of it, so that a training again is of the same length; its weights differ,
/// for the steps shrink over the epochs. An intervention on a model is in no record and not in the request. The file of
/// word vectors is the one that was named; whether it still has the same bytes tells record["vectors"]["sha256"] of the
/// model that is fitted again.
///
/// @param table, validation opened as they were for the training; a validation table where there was one
/// @throws UsageError where the record does not tell the training, for a validation table too many or missing, and for
/// tables that are not those of the training (has_fingerprint()), whose cells are all read for it.
[[nodiscard]] FitRequest recorded_request(const Model& model, std::shared_ptr<const Table> table,
                                          std::shared_ptr<const Table> validation = nullptr);

}  // namespace attune
