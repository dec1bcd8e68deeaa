// SPDX-License-Identifier: Apache-2.0
#include "attune/train/fit.hpp"

#include <fmt/format.h>

#include <memory>

#include "attune/core/error.hpp"
#include "attune/core/files.hpp"
#include "attune/core/wording.hpp"
#include "attune/features/registry.hpp"
#include "attune/ops/threads.hpp"
#include "baselines_text.hpp"
#include "commands.hpp"
#include "console.hpp"
#include "field_flags.hpp"
#include "interrupt.hpp"
#include "log_file.hpp"
#include "metrics_text.hpp"
#include "option_origins.hpp"
#include "output_files.hpp"
#include "reading.hpp"
#include "repeated_training.hpp"
#include "run_config.hpp"
#include "selection_note.hpp"
#include "training_watch.hpp"

namespace attune::app {
namespace {

struct TrainArguments {
  Json given = Json::object();  ///< what flags said, laid over the configuration file
  std::string config_file, history_file, tensorboard_folder, log_file;
  bool dump_config = false, json = false, resume = false;
  int threads = 0;
};

struct Run {
  RunConfig config;
  OptionNames names;  ///< as the user knows the options
};

Run assemble(const TrainArguments& arguments) {
  Run run;
  OptionOrigins origins{.flags = arguments.given, .file = arguments.config_file};
  if (!arguments.config_file.empty()) origins.content = read_config_file(arguments.config_file, run.config);
  run.config.set(arguments.given, "command line");
  run.names = origins.names();
  return run;
}

void require_essentials(const RunConfig& config) {
  if (config.table.empty())
    throw UsageError("train: a table is missing; say attune train DATA .. or set table in the configuration file");
  if (config.outputs.empty()) {
    throw UsageError("train: nothing says which column to predict; add --output COLUMN (columns of " + config.table +
                     " are listed by attune info " + config.table + ")");
  }
  if (config.model_file.empty()) throw UsageError("train: nothing says where to write the model; add -o NAME.attune");
}

std::string interruption(const TrainResult& training) {
  if (training.best_epoch > 0)
    return fmt::format("interrupted; the model keeps the weights of epoch {}", training.best_epoch);
  if (training.checkpoint_step) return "interrupted before the first epoch ended: no model is written";
  return "interrupted before the first epoch ended: nothing has been learnt, and no model is written";
}

void note_resumable(const TrainResult& training) {
  if (!training.checkpoint_step) return;
  print_note(
      fmt::format("the same command with --resume goes on after {}", counted(*training.checkpoint_step, "step")));
}

/// Whether a resumed training would do anything else.
bool goes_on(TrainEnd end) { return end == TrainEnd::kInterrupted || end == TrainEnd::kTimeLimit; }

/// How the training ended, in words; the exit code with it.
int report_end(const FitResult& result, const RunConfig& config) {
  switch (result.training.end) {
    case TrainEnd::kFinished:
      return kDone;
    case TrainEnd::kEarly:
      print_note(fmt::format("stopped early: no better validation {} for {}", config.training.select,
                             counted(config.training.patience, "epoch")));
      return kDone;
    case TrainEnd::kInterrupted:
      print_note(interruption(result.training));
      note_resumable(result.training);
      return kInterrupted;
    case TrainEnd::kTimeLimit:
      print_note(fmt::format("time limit of {} min: ended in epoch {}, the model keeps the weights of epoch {}",
                             config.training.time_limit, result.training.history.back().epoch,
                             result.training.best_epoch));
      note_resumable(result.training);
      return kDone;
    case TrainEnd::kNotFinite:
      print_error(result.training.failure);
      return kFailed;
  }
  return kFailed;
}

/// Weights of no complete epoch are nothing to keep.
int end_without_model(const RunConfig& config, int code) {
  note_unwritten_model(config);
  return code;
}

void print_result(const FitResult& result, const RunConfig& config, bool json) {
  if (json) {
    print_json({{"model", config.model_file}, {"best_epoch", result.training.best_epoch}, {"metrics", result.metrics}});
    return;
  }
  print_line(fmt::format("model {}, weights of epoch {}", config.model_file, result.training.best_epoch));
  for (const auto& metrics : result.metrics) {
    print_line(summary_line(metrics));
    print_text(baselines_table(metrics));
  }
}

/// @throws StoppedError when an interrupt came meanwhile.
std::shared_ptr<const Table> open_unless_interrupted(const std::string& path, const RunConfig& config) {
  auto table = open_data(path, config.reading.options);
  if (interrupted()) throw StoppedError("interrupted while " + path + " was opened");
  return table;
}

/// When it cannot be written, what was learnt is in the checkpoints still.
void save_model(FitResult& result, const RunConfig& config) {
  try {
    write_model(result.model, config);
  } catch (const IoError&) {
    note_resumable(result.training);
    throw;
  }
}

/// All but the tables.
FitRequest request_of(const TrainArguments& arguments, const Run& run) {
  const auto& config = run.config;
  return {.table = {},
          .validation = {},
          .inputs = config.inputs,
          .outputs = config.outputs,
          .split = config.split_options(),
          .model = config.model,
          .training = config.training,
          .seed = static_cast<uint64_t>(config.seed.seed),
          .baselines = config.baselines.baselines,
          .model_file = config.model_file,
          .resume = arguments.resume,
          .option_names = run.names};
}

/// Before a table is opened, which may take minutes.
void check_all_options(const FitRequest& request, const RunConfig& config) {
  const bool validation_table = !config.split.validation.empty();
  if (config.repeat.repeats()) check_options(request, config.repeat, validation_table);
  check_options(request, validation_table);
  (void)chosen_kernels(config.training.kernels);
}

int train_model(const TrainArguments& arguments, const RunConfig& config, FitRequest request) {
  catch_interrupts();
  check_outputs(config, {.history = arguments.history_file, .log = arguments.log_file});
  if (!arguments.tensorboard_folder.empty()) check_event_folder(arguments.tensorboard_folder);
  if (!arguments.log_file.empty()) open_log(arguments.log_file);
  const FileLock lock(config.model_file);  // before a table is opened, which may take minutes
  remove_abandoned(config.model_file);
  if (!arguments.history_file.empty()) remove_abandoned(arguments.history_file);
  request.table = open_unless_interrupted(config.table, config);
  if (!config.split.validation.empty()) request.validation = open_unless_interrupted(config.split.validation, config);
  const auto executor = make_executor(arguments.threads);
  TrainingWatch watch({.epochs = config.training.epochs,
                       .json = arguments.json,
                       .history_file = arguments.history_file,
                       .tensorboard_folder = arguments.tensorboard_folder,
                       .options_page = "```\n" + dump_config(config) + "```\n"});
  if (config.repeat.repeats()) return train_repeatedly(request, config, *executor, watch, arguments.json);
  auto result = fit(request, *executor, watch.callbacks());
  watch.end_run(result.training);
  if (result.was_done) print_note("nothing is left to do: " + config.model_file + " is the model of this training");
  const int code = report_end(result, config);
  if (result.training.best_epoch == 0) {
    if (result.training.end == TrainEnd::kNotFinite && result.training.checkpoint_step)
      remove_checkpoints(config.model_file);  // going on would end in the same way
    return end_without_model(config, code);
  }
  if (!result.was_done) save_model(result, config);
  if (!goes_on(result.training.end)) remove_checkpoints(config.model_file);
  note_selection(result, config.training.select);
  print_result(result, config, arguments.json);
  watch.finish();
  return code;
}

int run_train(const TrainArguments& arguments) {
  const auto run = assemble(arguments);
  const auto& config = run.config;
  if (arguments.dump_config) {
    print_text(dump_config(config));
    return kDone;
  }
  require_essentials(config);
  const auto request = request_of(arguments, run);
  check_all_options(request, config);
  try {
    return train_model(arguments, config, request);
  } catch (const StoppedError&) {
    print_note("interrupted before the training began: nothing has been learnt, and no model is written");
    return end_without_model(config, kInterrupted);
  }
}

void add_schema_flags(CLI::App& command, TrainArguments& arguments) {
  const auto keep = [&](const char* section, const char* key) {
    return [&given = arguments.given, section, key](const std::string& value) {
      if (section == nullptr) {
        given[key] = value;
      } else {
        given[section][key] = value;
      }
    };
  };
  const auto keep_list = [&](const char* key) {
    return [&given = arguments.given, key](const std::vector<std::string>& values) { given["data"][key] = values; };
  };
  command.add_option_function<std::string>(
      "DATA", keep("data", "table"),
      "table to train on: CSV, TSV or JSON Lines, gzip or not, or a folder of them; "
      "required, here or in --config");
  command
      .add_option_function<std::vector<std::string>>("-i,--input", keep_list("inputs"),
                                                     "column(s) to read: COLUMN[,COLUMN..][:TYPE[:OPTION=VALUE,..]]; * "
                                                     "matches several; may be repeated; none: every other column")
      ->type_name("SPEC")
      ->allow_extra_args(false)
      ->group("Schema");
  command
      .add_option_function<std::vector<std::string>>(
          "--output", keep_list("outputs"),
          "column to predict: COLUMN[:TYPE]; may be repeated; required, here or in --config")
      ->type_name("SPEC")
      ->allow_extra_args(false)
      ->group("Schema");
  command
      .add_option_function<std::string>("-o,--model", keep(nullptr, "model_file"),
                                        "file to write the model to; required, here or in --config")
      ->type_name("FILE")
      ->group("Schema");
}

}  // namespace

void add_train(CLI::App& program, Action& action) {
  auto& command = *program.add_subcommand("train", "Train a model on a table and write it to a file");
  auto arguments = std::make_shared<TrainArguments>();
  add_schema_flags(command, *arguments);

  static const RunConfig defaults;
  auto shown = defaults;
  const auto add_fields = [&](auto& fields, const char* group, const char* section) {
    FieldFlags flags(command, group, section, arguments->given);
    fields.visit_fields(flags);
  };
  add_fields(shown.reading, "Reading tables", "data");
  add_fields(shown.split, "Validation", "data");
  add_fields(shown.model, "Model", "model");
  add_fields(shown.training, "Training", "training");
  add_fields(shown.seed, "Run", "");
  add_fields(shown.repeat, "Run", "");
  add_fields(shown.baselines, "Run", "");
  add_threads_flag(command, arguments->threads);
  command.add_option("--config", arguments->config_file, "read all of this from a TOML file; flags win over it")
      ->type_name("FILE")
      ->group("Run");
  command.add_flag("--dump-config", arguments->dump_config, "print the whole configuration as TOML and do nothing")
      ->group("Run");
  command
      .add_flag("--resume", arguments->resume,
                "go on from the last checkpoint of this training, which an interrupt or a crash left beside the model")
      ->group("Run");
  command
      .add_option("--history", arguments->history_file,
                  "keep the epochs in a file, written anew after each: NAME.csv or NAME.json")
      ->type_name("FILE")
      ->group("Run");
  command.add_option("--log", arguments->log_file, "append all notes to this file, with time and level")
      ->type_name("FILE")
      ->group("Run");
  command
      .add_option("--tensorboard", arguments->tensorboard_folder,
                  "write curves of steps and epochs to a file in this folder, for TensorBoard")
      ->type_name("FOLDER")
      ->group("Run");
  command.add_flag("--json", arguments->json, "results as one JSON object per line: each epoch, then the model")
      ->group("Run");
  command.footer(
      "Types and their options:\n" + describe_types() +
      "\nExample:\n  attune train reviews.csv --input review:text --output label:category -o reviews.attune");
  command.callback([&action, arguments] { action = [arguments] { return run_train(*arguments); }; });
}

}  // namespace attune::app
