// SPDX-License-Identifier: Apache-2.0
#include "retraining.hpp"

#include <filesystem>
#include <numeric>

#include "attune/core/error.hpp"
#include "attune/core/files.hpp"
#include "attune/core/moments.hpp"
#include "attune/core/sha256.hpp"
#include "attune/train/row_scores.hpp"
#include "attune/train/training_data.hpp"

namespace attune {
namespace {

/// @throws InputError for a file that is gone, and for a pipe, which gives its bytes but once.
std::string hash_of(const std::string& file, const AuditCallbacks& callbacks) {
  std::error_code none;
  const auto kind = std::filesystem::status(file, none);
  if (std::filesystem::exists(kind) && !is_regular_file(kind) && !is_directory(kind))
    throw InputError(file + ": no regular file, whose word vectors could be read again");
  Sha256 hash;
  read_in_pieces(file, [&](std::string_view piece) {
    if (callbacks.should_stop && callbacks.should_stop()) throw StoppedError("the audit was stopped");
    hash.update(piece);
  });
  return hash.hex();
}

}  // namespace

HeldBackRows held_back(const FitRequest& request) {
  if (request.validation != nullptr) {
    HeldBackRows all{request.validation, std::vector<int64_t>(static_cast<size_t>(request.validation->rows()))};
    std::iota(all.rows.begin(), all.rows.end(), 0);
    return all;
  }
  const auto& label = request.schema->outputs.front().columns.front();
  return {request.table, split_rows(*request.table, request.table->column(label), request.split).validation};
}

std::string obstacle_to_training(const AuditTask& task, const AuditCallbacks& callbacks) {
  if (!task.training || task.training->model.vectors.empty()) return "";
  const auto& file = task.training->model.vectors;
  try {
    const auto then = task.model.record.value("vectors", Json::object()).value("sha256", Json());
    return then == Json(hash_of(file, callbacks))
               ? ""
               : file + ": other bytes than those of the word vectors that the model was trained with";
  } catch (const InputError& error) {
    return error.what();
  }
}

FitRequest request_of(const AuditContext& context) {
  auto request = *context.task.training;
  request.intervention = context.task.model.intervention();
  return request;
}

Model trained(const AuditContext& context, const FitRequest& request, const char* test, int64_t part, int64_t parts) {
  FitCallbacks callbacks;
  callbacks.training.should_stop = context.callbacks.should_stop;
  callbacks.training.on_step = [&](const TrainProgress& progress) {
    const auto total = progress.epochs * progress.rows_total;
    const auto done = (progress.epoch - 1) * progress.rows_total + progress.rows;
    context.progress(test, part * total + done, parts * total);
  };
  auto fitted = fit(request, context.executor, callbacks);
  context.check_stop();
  if (fitted.training.end == TrainEnd::kNotFinite)
    throw NumericError("the training came to no model: " + fitted.training.failure);
  return std::move(fitted.model);
}

std::vector<double> scores_on(const Model& model, size_t output, const HeldBackRows& held, Executor& executor) {
  const auto labelled = read_labelled(model, held.table, held.rows, executor);
  const auto scores = model.score(*held.table, held.rows, executor);
  return row_scores(*model.outputs()[output], labelled.targets[output], scores[output]);
}

double mean_score(const std::vector<double>& scores) {
  Moments moments;
  for (const double score : scores) moments.add(score);
  return moments.mean();
}

}  // namespace attune
