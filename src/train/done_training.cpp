// SPDX-License-Identifier: Apache-2.0
#include "done_training.hpp"

#include <optional>
#include <system_error>

#include "attune/core/error.hpp"
#include "run_identity.hpp"

namespace attune {
namespace {

/// Ends after which going on would change nothing.
std::optional<TrainEnd> final_end(const Json& training) {
  for (const auto end : {TrainEnd::kFinished, TrainEnd::kEarly}) {
    if (training.at("end") == end_name(end)) return end;
  }
  return std::nullopt;
}

TrainResult result_in(const Json& record, TrainEnd end) {
  const auto& training = record.at("training");
  TrainResult result;
  result.end = end;
  result.best_epoch = training.at("best_epoch").get<int64_t>();
  result.steps = training.at("steps").get<int64_t>();
  for (const auto& epoch : record.at("history")) result.history.push_back(epoch_record_from_json(epoch));
  return result;
}

}  // namespace

std::unique_ptr<FitResult> done_training(const std::filesystem::path& model_file, const Json& identity) {
  std::error_code none;
  if (!std::filesystem::exists(model_file, none)) return nullptr;
  try {
    auto model = Model::load(model_file);
    const auto record = model.record;
    const auto end = final_end(record.at("training"));
    if (!end || run_identity(record, model.schema()) != identity) return nullptr;
    return std::make_unique<FitResult>(
        FitResult{std::move(model), result_in(record, *end), record.at("metrics"), /*was_done=*/true});
  } catch (const Error&) {  // no model that can be read: a reason to train one
    return nullptr;
  } catch (const Json::exception&) {  // one of another version
    return nullptr;
  }
}

}  // namespace attune
