// SPDX-License-Identifier: Apache-2.0
#include "attune/train/fit.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <new>
#include <numeric>
#include <system_error>

#include "attune/core/error.hpp"
#include "attune/core/files.hpp"
#include "attune/core/wording.hpp"
#include "attune/data/fingerprint.hpp"
#include "attune/data/stoppable_table.hpp"
#include "attune/features/registry.hpp"
#include "attune/metrics/calibration.hpp"
#include "attune/metrics/class_scores.hpp"
#include "attune/model/model_options.hpp"
#include "attune/train/baseline_comparison.hpp"
#include "attune/train/evaluation.hpp"
#include "done_training.hpp"
#include "label_check.hpp"
#include "linear_parts.hpp"
#include "repeated_inputs.hpp"
#include "run_identity.hpp"
#include "training.hpp"

namespace attune {
namespace {

/// A file that is not there is found out before the columns are read.
void check_vectors(const std::string& file) {
  std::error_code none;
  if (!file.empty() && !std::filesystem::exists(file, none)) throw_missing_file(file);
}

void check_split(const FitRequest& request) {
  if (request.split.method == SplitOptions{}.method) return;
  const auto& name = request.option_names.name;
  throw UsageError(name("split", request.split.method) + " has no meaning beside " + name("validation", nullptr) +
                   "; leave one of them out");
}

void check_schema(const FitRequest& request) {
  if (!request.schema || (request.inputs.empty() && request.outputs.empty())) return;
  throw UsageError("schema: it says all of what is read and predicted; leave out inputs and outputs, or the schema");
}

void check_intervention(const FitRequest& request) {
  if (!request.intervention || (request.model_file.empty() && !request.resume)) return;
  const auto& name = request.option_names.name;
  throw UsageError("intervention: neither a checkpoint nor a model file would tell of it; leave out " +
                   (request.resume ? name("resume", nullptr) : "model_file"));
}

/// Everything between the table and the training.
class Fitting {
 public:
  Fitting(const FitRequest& request, Executor& executor, const FitCallbacks& callbacks)
      : request_(request), executor_(executor), callbacks_(callbacks), table_(stoppable(request.table)) {}

  FitResult run() {
    note_skipped(*table_);
    note_same_table();
    auto schema = complete();
    check_class_weights(schema);
    std::vector<int64_t> all(static_cast<size_t>(table_->rows()));
    std::iota(all.begin(), all.end(), 0);
    if (!all.empty()) check_numbers(schema, all);
    check_labels(schema);
    const auto split = divide(schema);
    auto model = Model::fit(schema, *table_, all, split.training, request_.model, request_.seed,
                            callbacks_.training.should_stop);
    model.set_kernels(parse_kernels(request_.training.kernels));
    model.set_intervention(request_.intervention);
    model.record.update(begun_record());
    const auto identity = run_identity(model.record, schema);  // the vectors' hash is known once they were read
    Checkpointing checkpoints(request_.model_file, request_.training.checkpoint_minutes,
                              [this](const std::string& text) { note(text); });
    checkpoints.begin(identity, request_.resume);
    if (request_.resume) {
      if (const auto done = done_training(request_.model_file, identity)) return std::move(*done);
      if (!checkpoints.found()) check_not_another(request_.model_file, identity);
    }
    return train(std::move(model), split, checkpoints);
  }

