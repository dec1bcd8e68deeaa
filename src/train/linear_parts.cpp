// SPDX-License-Identifier: Apache-2.0
#include "linear_parts.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "attune/core/error.hpp"
#include "attune/data/column_profile.hpp"
#include "attune/data/stoppable_table.hpp"

namespace attune {

namespace {

// The network is to have as much.
constexpr double kShareOfTime = 0.5;
constexpr int64_t kRowsTimed = 64;

/// Null for an output of numbers.
const ClassTargets* labels_of(const LabelledRows& data, size_t output) {
  return std::get_if<ClassTargets>(&data.targets[output]);
}

void fit_linear_part(Model& model, size_t output, const LabelledRows& training, const LabelledRows& validation,
                     const BaselineControl& control) {
  control.check_stop();
  const StoppableTable table(training.table, control.should_stop), others(validation.table, control.should_stop);
  model.set_linear(output,
                   std::make_shared<const LinearClassifier>(
                       model.schema(), LinearClassifier::Rows{table, training.rows, *labels_of(training, output)},
                       LinearClassifier::Rows{others, validation.rows, *labels_of(validation, output)},
                       std::ssize(model.outputs()[output]->classes()), control));
}

void note_left_out(const Model& model, size_t output, const BaselineControl& control) {
  if (!control.note) return;
  control.note("time limit: output \"" + model.schema().outputs[output].name +
               "\" goes without its linear part, which has half of the time; allow more with --time-limit, or leave it "
               "out with --no-linear");
}

}  // namespace

bool fit_linear_parts(Model& model, const LabelledRows& training, const LabelledRows& validation,
                      const TimeLimit& limit, const BaselineControl& control) {
  const auto share = limit.part(kShareOfTime);
  auto limited = control;
  limited.should_stop = [&] { return (control.should_stop && control.should_stop()) || share.is_up(0); };
  bool all = true;
  for (size_t o = 0; o < training.targets.size(); ++o) {
    if (labels_of(training, o) == nullptr) continue;
    try {
      fit_linear_part(model, o, training, validation, limited);
    } catch (const StoppedError&) {
      control.check_stop();
      note_left_out(model, o, control);
      all = false;
    }
  }
  return all;
}

double linear_seconds(const Model& model, const LabelledRows& data, Executor& executor) {
  const auto positions = sample_rows(std::ssize(data.rows), kRowsTimed);
  std::vector<int64_t> rows;
  for (const auto position : positions) rows.push_back(data.rows[static_cast<size_t>(position)]);
  std::chrono::duration<double> taken{0};
  for (size_t o = 0; o < model.outputs().size(); ++o) {
    if (model.linear(o) == nullptr || rows.empty()) continue;
    const auto begun = std::chrono::steady_clock::now();
    (void)model.linear(o)->log_probabilities(*data.table, rows);
    taken += std::chrono::steady_clock::now() - begun;
  }
  const auto share = static_cast<double>(data.rows.size()) / static_cast<double>(std::max<size_t>(rows.size(), 1));
  return taken.count() * share / executor.threads();  // chunks of rows are judged by all threads
}

}  // namespace attune
