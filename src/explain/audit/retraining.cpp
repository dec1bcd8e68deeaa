// SPDX-License-Identifier: Apache-2.0
#include "retraining.hpp"

#include <numeric>

#include "attune/core/error.hpp"
#include "attune/core/moments.hpp"
#include "attune/train/row_scores.hpp"
#include "attune/train/training_data.hpp"

namespace attune {

namespace {

/// The hash of the file of word vectors; null without.
Json vectors_of(const Model& model) { return model.record.value("vectors", Json::object()).value("sha256", Json()); }

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
  if (vectors_of(fitted.model) != vectors_of(context.task.model))
    throw InputError(request.model.vectors +
                     ": other bytes than those of the word vectors that the model was trained with");
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