 private:
  FitResult train(Model fitted, const Split& split, Checkpointing& checkpoints) const {
    FitResult result{std::move(fitted), {}, Json::array()};
    auto& model = result.model;
    check_classes(model, split);
    for (const auto& feature : model.inputs()) note_all(feature->notes());
    for (const auto& feature : model.outputs()) note_all(feature->notes());
    if (model.record.contains("vectors")) note_all(model.record["vectors"]["notes"]);

    note_repeated_inputs(model, split);

    const auto training = read("training", model, request_.table, split.training, /*keep=*/true);
    const auto validation =
        read("validation", model, request_.validation ? request_.validation : request_.table, split.validation);
    note(counted(std::ssize(training.rows), "row") + " to train on, " + with_commas(std::ssize(validation.rows)) +
         " to validate on; " + with_commas(model.network().parameters().count()) + " parameters");
    if (validation.rows.empty()) {
      note("no validation rows: the last epoch is kept, and nothing is calibrated or measured");
    }
    const TimeLimit limit(request_.training.time_limit, request_.begun);
    const bool is_complete = !request_.model.linear || std::ssize(validation.rows) < kFewestToCalibrate ||
                             fit_linear_parts(model, training, validation, limit, baseline_control());
    const double linear = limit.exists() ? linear_seconds(model, validation, executor_) : 0;
    result.training = Training({model, training, validation, request_.training, request_.seed, executor_,
                                callbacks_.training, ShardedStep(), linear},
                               limit, checkpoints)
                          .run();
    const auto end = result.training.end;
    if (!is_complete && (end == TrainEnd::kFinished || end == TrainEnd::kEarly))
      result.training.end = TrainEnd::kTimeLimit;  // resumed with more time, it would be another model
    if (!validation.rows.empty() && result.training.best_epoch > 0) {
      note_calibration(model, validation);
      const double to_write = checkpoints.seconds_to_write();
      measure(result, validation, split.training, [&] { return limit.is_up(to_write); });
    }
    complete_record(result, split);
    return result;
  }

  std::shared_ptr<const Table> stoppable(const std::shared_ptr<const Table>& table) const {
    return std::make_shared<StoppableTable>(table, callbacks_.training.should_stop);
  }

  void note(const std::string& text) const {
    if (callbacks_.on_note) callbacks_.on_note(text);
  }
  void note_all(const std::vector<std::string>& texts) const {
    for (const auto& text : texts) note(text);
  }
  void note_skipped(const Table& table) const {
    if (table.skipped_rows() > 0) note(table.name() + ": " + counted(table.skipped_rows(), "bad row") + " left out");
  }

  /// Texts are rarely the same by chance; numbers and categories often are.
  void note_repeated_inputs(const Model& model, const Split& split) const {
    const auto& inputs = model.schema().inputs;
    const auto is_text = [](const Binding& input) { return input.type == "text"; };
    if (std::none_of(inputs.begin(), inputs.end(), is_text)) return;
    const RepeatedInputs repeated(*table_, model.map_columns(*table_, /*with_outputs=*/true), split.training);
    if (const auto found = repeated.contradictions(); found.rows > 0) {
      note("warning: " + counted(found.rows, "training row") +
           " have the input of another row and another label (for example " + request_.table->where(found.first) +
           " and " + request_.table->where(found.second) + "); no model can be right on all of them");
    }
    const auto other = request_.validation ? stoppable(request_.validation) : table_;
    const auto known = repeated.count_known(*other, model.map_columns(*other, /*with_outputs=*/true), split.validation);
    if (known == 0) return;
    note("warning: " + with_commas(known) + " of " + counted(std::ssize(split.validation), "validation row") +
         (known == 1 ? " has an input that is" : " have inputs that are") +
         " among the training rows as well; what is measured on them flatters");
  }

