// SPDX-License-Identifier: Apache-2.0
#include "report_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "attune/core/wording.hpp"
#include "attune/explain/method.hpp"
#include "attune/explain/subject.hpp"
#include "attune/train/notable_rows.hpp"
#include "explain_config.hpp"
#include "explained_rows.hpp"
#include "interrupt.hpp"

namespace attune::app {
namespace {

class RowDrawer {
 public:
  RowDrawer(const Model& model, size_t output, const LabelledRows& data, Executor& executor)
      : model_(model), output_(output), data_(data), executor_(executor) {
    std::vector<std::string> none;
    method_ = chosen_methods({}, model, none).front();
  }

  /// @param positions in the rows that were measured
  [[nodiscard]] std::vector<report::ExplainedRow> draw(const std::vector<int64_t>& positions) const {
    std::vector<int64_t> rows;
    for (const auto position : positions) rows.push_back(data_.rows[static_cast<size_t>(position)]);
    const auto subjects = read_subjects(model_, *data_.table, rows, {.output = output_}, executor_);
    const MethodControl control{executor_, method_->leaves_gap ? mean_change(subjects, executor_) : 0, interrupted};
    const std::vector<MethodResult> results = {{method_, explain(*method_, subjects, control)}};
    std::vector<report::ExplainedRow> drawn;
    for (size_t s = 0; s < subjects.size(); ++s) {
      drawn.push_back(drawn_row(subjects[s], s, results, row_name(*data_.table, rows[s])));
      drawn.back().truth = truth_of(*data_.table, rows[s], subjects[s]);
      add_note(subjects[s].prediction(), positions[s], drawn.back());
    }
    return drawn;
  }

 private:
  /// How far a number is off; what a class that is not among the answers that are shown got.
  void add_note(const Prediction& prediction, int64_t position, report::ExplainedRow& row) const {
    const auto& targets = data_.targets[output_];
    const auto index = static_cast<size_t>(position);
    if (const auto* numbers = std::get_if<ValueTargets>(&targets)) {
      const double truth = model_.outputs()[output_]->in_unit((*numbers)[index]);
      row.notes.push_back(fmt::format("Off by {:.6g}.", std::abs(prediction.value - truth)));
      return;
    }
    const auto label = std::get<ClassTargets>(targets)[index];
    if (label < 0) {
      row.notes.emplace_back("Its class does not occur among the training rows.");
      return;
    }
    const auto name = model_.outputs()[output_]->classes()[static_cast<size_t>(label)];
    const auto found = std::find_if(prediction.choices.begin(), prediction.choices.end(),
                                    [&](const Choice& choice) { return choice.label == name; });
    if (found - prediction.choices.begin() > std::ssize(row.others))
      row.notes.push_back(fmt::format("Its class has a probability of {:.3g}.", found->probability));
  }

  const Model& model_;
  size_t output_;
  const LabelledRows& data_;
  Executor& executor_;
  const Method* method_;
};

}  // namespace

void add_notable_rows(const Model& model, size_t output, const Measurement& measured, int64_t most, Executor& executor,
                      report::Evaluation& evaluation) {
  const auto rows = notable_rows(*model.outputs()[output], measured.data.targets[output],
                                 model.pooled(output, measured.opinions[output]), most);
  const RowDrawer drawer(model, output, measured.data, executor);
  evaluation.most_wrong = drawer.draw(rows.most_wrong);
  evaluation.least_certain = drawer.draw(rows.least_certain);
}

}  // namespace attune::app
