// SPDX-License-Identifier: Apache-2.0
#include "train_fixtures.hpp"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/zeros_like.h>

#include <stdexcept>

#include "attune/ops/threads.hpp"

namespace attune::testing {

LabelledRows labelled(const Model& model, const std::shared_ptr<const Table>& table) {
  return read_labelled(model, table, rows_up_to(table->rows()), *make_executor(1));
}

LabelledRows no_rows(const Model& model, const std::shared_ptr<const Table>& table) {
  return read_labelled(model, table, {}, *make_executor(1));
}

TrainConfig steady(int64_t epochs, int64_t batch_size) {
  return {.epochs = epochs,
          .batch_size = batch_size,
          .learning_rate = 0.01,
          .warmup = 0,
          .schedule = "constant",
          .patience = 0};
}

TrainingBatch batch_of(const LabelledRows& data, const std::vector<int64_t>& positions,
                       const std::vector<std::vector<double>>& weights) {
  return make_training_batch(data, positions, weights);
}

void fill(const Model& model, const std::string& parameter, const std::vector<float>& values) {
  const at::NoGradGuard no_gradients;
  auto tensor = model.network().parameters().get(parameter);
  if (tensor.numel() != static_cast<int64_t>(values.size())) throw std::runtime_error("size of " + parameter);
  std::copy(values.begin(), values.end(), tensor.mutable_data_ptr<float>());
}

void answer_always(const Model& model, size_t head, const std::vector<float>& scores) {
  const auto name = "head." + std::to_string(head) + ".scores.";
  const auto& weight = model.network().parameters().get(name + "weight");
  fill(model, name + "weight", std::vector<float>(static_cast<size_t>(weight.numel()), 0.0F));
  fill(model, name + "bias", scores);
}

}  // namespace attune::testing
