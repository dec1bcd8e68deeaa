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

struct Done {
  Model model;
  TrainEnd end;
  Json identity;
};

/// Nothing when the file is not that of a training that came to its end.
std::optional<Done> read_done(const std::filesystem::path& model_file) {
  std::error_code none;
  if (!std::filesystem::exists(model_file, none)) return std::nullopt;
  try {
    auto model = Model::load(model_file);
    const auto end = final_end(model.record.at("training"));
    if (!end) return std::nullopt;
    auto identity = run_identity(model.record, model.schema());
    return Done{std::move(model), *end, std::move(identity)};
  } catch (const Error&) {  // no model that can be read: a reason to train one
    return std::nullopt;
  } catch (const Json::exception&) {  // one of another version
    return std::nullopt;
  }
}

}  // namespace

std::unique_ptr<FitResult> done_training(const std::filesystem::path& model_file, const Json& identity) {
  auto done = read_done(model_file);
  if (!done || done->identity != identity) return nullptr;
  const auto record = done->model.record;
  return std::make_unique<FitResult>(
      FitResult{std::move(done->model), result_in(record, done->end), record.at("metrics"), /*was_done=*/true});
}

void check_not_another(const std::filesystem::path& model_file, const Json& identity) {
  const auto done = read_done(model_file);
  if (!done) return;
  const auto differs = differences(done->identity, identity, "model");
  if (differs.empty()) return;
  throw UsageError(model_file.string() + ": the model of another training, which is over: " + differs +
                   "; give the same options and tables, or leave out --resume to replace it");
}

}  // namespace attune