  void note_same_table() const {
    const auto& other = request_.validation;
    if (other == nullptr || other->rows() != table_->rows() || other->names() != table_->names()) return;
    if (!has_fingerprint(*stoppable(other), fingerprint(*table_))) return;
    note("warning: the validation table is the training table: what is measured on it says nothing about other rows");
  }
  void note_calibration(const Model& model, const LabelledRows& validation) const {
    for (size_t o = 0; o < model.outputs().size(); ++o) {
      if (model.outputs()[o]->classes().empty()) continue;
      const auto rows = std::ssize(validation.rows);
      const auto name = "output \"" + model.schema().outputs[o].name + "\": ";
      const auto& classes = std::get<ClassTargets>(validation.targets[o]);
      if (std::count(classes.begin(), classes.end(), kUnseenLabel) == rows) {
        note(name + "not calibrated, for no validation row has a label known from training");
      } else if (rows < kFewestToCalibrate) {
        note(name + "not calibrated, which takes " + std::to_string(kFewestToCalibrate) + " validation rows");
      } else {
        note(name + "calibrated on the validation rows, temperature " + two_decimals(model.temperature(o)) +
             (model.linear(o) == nullptr ? "" : ", weight of the linear part " + two_decimals(model.linear_weight(o))));
        if (model.linear_weight(o) > 0 && model.temperature(o) >= kHighestTemperature)
          note(name + "the network says nothing that the linear part does not; train it longer, or on more rows");
      }
    }
  }
  void measure(FitResult& result, const LabelledRows& validation, std::span<const int64_t> training,
               const std::function<bool()>& is_time_up) const {
    const auto opinions = result.model.opinions(*validation.table, validation.rows, executor_);
    result.metrics = evaluate(result.model, validation, opinions);
    if (!request_.baselines || result.training.end == TrainEnd::kInterrupted) return;
    auto control = baseline_control();
    control.should_stop = [&] { return is_stopped() || is_time_up(); };
    auto measured = validation;
    measured.table = std::make_shared<StoppableTable>(validation.table, control.should_stop);
    const StoppableTable table(request_.table, control.should_stop);
    try {
      compare_with_baselines(result.metrics, result.model, table, training, measured, result.model.pooled(opinions),
                             control);
    } catch (const StoppedError&) {
      if (is_stopped()) {
        note("interrupted: the model is not compared with baselines");
        result.training.end = TrainEnd::kInterrupted;
      } else {
        note(
            "time limit: the model is not compared with baselines; allow more with --time-limit, or leave them out "
            "with --no-baselines");
      }
    } catch (const std::bad_alloc&) {
      note("warning: too little memory for the baselines: the model is not compared with them");
    }
  }
  bool is_stopped() const { return callbacks_.training.should_stop && callbacks_.training.should_stop(); }
  BaselineControl baseline_control() const { return {executor_, callbacks_.training.should_stop, callbacks_.on_note}; }
  static std::string two_decimals(double number) {
    const auto text = std::to_string(static_cast<double>(std::llround(number * 100)) / 100);
    return text.substr(0, text.find('.') + 3);
  }

  Schema complete() const {
    if (request_.schema) {
      check_complete(*request_.schema, *table_);
      return *request_.schema;
    }
    Schema given;
    for (const auto& text : request_.inputs) given.inputs.push_back(parse_input(text, *table_));
    for (const auto& text : request_.outputs) given.outputs.push_back(parse_output(text, *table_));
    std::vector<std::string> notes;
    auto schema = complete_schema(given, *table_, notes, split_column(request_.split));
    note_all(notes);
    return schema;
  }

  void check_class_weights(const Schema& schema) const {
    const auto& weights = request_.training.class_weights;
    const auto is_number = [](const Binding& output) { return output.type == "number"; };
    if (weights == "none" || !std::all_of(schema.outputs.begin(), schema.outputs.end(), is_number)) return;
    throw UsageError(request_.option_names.name("class_weights", weights) +
                     " has no meaning here: only numbers are predicted; leave it out");
  }

  /// A word among the numbers to predict is named before the split, which would take the column for classes. The
  /// feature says it; of what it is fitted on nothing is kept.
  void check_numbers(const Schema& schema, std::span<const int64_t> all) const {
    for (const auto& output : schema.outputs) {
      if (output.type != "number") continue;
      const std::vector<int> columns = {table_->column(output.columns.front())};
      make_output_feature(output)->fit({*table_, columns, all}, {*table_, columns, all.first(1)});
    }
  }

  /// Labels that are no classes are named before the split, which would only say that it cannot share them out. Where
  /// rows are to be held back and no label comes twice no split can.
  void check_labels(const Schema& schema) const {
    const bool holds_back = request_.validation == nullptr && request_.split.fraction > 0;
    for (const auto& output : schema.outputs) {
      if (output.type != "category") continue;
      const auto doubt = doubt_classes(*table_, output.columns.front());
      if (doubt.all_differ && holds_back && !request_.split.fraction_demanded)
        throw InputError(table_->name() + ", " + doubt.text);
      if (!doubt.text.empty()) note("warning: " + doubt.text);
    }
  }

