// SPDX-License-Identifier: Apache-2.0
#include "attune/train/recorded_request.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include "attune/core/error.hpp"
#include "attune/data/fingerprint.hpp"

namespace attune {
namespace {

constexpr const char* kFileMethod = "file";  // a table of its own, where split methods stand

RecordedSplit split_of(const Json& record) {
  const auto& split = record.at("training").at("split");
  RecordedSplit recorded{.validation_table = split.at("method") == kFileMethod,
                         .options = {.fraction = split.at("fraction").get<double>(),
                                     .fraction_demanded = split.at("fraction_demanded").get<bool>(),
                                     .seed = split.at("seed").get<uint64_t>(),
                                     .folds = split.value("folds", int64_t{0}),
                                     .fold = split.value("fold", int64_t{0})}};
  if (!recorded.validation_table) recorded.options.method = split.at("method").get<std::string>();
  return recorded;
}

/// How much of its epochs a training made that something ended.
int64_t epochs_made(const Json& record) {
  return std::max<int64_t>(1, std::ssize(record.at("history").get_ref<const Json::array_t&>()));
}

bool was_cut_short(const Json& record) {
  const auto end = record.at("training").at("end").get<std::string>();
  return end == end_name(TrainEnd::kTimeLimit) || end == end_name(TrainEnd::kInterrupted);
}

/// @throws Json::exception for what the record lacks, UsageError for options of another version.
FitRequest options_of(const Json& record) {
  const auto& training = record.at("training");
  FitRequest request;
  request.split = split_of(record).options;
  request.seed = training.at("seed").get<uint64_t>();
  from_json(training.at("model"), "the model's record, model", request.model);
  from_json(training.at("training"), "the model's record, training", request.training);
  request.training.time_limit = 0;
  if (was_cut_short(record)) request.training.epochs = epochs_made(record);
  request.baselines = false;
  return request;
}

void check_table(const Table& table, const Json& print, const std::string& what) {
  if (has_fingerprint(table, print)) return;
  throw UsageError(table.name() + ": not the " + what + " of the training, " + print.at("name").get<std::string>() +
                   ", or changed since, or read otherwise; give that one as it was read then");
}

void check_tables(const Json& record, const Table* table, const Table* validation) {
  if (table == nullptr) throw UsageError("training again: expected the table of the training, found none");
  const bool had_one = record.at("training").at("split").at("method") == kFileMethod;
  if (had_one && validation == nullptr) {
    throw UsageError("training again: the model was validated on a table of its own, " +
                     record.at("validation_data").at("name").get<std::string>() + "; give that one as well");
  }
  if (!had_one && validation != nullptr) {
    throw UsageError(
        "training again: the model was validated on rows of its own table; leave out the validation table " +
        validation->name());
  }
  check_table(*table, record.at("data"), "table");
  if (had_one) check_table(*validation, record.at("validation_data"), "validation table");
}

}  // namespace

std::optional<RecordedSplit> recorded_split(const Model& model) {
  try {
    return split_of(model.record);
  } catch (const Json::exception&) {  // of the library, or of another version
    return std::nullopt;
  }
}

std::vector<int64_t> recorded_training_rows(const Model& model, const Table& table) {
  const auto split = recorded_split(model);
  if (!split) throw UsageError("the model's record does not say which rows it was trained on; train it again for them");
  if (!split->validation_table)
    return split_rows(table, table.column(model.schema().outputs.front().columns.front()), split->options).training;
  std::vector<int64_t> all(static_cast<size_t>(table.rows()));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

FitRequest recorded_request(const Model& model, std::shared_ptr<const Table> table,
                            std::shared_ptr<const Table> validation) {
  try {
    auto request = options_of(model.record);
    check_tables(model.record, table.get(), validation.get());
    request.schema = model.schema();
    request.table = std::move(table);
    request.validation = std::move(validation);
    return request;
  } catch (const Json::exception&) {
    throw UsageError(
        "the model's record does not tell how it was trained, as that of a model that fit() made does; fit the model "
        "anew");
  }
}

}  // namespace attune
