// SPDX-License-Identifier: Apache-2.0
#include "attune/train/trainer.hpp"

#include <limits>

#include "attune/core/error.hpp"
#include "training.hpp"

namespace attune {
namespace {

double number(const Json& json) {
  return json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.get<double>();
}

}  // namespace

Json to_json(const EpochRecord& record) {
  Json json{{"epoch", record.epoch}, {"training_loss", record.training_loss}};
  if (record.validation_loss) json["validation_loss"] = *record.validation_loss;
  if (record.validation_metric) {
    json["validation_metric"] = *record.validation_metric;
    json["metric"] = record.metric;
  }
  json["learning_rate"] = record.learning_rate;
  json["rows_per_second"] = record.rows_per_second;
  json["seconds"] = record.seconds;
  json["best"] = record.best;
  return json;
}

EpochRecord epoch_record_from_json(const Json& json) {
  EpochRecord record{.epoch = json.at("epoch").get<int64_t>(),
                     .training_loss = number(json.at("training_loss")),
                     .validation_loss = {},
                     .validation_metric = {},
                     .metric = json.value("metric", ""),
                     .learning_rate = number(json.at("learning_rate")),
                     .rows_per_second = number(json.at("rows_per_second")),
                     .seconds = number(json.at("seconds")),
                     .best = json.at("best").get<bool>()};
  if (json.contains("validation_loss")) record.validation_loss = number(json.at("validation_loss"));
  if (json.contains("validation_metric")) record.validation_metric = number(json.at("validation_metric"));
  return record;
}

const char* end_name(TrainEnd end) {
  switch (end) {
    case TrainEnd::kFinished:
      return "finished";
    case TrainEnd::kEarly:
      return "stopped early";
    case TrainEnd::kInterrupted:
      return "interrupted";
    case TrainEnd::kTimeLimit:
      return "time limit";
    case TrainEnd::kNotFinite:
      return "loss not finite";
  }
  return "";
}

TrainResult train(Model& model, const LabelledRows& training, const LabelledRows& validation, const TrainConfig& config,
                  uint64_t seed, Executor& executor, const TrainCallbacks& callbacks, const GradientStep& step) {
  Checkpointing none(/*model_file=*/{}, /*minutes=*/0, /*note=*/{});
  return Training({model, training, validation, config, seed, executor, callbacks, step},
                  TimeLimit(config.time_limit, TimeLimit::Clock::now()), none)
      .run();
}

}  // namespace attune
