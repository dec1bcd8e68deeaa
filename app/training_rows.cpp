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

std::nullopt_t without(const std::string& reason) {
  print_note("no baselines: " + reason);
  return std::nullopt;
}

constexpr const char* kWayOut = "; name it with --training-table FILE, or leave the baselines out with --no-baselines";

TableOptions reading_of(const Json& record) {
  TableConfig reading;
  from_json(record.value("reading", Json::object()), "the model's record", reading);
  return reading.options;
}

/// The table where the record says it was; none when it cannot be read.
std::shared_ptr<const Table> open_recorded(const std::string& path, const TableOptions& reading, std::string& reason) {
  std::error_code none;
  if (!std::filesystem::exists(path, none)) {
    reason = "the training table " + path + " is not there";
    return nullptr;
  }
  try {
    return open_data(path, reading);
  } catch (const InputError& error) {
    reason = error.what();
    return nullptr;
  }
}

}  // namespace

std::optional<TrainingRows> find_training_rows(const Model& model, const std::string& given) {
  if (!model.record.contains("data") || !recorded_split(model))
    return without("the model does not say which rows it was trained on; train it again for them");
  const auto& data = model.record.at("data");
  const auto path = given.empty() ? data.at("name").get<std::string>() : given;
  const auto reading = reading_of(model.record);
  std::string reason;
  auto table = given.empty() ? open_recorded(path, reading, reason) : open_data(path, reading);
  if (table == nullptr) return without(reason + kWayOut);
  if (!has_fingerprint(*table, data)) {
    const std::string other = path + " is not the table that the model was trained on, or has changed since";
    if (!given.empty()) throw UsageError("--training-table " + other + "; give that one, or --no-baselines");
    return without(other + kWayOut);
  }
  auto rows = recorded_training_rows(model, *table);
  return TrainingRows{std::move(table), std::move(rows)};
}

}  // namespace attune::app
