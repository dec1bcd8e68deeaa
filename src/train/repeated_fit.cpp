// SPDX-License-Identifier: Apache-2.0
#include "attune/train/repeated_fit.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <limits>
#include <set>
#include <system_error>
#include <utility>

#include "attune/core/error.hpp"
#include "run_summary.hpp"

namespace attune {
namespace {

/// Refuses what several trainings cannot do, calling each option as it was given.
class RepeatOptions {
 public:
  RepeatOptions(const FitRequest& request, const RepeatConfig& config, bool validation_table)
      : request_(request),
        config_(config),
        names_(request.option_names),
        validation_table_(validation_table),
        several_(config.folds == 0 ? name("seeds", config.seeds) : name("folds", config.folds)) {}

  void check() const {
    attune::check(config_, "run");
    if (config_.folds == 1) throw UsageError(several_ + ": expected 0 for none, or 2 at least");
    check_resume();
    check_validation();
    check_vectors();
  }

 private:
  [[nodiscard]] std::string name(const char* option, const Json& value = nullptr) const {
    return names_.name(option, value);
  }

  void check_resume() const {
    if (!request_.resume) return;
    throw UsageError(name("resume") + ": goes on with one training, and " + several_ +
                     " asks for several, which leave no checkpoints; leave it out to begin them anew");
  }

  void check_validation() const {
    if (config_.folds > 0 && validation_table_)
      throw UsageError(several_ + ": the rows to validate on come from the table; leave out " + name("validation"));
    if (config_.folds == 0 && !validation_table_ && !has_validation_rows(request_)) {
      throw UsageError(several_ + ": the runs are compared on validation rows, and there are none; leave out " +
                       name("validation_fraction", 0));
    }
  }

  /// A pipe is empty for the second run; of a file that is not there, or a folder, fit() tells.
  void check_vectors() const {
    std::error_code none;
    const auto kind = std::filesystem::status(request_.model.vectors, none);
    if (!std::filesystem::exists(kind) || is_regular_file(kind) || is_directory(kind)) return;
    throw UsageError(
        name("vectors", request_.model.vectors) + ": no regular file; each run that " + several_ +
        " asks for reads the vectors again, which a pipe gives but once; save them as a file and name that");
  }

  const FitRequest& request_;
  const RepeatConfig& config_;
  const OptionNames& names_;
  const bool validation_table_;
  const std::string several_;
};

class Repeating {
 public:
  Repeating(const FitRequest& request, const RepeatConfig& config, Executor& executor,
            const RepeatedCallbacks& callbacks)
      : request_(request),
        config_(config),
        executor_(executor),
        callbacks_(callbacks),
        fit_callbacks_(callbacks.fit),
        trainings_left_(config.seeds * std::max<int64_t>(1, config.folds) + (config.folds > 0 ? 1 : 0)) {
    fit_callbacks_.on_note = [this](const std::string& note) {
      if (callbacks_.fit.on_note && said_.insert(note).second) callbacks_.fit.on_note(note);
    };
  }

  RepeatedResult run() {
    for (int64_t seed = 0; seed < config_.seeds && !result_.interrupted; ++seed)
      run_seed(request_.seed + static_cast<uint64_t>(seed));
    result_.summary = summary_of(result_.runs);
    if (config_.folds > 0 && !result_.interrupted) fit_last();
    if (result_.kept) record_runs();
    return std::move(result_);
  }

 private:
  void run_seed(uint64_t seed) {
    if (config_.folds == 0) return run_one({.seed = seed});
    for (int64_t fold = 1; fold <= config_.folds && !result_.interrupted; ++fold) run_one({.seed = seed, .fold = fold});
  }

  void run_one(const RunId& id) {
    auto fitted = fit_one(id);
    if (!fitted) return;
    if (!result_.interrupted) add_run(id, *fitted);
    if (is_to_keep(id, *fitted)) keep(id, std::move(*fitted));
  }

  /// After the folds, none of whose models has seen all that it could.
  void fit_last() {
    const RunId id{.seed = request_.seed};
    auto fitted = fit_one(id);
    if (fitted && fitted->training.best_epoch > 0) keep(id, std::move(*fitted));
  }

  /// None when it was stopped before its first step.
  std::optional<FitResult> fit_one(const RunId& id) {
    if (callbacks_.on_begin) callbacks_.on_begin(id);
    try {
      auto fitted = fit(request_of(id), executor_, fit_callbacks_);
      result_.interrupted = fitted.training.end == TrainEnd::kInterrupted;
      if (callbacks_.on_end) callbacks_.on_end(id, fitted);
      return fitted;
    } catch (const StoppedError&) {
      result_.interrupted = true;
      return std::nullopt;
    }
  }

