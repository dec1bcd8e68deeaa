// SPDX-License-Identifier: Apache-2.0
#include "attune/train/gradient_step.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>

#include "attune/ops/packing.hpp"

namespace attune {
namespace {

template <class T>
Tensor to_tensor(std::span<const T> values, at::ScalarType type) {
  auto tensor = at::empty({static_cast<int64_t>(values.size())}, at::TensorOptions(type));
  if (type == at::kLong) {
    std::copy(values.begin(), values.end(), tensor.mutable_data_ptr<int64_t>());
  } else {
    std::transform(values.begin(), values.end(), tensor.mutable_data_ptr<float>(),
                   [](T v) { return static_cast<float>(v); });
  }
  return tensor;
}

HeadTarget head_target(const TrainingBatch& batch, size_t output, std::pair<int64_t, int64_t> shard) {
  const auto part = [&](const auto& all) {
    return std::span(all).subspan(static_cast<size_t>(shard.first), static_cast<size_t>(shard.second - shard.first));
  };
  HeadTarget target;
  if (const auto* classes = std::get_if<ClassTargets>(&batch.targets[output])) {
    target.values = to_tensor(part(*classes), at::kLong);
  } else {
    target.values = to_tensor(part(std::get<ValueTargets>(batch.targets[output])), at::kFloat);
  }
  target.weights = to_tensor(part(batch.weights[output]), at::kFloat);
  return target;
}

/// Undefined for parameters that are frozen, or have no part in the loss.
std::vector<Tensor> gradients_of(const Tensor& loss, const std::vector<Parameter>& parameters) {
  std::vector<Tensor> trained;
  for (const auto& parameter : parameters) {
    if (parameter.trained) trained.push_back(parameter.value);
  }
  auto found = torch::autograd::grad({loss}, trained, /*grad_outputs=*/{}, /*retain_graph=*/false,
                                     /*create_graph=*/false, /*allow_unused=*/true);
  std::vector<Tensor> gradients(parameters.size());
  for (size_t p = 0, next = 0; p < parameters.size(); ++p) {
    if (parameters[p].trained) gradients[p] = std::move(found[next++]);
  }
  return gradients;
}

Gradients shard_gradients(const Model& model, const LabelledRows& data, const TrainingBatch& batch,
                          std::pair<int64_t, int64_t> shard, RandomKey random) {
  const at::AutoGradMode with_gradients(true);
  const auto part = [&](std::span<const int64_t> of_batch) {
    return of_batch.subspan(static_cast<size_t>(shard.first), static_cast<size_t>(shard.second - shard.first));
  };
  const auto rows = part(batch.rows);
  const auto inputs = data.encoded ? data.encoded->take(*data.table, part(batch.positions))
                                   : model.encode(*data.table, data.columns, rows);
  auto context = model.forward_context();
  context.training = true;
  context.random = random;
  context.row_ids = make_offsets(rows);
  const auto scores = model.network().forward(inputs, context);
  auto loss = model.network().head(0).loss(scores[0], head_target(batch, 0, shard));
  for (size_t o = 1; o < scores.size(); ++o)
    loss = loss + model.network().head(o).loss(scores[o], head_target(batch, o, shard));
  return {loss.item<double>(), gradients_of(loss, model.network().parameters().all())};
}

void add_to(Gradients& sum, const Gradients& more) {
  const at::NoGradGuard no_gradients;
  sum.loss += more.loss;
  for (size_t p = 0; p < sum.values.size(); ++p) {
    if (!more.values[p].defined()) continue;
    if (sum.values[p].defined()) {
      sum.values[p].add_(more.values[p]);
    } else {
      sum.values[p] = more.values[p];
    }
  }
}

}  // namespace

Gradients ShardedStep::operator()(const Model& model, const LabelledRows& data, const TrainingBatch& batch,
                                  RandomKey random, Executor& executor) const {
  std::vector<Gradients> shards(batch.shards.size());
  executor.run(static_cast<int64_t>(shards.size()), [&](int64_t s) {
    const auto index = static_cast<size_t>(s);
    shards[index] = shard_gradients(model, data, batch, batch.shards[index], random);
  });
  auto& sum = shards.front();
  for (size_t s = 1; s < shards.size(); ++s) add_to(sum, shards[s]);
  return std::move(sum);
}

}  // namespace attune