  Split divide(const Schema& schema) const {
    Split split;
    if (request_.validation == nullptr) {
      split = split_rows(*table_, table_->column(schema.outputs.front().columns.front()), request_.split);
      note_all(split.notes);
      return split;
    }
    note_skipped(*request_.validation);
    split.training.resize(static_cast<size_t>(table_->rows()));
    split.validation.resize(static_cast<size_t>(request_.validation->rows()));
    std::iota(split.training.begin(), split.training.end(), 0);
    std::iota(split.validation.begin(), split.validation.end(), 0);
    return split;
  }

  /// With fewer rows than classes nothing can be learned; who demands a share for validation has asked for it.
  void check_classes(const Model& model, const Split& split) const {
    if (request_.split.fraction_demanded) return;
    for (size_t o = 0; o < model.outputs().size(); ++o) {
      const auto classes = model.outputs()[o]->classes().size();
      if (split.training.size() >= classes) continue;
      throw InputError(table_->name() + ", column \"" + model.schema().outputs[o].columns.front() +
                       "\": expected at least as many training rows as classes, found " +
                       counted(std::ssize(split.training), "row") + " for " +
                       counted(static_cast<int64_t>(classes), "class") +
                       "; if the column holds numbers predict it as :number, else join rare classes or add rows");
    }
  }

  LabelledRows read(const std::string& part, const Model& model, const std::shared_ptr<const Table>& table,
                    const std::vector<int64_t>& rows, bool keep = false) const {
    auto data = read_labelled(model, stoppable(table), rows, executor_);
    if (keep) keep_encoded(data, model, executor_);
    data.table = table;  // a step is not stopped in its middle
    if (data.truncated_rows > 0) {
      note("the end of " + counted(data.truncated_rows, part + " row") +
           " is cut off for the network by the input's max_length; :text:max_length=N reads more");
    }
    if (data.unseen_labels > 0) {
      note("warning: " + counted(data.unseen_labels, part + " row") +
           " with a label that no training row has; counted as wrong");
    }
    return data;
  }

  /// What is known before the training.
  Json begun_record() const {
    Json record;
    record["training"] = {{"seed", request_.seed},
                          {"model", to_json(request_.model)},
                          {"training", to_json(request_.training)},
                          {"split",
                           {{"method", request_.validation ? "file" : request_.split.method},
                            {"fraction", request_.split.fraction},
                            {"fraction_demanded", request_.split.fraction_demanded},
                            {"seed", request_.split.seed}}}};
    if (request_.split.folds > 0)
      record["training"]["split"].update(Json{{"folds", request_.split.folds}, {"fold", request_.split.fold}});
    record["data"] = described(*table_);
    if (request_.validation) record["validation_data"] = described(*stoppable(request_.validation));
    return record;
  }

  void complete_record(FitResult& result, const Split& split) const {
    auto& record = result.model.record;
    record["training"].update(Json{{"training_rows", split.training.size()},
                                   {"validation_rows", split.validation.size()},
                                   {"steps", result.training.steps},
                                   {"best_epoch", result.training.best_epoch},
                                   {"end", end_name(result.training.end)}});
    record["history"] = Json::array();
    for (const auto& epoch : result.training.history) record["history"].push_back(to_json(epoch));
    record["metrics"] = result.metrics;
  }

  static Json described(const Table& table) {
    auto json = fingerprint(table);
    json["skipped_rows"] = table.skipped_rows();
    return json;
  }

  const FitRequest& request_;
  Executor& executor_;
  const FitCallbacks& callbacks_;
  std::shared_ptr<const Table> table_;  ///< the request's, for all that is done before the first step
};

}  // namespace

bool has_validation_rows(const FitRequest& request) {
  return request.validation != nullptr || request.split.fraction > 0 || request.split.method.starts_with("column:");
}

void check_options(const FitRequest& request, bool validation_table) {
  check_model_options(request.model, request.option_names);
  check(request.training, "training");
  if (validation_table) check_split(request);
  check_schema(request);
  check_intervention(request);
  check_vectors(request.model.vectors);
}

FitResult fit(const FitRequest& request, Executor& executor, const FitCallbacks& callbacks) {
  check_options(request, request.validation != nullptr);
  return Fitting(request, executor, callbacks).run();
}

void remove_checkpoints(const std::filesystem::path& model_file) { CheckpointFiles::remove(model_file); }

}  // namespace attune