  FitRequest request_of(const RunId& id) {
    auto request = request_;
    request.seed = id.seed;
    request.model_file.clear();
    if (id.fold) {
      request.split.folds = config_.folds;
      request.split.fold = *id.fold - 1;
      request.baselines = false;
    }
    share_time(request);
    return request;
  }

  /// The limit stays as it was asked for, which the model's record tells; it counts from so long ago that the
  /// training's part is what is left of it.
  void share_time(FitRequest& request) {
    const auto trainings = trainings_left_--;
    if (request_.training.time_limit == 0) return;
    using Clock = std::chrono::steady_clock;
    const std::chrono::duration<double, std::ratio<60>> limit(request_.training.time_limit);
    const auto end = request_.begun + std::chrono::duration_cast<Clock::duration>(limit);
    const auto now = Clock::now();
    request.begun += now + (end - now) / trainings - end;
  }

  void add_run(const RunId& id, const FitResult& fitted) {
    RunRecord run{.id = id,
                  .end = fitted.training.end,
                  .best_epoch = fitted.training.best_epoch,
                  .failure = fitted.training.failure};
    for (const auto& metrics : fitted.metrics) run.metrics.push_back(figures_of(metrics));
    result_.runs.push_back(std::move(run));
    if (callbacks_.on_run) callbacks_.on_run(result_.runs.back());
  }

  /// One that was interrupted or failed only for want of another.
  [[nodiscard]] bool is_to_keep(const RunId& id, const FitResult& fitted) const {
    if (id.fold || fitted.training.best_epoch == 0) return false;
    return !result_.kept ||
           (is_whole(fitted) && (!is_whole(*result_.kept) || score_of(fitted) > score_of(*result_.kept)));
  }
  static bool is_whole(const FitResult& fitted) {
    return fitted.training.end != TrainEnd::kInterrupted && fitted.training.end != TrainEnd::kNotFinite;
  }
  [[nodiscard]] double score_of(const FitResult& fitted) const {
    return run_score(fitted.metrics, request_.training.select);
  }

  void keep(const RunId& id, FitResult fitted) {
    result_.kept.emplace(std::move(fitted));
    result_.kept_id = id;
    record_runs();
    if (callbacks_.on_kept) callbacks_.on_kept(result_.kept->model);
  }

  void record_runs() {
    auto& record = result_.kept->model.record;
    record["runs"] = Json::array();
    for (const auto& run : result_.runs) record["runs"].push_back(to_json(run));
    record["summary"] = summary_of(result_.runs);
  }

  const FitRequest& request_;
  const RepeatConfig& config_;
  Executor& executor_;
  const RepeatedCallbacks& callbacks_;
  FitCallbacks fit_callbacks_;
  std::set<std::string> said_;
  int64_t trainings_left_;
  RepeatedResult result_;
};

}  // namespace

void RepeatConfig::visit_fields(FieldVisitor& v) {
  v.field({.name = "seeds",
           .help = "trainings on the same split, with this seed and those after it; the best on the validation rows is "
                   "kept",
           .minimum = 1,
           .maximum = 1000},
          seeds);
  v.field({.name = "folds",
           .help = "cross-validation: train so many times, each row being validated once, then train the model that is "
                   "kept on the usual split; 0 for none",
           .minimum = 0,
           .maximum = 1000},
          folds);
}

Json to_json(const RunId& id) {
  Json json{{"seed", id.seed}};
  if (id.fold) json["fold"] = *id.fold;
  return json;
}

std::string run_name(const RunId& id) {
  return "seed " + std::to_string(id.seed) + (id.fold ? ", fold " + std::to_string(*id.fold) : "");
}

Json to_json(const RunRecord& run) {
  auto json = to_json(run.id);
  json["end"] = end_name(run.end);
  json["best_epoch"] = run.best_epoch;
  if (!run.failure.empty()) json["failure"] = run.failure;
  json["metrics"] = run.metrics;
  return json;
}

void check_options(const FitRequest& request, const RepeatConfig& config, bool validation_table) {
  RepeatOptions(request, config, validation_table).check();
}

RepeatedResult repeated_fit(const FitRequest& request, const RepeatConfig& config, Executor& executor,
                            const RepeatedCallbacks& callbacks) {
  check_options(request, config, request.validation != nullptr);
  return Repeating(request, config, executor, callbacks).run();
}

}  // namespace attune
