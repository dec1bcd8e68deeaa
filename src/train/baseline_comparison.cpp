// SPDX-License-Identifier: Apache-2.0
#include "attune/train/baseline_comparison.hpp"

#include <algorithm>
#include <cmath>

#include "attune/core/wording.hpp"
#include "attune/metrics/bootstrap.hpp"
#include "attune/metrics/predicted_labels.hpp"
#include "attune/metrics/regression.hpp"
#include "attune/train/row_scores.hpp"

namespace attune {
namespace {

void append(Targets& all, const Targets& more) {
  std::visit(
      [&](auto& to) {
        const auto& from = std::get<std::remove_cvref_t<decltype(to)>>(more);
        to.insert(to.end(), from.begin(), from.end());
      },
      all);
}

bool all_finite(std::span<const double> numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [](double number) { return std::isfinite(number); });
}

Json number_or_null(double number) { return std::isfinite(number) ? Json(number) : Json(); }

Json figures(const Targets& predicted, const Targets& truth, int64_t classes) {
  if (classes > 0) {
    const auto metrics = label_metrics(std::get<ClassTargets>(predicted), std::get<ClassTargets>(truth), classes);
    return {{"accuracy", metrics.accuracy}, {"balanced_accuracy", metrics.balanced_accuracy}};
  }
  const auto metrics = regression_metrics(std::get<ValueTargets>(predicted), std::get<ValueTargets>(truth));
  return {{"mean_squared_error", number_or_null(metrics.mean_squared_error)}, {"r2", number_or_null(metrics.r2)}};
}

/// @param sign 1 where a higher score is better, -1 where a lower one is
Json verdict(const PairedDifference& found, double sign, int64_t rows) {
  if (rows < kFewestToCompare || (found.low <= 0 && found.high >= 0)) return nullptr;
  return sign * found.difference > 0;
}

Json difference(std::span<const double> model, std::span<const double> baseline, double sign) {
  Json none{{"difference", nullptr}, {"interval", nullptr}, {"better", nullptr}};
  if (!all_finite(model) || !all_finite(baseline)) return none;
  const auto found = paired_bootstrap(model, baseline, RandomKey(0).with("baselines"));
  if (!all_finite(std::vector{found.difference, found.low, found.high})) return none;
  return {{"difference", found.difference},
          {"interval", {found.low, found.high}},
          {"better", verdict(found, sign, std::ssize(model))}};
}

/// The baselines of one output, and what they predict.
struct OutputBaselines {
  std::vector<std::unique_ptr<Baseline>> fitted;
  std::vector<Targets> predictions;
};

class Comparison {
 public:
  Comparison(const Model& model, const Table& table, std::span<const int64_t> training, const BaselineControl& control)
      : model_(model),
        table_(table),
        control_(control),
        rows_(baseline_rows(model.schema(), table, training)),
        inputs_({model.schema().inputs, {}}, table, rows_, control.executor) {
    note_limits(std::ssize(training));
  }

  void fit() {
    const auto targets = model_.targets(table_, model_.map_columns(table_, /*with_outputs=*/true), rows_);
    for (size_t o = 0; o < targets.size(); ++o) {
      const auto& output = *model_.outputs()[o];
      auto& baselines = outputs_.emplace_back();
      baselines.fitted = baselines_for(inputs_, std::ssize(output.classes()));
      for (const auto& baseline : baselines.fitted) {
        control_.check_stop();
        baseline->fit(inputs_, in_unit(output, targets[o]), control_);
        baselines.predictions.push_back(output.empty_targets());
      }
    }
  }

  void predict(const LabelledRows& measured) {
    inputs_.for_each_cut(*measured.table, measured.rows, control_.executor, [this](const CutRows& cut) {
      control_.check_stop();
      for (auto& output : outputs_) {
        for (size_t b = 0; b < output.fitted.size(); ++b) append(output.predictions[b], output.fitted[b]->predict(cut));
      }
    });
  }

  /// The list of output `o`.
  [[nodiscard]] Json list(size_t o, const Targets& targets, const Scores& scores) const {
    const auto& output = *model_.outputs()[o];
    const auto classes = std::ssize(output.classes());
    const auto truth = in_unit(output, targets);
    const auto of_model = row_scores(output, targets, scores);
    Json list = Json::array();
    for (size_t b = 0; b < outputs_[o].fitted.size(); ++b) {
      control_.check_stop();
      const auto& predicted = outputs_[o].predictions[b];
      Json one{{"name", outputs_[o].fitted[b]->name()}};
      one.update(figures(predicted, truth, classes));
      one.update(difference(of_model, row_scores(predicted, truth), classes > 0 ? 1 : -1));
      list.push_back(std::move(one));
    }
    return list;
  }

 private:
  void note_limits(int64_t training) const {
    if (!control_.note) return;
    const auto has_classes = [](const auto& output) { return !output->classes().empty(); };
    if (inputs_.has_numbers() && (inputs_.has_text() || inputs_.has_categories()) &&
        std::any_of(model_.outputs().begin(), model_.outputs().end(), has_classes))
      control_.note("the baselines of naive Bayes leave the columns of numbers out");
    if (std::ssize(rows_) < training)
      control_.note("baselines are fitted on " + with_commas(std::ssize(rows_)) + " of " + with_commas(training) +
                    " training rows");
  }

  const Model& model_;
  const Table& table_;
  const BaselineControl& control_;
  std::vector<int64_t> rows_;
  BaselineInputs inputs_;
  std::vector<OutputBaselines> outputs_;
};

}  // namespace

void compare_with_baselines(Json& metrics, const Model& model, const Table& table, std::span<const int64_t> training,
                            const LabelledRows& measured, const std::vector<Scores>& scores,
                            const BaselineControl& control) {
  Comparison comparison(model, table, training, control);
  comparison.fit();
  comparison.predict(measured);
  std::vector<Json> lists;
  for (size_t o = 0; o < scores.size(); ++o) lists.push_back(comparison.list(o, measured.targets[o], scores[o]));
  for (size_t o = 0; o < lists.size(); ++o) metrics[o]["baselines"] = std::move(lists[o]);
}

}  // namespace attune
