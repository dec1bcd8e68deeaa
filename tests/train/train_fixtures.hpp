// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "attune/train/trainer.hpp"
#include "model_fixtures.hpp"

namespace attune::testing {

/// All rows of the table.
[[nodiscard]] LabelledRows labelled(const Model& model, const std::shared_ptr<const Table>& table);
/// No rows, which is a training without validation.
[[nodiscard]] LabelledRows no_rows(const Model& model, const std::shared_ptr<const Table>& table);

/// Few epochs of large constant steps, so that an epoch's weights do not depend on how many are to come.
[[nodiscard]] TrainConfig steady(int64_t epochs, int64_t batch_size = 16);

/// The rows at these positions as one step, cut as the library cuts them.
[[nodiscard]] TrainingBatch batch_of(const LabelledRows& data, const std::vector<int64_t>& positions,
                                     const std::vector<std::vector<double>>& weights);

/// A gradient step made of a function of the step's number, from 0, and of the true gradient.
class ScriptedStep : public GradientStep {
 public:
  using Script = std::function<Gradients(int64_t step, const Model& model, Gradients gradients)>;
  explicit ScriptedStep(Script script) : script_(std::move(script)) {}
  [[nodiscard]] Gradients operator()(const Model& model, const LabelledRows& data, const TrainingBatch& batch,
                                     RandomKey random, Executor& executor) const override {
    return script_(steps_++, model, ShardedStep()(model, data, batch, random, executor));
  }
  [[nodiscard]] int64_t steps() const { return steps_; }

 private:
  Script script_;
  mutable int64_t steps_ = 0;
};

/// Sets all numbers of a parameter, which a model shows but does not hand out.
void fill(const Model& model, const std::string& parameter, const std::vector<float>& values);
/// Makes head `head` answer every row with these scores.
void answer_always(const Model& model, size_t head, const std::vector<float>& scores);

}  // namespace attune::testing
