// SPDX-License-Identifier: Apache-2.0
#include "repeated_training.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "baselines_text.hpp"
#include "commands.hpp"
#include "console.hpp"
#include "metrics_text.hpp"
#include "output_files.hpp"
#include "selection_note.hpp"

namespace attune::app {
namespace {

/// A line per output.
void print_run(const RunRecord& run, bool json) {
  if (json) {
    print_json({{"run", attune::to_json(run)}});
  } else {
    const char* const cut = run.end == TrainEnd::kTimeLimit ? ", cut short by the time limit" : "";
    for (const auto& metrics : run.metrics) print_line(run_name(run.id) + ": " + summary_line(metrics) + cut);
  }
  if (!run.failure.empty()) print_note(run_name(run.id) + ": " + run.failure + "; not counted");
  flush_results();
}

/// What the model after the folds is trained on.
std::string training_part(const FitRequest& request) {
  return has_validation_rows(request) ? "the usual split" : "all rows";
}

class Announcer {
 public:
  Announcer(const FitRequest& request, const RepeatConfig& config)
      : request_(request), folds_(config.folds > 0), count_(config.seeds * std::max<int64_t>(1, config.folds)) {}

  void operator()(const RunId& id) {
    if (folds_ && !id.fold) return print_note("the model to keep: " + run_name(id) + ", on " + training_part(request_));
    print_note(fmt::format("run {} of {}: {}", ++begun_, count_, run_name(id)));
  }

 private:
  const FitRequest& request_;
  bool folds_;
  int64_t count_, begun_ = 0;
};

/// What the interval is worth.
std::string interval_text(const RepeatConfig& config, size_t runs) {
  const auto of = fmt::format("Student's t over {}", counted(static_cast<int64_t>(runs), "run"));
  if (config.folds == 0) return of + " on the same rows: what other seeds would give, not what other rows would";
  return of + "; folds share training rows, so that it is rough";
}

/// A run that did not break off is kept before any that did, so that there was none.
std::string kept_text(const FitRequest& request, const RepeatConfig& config, const RepeatedResult& result) {
  const auto kept = "kept: " + run_name(result.kept_id);
  const auto end = result.kept->training.end;
  const bool broke_off = end == TrainEnd::kInterrupted || end == TrainEnd::kNotFinite;
  if (config.folds > 0) {
    return kept + ", trained on " + training_part(request) + " after the folds" +
           (broke_off ? ", its best epoch before it broke off" : "");
  }
  if (broke_off) return kept + ", its best epoch before it broke off; there is no complete run to compare it with";
  return fmt::format("{}, best by validation {}; what was chosen by its own figures is flattered by them", kept,
                     request.training.select == "metric" ? "metric" : "loss");
}

Json result_json(const RepeatedResult& result, const RunConfig& config) {
  Json json{{"model", nullptr}, {"runs", Json::array()}, {"summary", result.summary}};
  for (const auto& run : result.runs) json["runs"].push_back(attune::to_json(run));
  if (!result.kept) return json;
  json.update({{"model", config.model_file},
               {"kept", attune::to_json(result.kept_id)},
               {"best_epoch", result.kept->training.best_epoch},
               {"metrics", result.kept->metrics}});
  return json;
}

void print_kept(const FitRequest& request, const RepeatedResult& result, const RunConfig& config) {
  print_line(kept_text(request, config.repeat, result));
  print_line(fmt::format("model {}, weights of epoch {}", config.model_file, result.kept->training.best_epoch));
  for (const auto& metrics : result.kept->metrics) {
    print_line(summary_line(metrics));
    print_text(baselines_table(metrics));
  }
}

void print_result(const FitRequest& request, const RepeatedResult& result, const RunConfig& config, bool json) {
  if (json) return print_json(result_json(result, config));
  for (const auto& summary : result.summary) print_text(spread_table(summary));
  if (!result.summary.empty()) {
    const auto runs = result.summary.front().at("runs").get<size_t>();
    if (runs > 1) print_line("  interval: " + interval_text(config.repeat, runs));
  }
  if (result.kept) print_kept(request, result, config);
}

/// What there is to report, and what became of the model's file.
std::string interruption(const RepeatedResult& result, const RunConfig& config) {
  auto when = result.runs.empty() ? std::string("interrupted in the first run")
                                  : "interrupted after " + counted(std::ssize(result.runs), "run");
  if (!result.kept) return when + ": no model is written";
  if (result.kept->training.end != TrainEnd::kInterrupted) return when;
  return fmt::format("{}: {} keeps the weights of epoch {} of {}, which was not complete", when, config.model_file,
                     result.kept->training.best_epoch, run_name(result.kept_id));
}

/// Beside runs that came to their best, figures of such that did not mislead.
void note_cut_short(const RepeatedResult& result, const RunConfig& config) {
  const auto cut = std::count_if(result.runs.begin(), result.runs.end(),
                                 [](const RunRecord& run) { return run.end == TrainEnd::kTimeLimit; });
  if (cut == 0) return;
  print_note(fmt::format(
      "{} of {} cut short by --time-limit {}, which is for all of them together: the mean and the interval are those "
      "of short trainings; raise the limit or ask for fewer runs",
      cut, counted(std::ssize(result.runs), "run"), config.training.time_limit));
}

int report_end(const RepeatedResult& result, const RunConfig& config) {
  if (result.interrupted) {
    print_note(interruption(result, config));
    if (!result.kept) note_unwritten_model(config);
    return kInterrupted;
  }
  if (!result.kept)
    print_error("no training came so far that there is a model to keep: " + config.model_file + " is not written");
  const auto failed = [](const RunRecord& run) { return run.end == TrainEnd::kNotFinite; };
  const bool all_well = std::none_of(result.runs.begin(), result.runs.end(), failed) && result.kept &&
                        result.kept->training.end != TrainEnd::kNotFinite;
  return all_well ? kDone : kFailed;
}

/// A disk that is full while runs are to come may have room at the end, when the model is written once more.
void write_meanwhile(Model& model, const RunConfig& config, bool& failed) {
  try {
    write_model(model, config);
  } catch (const IoError& error) {
    if (!std::exchange(failed, true))
      print_note(std::string("warning: no model yet: ") + error.what() + "; it is written again after the last run");
  }
}

}  // namespace

int train_repeatedly(const FitRequest& request, const RunConfig& config, Executor& executor, TrainingWatch& watch,
                     bool json) {
  Announcer announce(request, config.repeat);
  RepeatedCallbacks callbacks;
  callbacks.fit = watch.callbacks();
  callbacks.on_begin = [&](const RunId& id) {
    announce(id);
    watch.begin_run(id);
  };
  callbacks.on_end = [&](const RunId&, const FitResult& fitted) { watch.end_run(fitted.training); };
  callbacks.on_run = [&](const RunRecord& run) { print_run(run, json); };
  bool failed = false;
  callbacks.on_kept = [&](Model& model) { write_meanwhile(model, config, failed); };
  auto result = repeated_fit(request, config.repeat, executor, callbacks);
  if (result.kept) write_model(result.kept->model, config);
  const int code = report_end(result, config);
  note_cut_short(result, config);
  if (result.kept) note_selection(*result.kept, config.training.select);
  print_result(request, result, config, json);
  if (result.runs.empty() && !result.kept) return code;
  const auto whole = result_json(result, config);
  watch.finish({{"runs", whole.at("runs")}, {"summary", whole.at("summary")}});
  return code;
}

}  // namespace attune::app
