// SPDX-License-Identifier: Apache-2.0
#include "explain_fixtures.hpp"

#include <ATen/core/grad_mode.h>

#include <numeric>

#include "attune/core/random.hpp"
#include "attune/ops/threads.hpp"

namespace attune::testing {

void enliven(Model& model) {
  const at::NoGradGuard no_gradients;
  for (const auto& parameter : model.network().parameters().all()) {
    auto value = parameter.value;
    auto* numbers = value.mutable_data_ptr<float>();
    const auto key = RandomKey(5).with(parameter.name);
    for (int64_t i = 0; i < value.numel(); ++i)
      numbers[i] += 0.3F * static_cast<float>(key.normal(static_cast<uint64_t>(i)));
  }
}

Model lively_model(double linear_weight, const ModelConfig& config) {
  const auto table = mixed_table(90);
  auto model = fresh_model(*table, mixed_schema(), config);
  enliven(model);
  model.set_temperature(0, 1.7);
  if (linear_weight > 0) add_linear_part(model, *table, linear_weight);
  return model;
}

std::shared_ptr<const Table> one_row(const std::vector<std::string>& cells) {
  return make_table({"review", "city", "size", "weight"}, {cells});
}

Subject subject_of(const Model& model, const std::vector<std::string>& cells, const Question& question) {
  const std::vector<int64_t> first = {0};
  return read_subjects(model, *one_row(cells), first, question, *make_executor(1)).front();
}

Attribution explained(const std::string& method, const Subject& subject) {
  const auto executor = make_executor(1);
  return explain(explanation_method(method), {&subject, 1}, {.executor = *executor}).front();
}

double score_of(const Subject& subject, const Keep& keep) {
  return subject.scores({&keep, 1}, *make_executor(1)).front().score;
}

double sum(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

}  // namespace attune::testing
