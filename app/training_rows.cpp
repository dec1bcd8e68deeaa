// SPDX-License-Identifier: Apache-2.0
#include "training_rows.hpp"

#include <filesystem>
#include <numeric>

#include "attune/core/error.hpp"
#include "attune/data/fingerprint.hpp"
#include "attune/data/split.hpp"
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

/// The training part of the split that the record describes.
std::vector<int64_t> training_part(const Model& model, const Table& table) {
  const auto& split = model.record.at("training").at("split");
  const auto method = split.at("method").get<std::string>();
  if (method == "file") {
    std::vector<int64_t> all(static_cast<size_t>(table.rows()));
    std::iota(all.begin(), all.end(), 0);
    return all;
  }
  return split_rows(table, table.column(model.schema().outputs.front().columns.front()),
                    {.method = method,
                     .fraction = split.at("fraction").get<double>(),
                     .fraction_demanded = split.at("fraction_demanded").get<bool>(),
                     .seed = split.at("seed").get<uint64_t>(),
                     .folds = split.value("folds", int64_t{0}),
                     .fold = split.value("fold", int64_t{0})})
      .training;
}

/// Models of the library, and of versions before baselines were, may lack what tells the rows.
bool tells_rows(const Json& record) {
  if (!record.contains("data") || !record.contains("training")) return false;
  const auto split = record.at("training").value("split", Json::object());
  return split.contains("method") && split.contains("fraction") && split.contains("fraction_demanded") &&
         split.contains("seed");
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
  if (!tells_rows(model.record))
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
  auto rows = training_part(model, *table);
  return TrainingRows{std::move(table), std::move(rows)};
}

}  // namespace attune::app
