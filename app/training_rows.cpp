// SPDX-License-Identifier: Apache-2.0
#include "training_rows.hpp"

#include <filesystem>

#include "attune/core/error.hpp"
#include "attune/data/fingerprint.hpp"
#include "attune/train/recorded_request.hpp"
#include "console.hpp"
#include "reading.hpp"
#include "run_config.hpp"

namespace attune::app {
namespace {

TableOptions reading_of(const Json& record) {
  TableConfig reading;
  from_json(record.value("reading", Json::object()), "the model's record", reading);
  return reading.options;
}

/// A table of the training, or why it is not at hand.
struct FoundTable {
  std::shared_ptr<const Table> table;
  std::string missing;
};

/// The table where the record says it was.
FoundTable open_recorded(const std::string& path, const std::string& role, const TableOptions& reading) {
  std::error_code none;
  if (!std::filesystem::exists(path, none)) return {nullptr, "the " + role + " table " + path + " is not there"};
  try {
    return {open_data(path, reading), ""};
  } catch (const InputError& error) {
    return {nullptr, error.what()};
  }
}

/// @param key of the record: "data", "validation_data"; @param role "training", "validation"
/// @param given its path, or "": where the record says
FoundTable find_table(const Model& model, const std::string& key, const std::string& role, const std::string& given) {
  const auto& print = model.record.at(key);
  const auto path = given.empty() ? print.at("name").get<std::string>() : given;
  const auto reading = reading_of(model.record);
  auto found = given.empty() ? open_recorded(path, role, reading) : FoundTable{open_data(path, reading), ""};
  if (found.table == nullptr || has_fingerprint(*found.table, print)) return found;
  const std::string other = path + " is not the " + (role == "training" ? "" : role + " ") +
                            "table that the model was trained on, or has changed since";
  if (!given.empty()) throw UsageError("--" + role + "-table " + other + "; give that one, or leave the flag out");
  return {nullptr, other};
}

FoundTable find_training_table(const Model& model, const std::string& given) {
  if (!model.record.contains("data") || !recorded_split(model))
    return {nullptr, "the model does not say which rows it was trained on; train it again for them"};
  auto found = find_table(model, "data", "training", given);
  if (found.table == nullptr) found.missing += "; name it with --training-table FILE";
  return found;
}

}  // namespace

std::optional<TrainingRows> find_training_rows(const Model& model, const std::string& given) {
  auto found = find_training_table(model, given);
  if (found.table == nullptr) {
    const bool can_be_named = recorded_split(model).has_value();
    print_note("no baselines: " + found.missing +
               (can_be_named ? ", or leave the baselines out with --no-baselines" : ""));
    return std::nullopt;
  }
  auto rows = recorded_training_rows(model, *found.table);
  return TrainingRows{std::move(found.table), std::move(rows)};
}

TrainingTables find_training_tables(const Model& model, const std::string& given_training,
                                    const std::string& given_validation) {
  if (!given_validation.empty() && !model.record.contains("validation_data"))
    throw UsageError("--validation-table " + given_validation +
                     ": the model was validated on no table of its own; leave the flag out");
  auto training = find_training_table(model, given_training);
  if (training.table == nullptr) return {nullptr, nullptr, training.missing};
  if (!model.record.contains("validation_data")) return {training.table, nullptr, ""};
  auto validation = find_table(model, "validation_data", "validation", given_validation);
  if (validation.table == nullptr)
    return {nullptr, nullptr, validation.missing + "; name it with --validation-table FILE"};
  return {training.table, validation.table, ""};
}

}  // namespace attune::app
