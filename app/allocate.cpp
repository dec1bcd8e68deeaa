// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>

#include "allocation_outputs.hpp"
#include "allocation_report.hpp"
#include "attune/allocate/allocation_loop.hpp"
#include "attune/allocate/feature_scale.hpp"
#include "attune/core/error.hpp"
#include "attune/core/nearest_name.hpp"
#include "attune/core/wording.hpp"
#include "commands.hpp"
#include "console.hpp"
#include "field_flags.hpp"
#include "interrupt.hpp"
#include "item_columns.hpp"
#include "item_table.hpp"
#include "parameters_file.hpp"
#include "progress_bar.hpp"
#include "reading.hpp"
#include "run_config.hpp"

namespace attune::app {
namespace {

struct AllocateArguments {
  std::string table, start, weights, output, trace_group;
  ColumnFlags columns;
  Json given = Json::object();
  bool standardise = false, trace = false, json = false;
};

/// What the flags, or the file of --start, say.
struct AllocateRun {
  AllocationLoopConfig config;
  uint64_t seed = 1;
  bool skip_bad_rows = false;
  std::optional<AllocationFile> start;
};

/// A file of parameters says what they are for.
void refuse_beside_start(const AllocateArguments& arguments) {
  const auto loop = arguments.given.value("loop", Json::object());
  for (const char* key : {"score", "loss", "initial_mean", "initial_deviation"}) {
    if (loop.contains(key))
      throw UsageError(flag_name(key) + ": --start " + arguments.start + " says it; leave one of them out");
  }
  if (arguments.columns.any())
    throw UsageError("--start: " + arguments.start +
                     " says the columns; leave --group, --features, --values, --target and --classes out");
}

AllocateRun assemble(const AllocateArguments& arguments) {
  AllocateRun run;
  const auto& given = arguments.given;
  SeedConfig seed;
  if (given.contains("seed")) from_json(Json{{"seed", given.at("seed")}}, "command line", seed);
  run.seed = static_cast<uint64_t>(seed.seed);
  if (given.contains("loop")) from_json(given.at("loop"), "command line", run.config);
  TableConfig reading;
  if (given.contains("data")) from_json(given.at("data"), "command line", reading);
  run.skip_bad_rows = reading.options.skip_bad_rows;
  if (arguments.start.empty()) return run;
  refuse_beside_start(arguments);
  run.start = read_allocation_file(arguments.start);
  run.config.loss = run.start->loss;
  return run;
}

void note_odd_groups(const ItemTable& items) {
  const auto& offsets = items.groups.offsets;
  int64_t single = 0;
  for (size_t g = 1; g < offsets.size(); ++g) single += offsets[g] - offsets[g - 1] == 1 ? 1 : 0;
  if (single == items.groups.groups()) {
    print_note("every group has one item alone, whose weight is 1: there is nothing to learn");
  } else if (single > 0) {
    print_note(counted(single, "group") + " of one item: its weight is 1, and it teaches nothing");
  }
}

void note_constant_features(const ItemTable& items, const FeatureScale& scale, ItemScore score) {
  const auto names = feature_names(items.columns);
  std::vector<std::string> constant;
  for (size_t k = 0; k < names.size(); ++k) {
    if (scale.deviations[k] == 0) constant.push_back(names[k]);
  }
  if (constant.empty()) return;
  const auto noun = constant.size() == 1 ? "constant feature " : "constant features ";
  print_note(noun + quoted_list(constant) +
             (score == ItemScore::kScaledDot ? ": the same for all items of a group, no weight depends on it"
                                             : ": acts like b_a, the same for all items"));
}

void note_table(const ItemTable& items) {
  if (items.unreadable_items > 0) print_note(counted(items.unreadable_items, "item") + " left out: cannot be read");
  if (items.groups_without_target > 0)
    print_note(counted(items.groups_without_target, "group") + " left out: no target");
  print_note(counted(items.groups.items(), "item") + " in " + counted(items.groups.groups(), "group"));
  note_odd_groups(items);
}

ItemTable read_table(const AllocateArguments& arguments, const AllocateRun& run) {
  const auto table = open_with_notes(arguments.table, arguments.given);
  auto columns = run.start ? run.start->columns : choose_columns(arguments.columns, *table, run.config.loss_kind());
  auto items = read_items(*table, std::move(columns), run.skip_bad_rows, interrupted);
  note_table(items);
  return items;
}

/// Draws on a terminal while it goes on, and notes some ten epochs elsewhere as well.
class LoopWatch {
 public:
  LoopWatch(const AllocationLoopConfig& config, const ItemGroups& groups)
      : epochs_(config.epochs), items_per_group_(static_cast<double>(groups.items()) / groups.groups()) {}

  LoopCallbacks callbacks() {
    return {.on_step = [this](const LoopProgress& progress) { show(progress); },
            .on_epoch = [this](const LoopEpoch& epoch) { note(epoch); },
            .should_stop = interrupted};
  }

 private:
  using Clock = std::chrono::steady_clock;

  void show(const LoopProgress& progress) {
    const std::chrono::duration<double> passed = Clock::now() - begun_;
    const auto items = [&](int64_t groups) {
      return static_cast<int64_t>(static_cast<double>(groups) * items_per_group_);
    };
    const auto done = items((progress.epoch - 1) * progress.groups_total + progress.groups);
    const auto left = items(epochs_ * progress.groups_total) - done;
    const double rate = static_cast<double>(done) / std::max(passed.count(), 1e-6);
    bar_.show({.epoch = progress.epoch,
               .epochs = epochs_,
               .rows = items(progress.groups),
               .rows_total = items(progress.groups_total),
               .loss = loss_,
               .rows_per_second = rate,
               .seconds_left = static_cast<double>(left) / std::max(rate, 1.0)},
              "");
  }

  void note(const LoopEpoch& epoch) {
    loss_ = epoch.training_loss;
    const auto stride = std::max<int64_t>(1, epochs_ / 10);
    if (epoch.epoch % stride != 0) return;
    bar_.clear();
    const auto validation =
        epoch.validation_loss ? fmt::format("  validation loss {:.6g}", *epoch.validation_loss) : "";
    print_note(fmt::format("epoch {}/{}  loss {:.6g}{}", epoch.epoch, epochs_, epoch.training_loss, validation));
  }

  int64_t epochs_;
  double items_per_group_;
  double loss_ = 0;  // of the last epoch
  Clock::time_point begun_ = Clock::now();
  ProgressBar bar_;
};

int64_t traced_group(const AllocateArguments& arguments, const ItemTable& items) {
  if (arguments.trace_group.empty()) return 0;
  const auto& names = items.group_names;
  const auto found = std::find(names.begin(), names.end(), arguments.trace_group);
  if (found != names.end()) return found - names.begin();
  constexpr size_t kMostToCompare = 1000;
  const auto some = std::span(names).subspan(0, std::min(names.size(), kMostToCompare));
  const auto near = nearest_name(arguments.trace_group, some);
  throw UsageError("--trace-group: " + arguments.table + " has no group \"" + arguments.trace_group + "\"" +
                   (near.empty() ? "" : did_you_mean(arguments.trace_group, near)));
}

/// Whether any step changed the loss: where none did, no other step would.
bool learns(const LoopResult& result) {
  const auto& history = result.history;
  return std::any_of(history.begin(), history.end(), [&](const LoopEpoch& epoch) {
    return std::abs(epoch.training_loss - history.front().training_loss) > 1e-12 * history.front().training_loss;
  });
}

void note_end(const LoopResult& result, const AllocationLoopConfig& config) {
  if (result.end == LoopEnd::kInterrupted)
    print_note(fmt::format("interrupted; the parameters are those of epoch {}", result.best_epoch));
  if (result.end == LoopEnd::kEarly)
    print_note(fmt::format("stopped early: no gain for {}; the parameters are those of epoch {}",
                           counted(config.patience, "epoch"), result.best_epoch));
  if (result.best_epoch == 0 && learns(result))
    print_note(
        fmt::format("no epoch was better than the parameters it began with; try a smaller --learning-rate than "
                    "{}, or --standardise where features are far from 1 in size",
                    config.learning_rate));
}

struct Outcome {
  AllocationParameters first, learnt;  ///< for the features as they are in the table
  LoopResult result;
  std::vector<TracedArray> trace;
};

/// The loop sees the features standardised if that was asked for; the parameters are turned back.
Outcome learn(const AllocateArguments& arguments, const AllocateRun& run, const ItemTable& items) {
  const auto scale = measure_features(items.groups);
  std::optional<ItemGroups> scaled;
  if (arguments.standardise) standardise(scaled.emplace(items.groups), scale);
  const auto& groups = scaled ? *scaled : items.groups;
  std::optional<AllocationParameters> start;
  if (run.start) start = scaled ? for_standard_features(run.start->parameters, scale) : run.start->parameters;
  AllocationLoop loop(groups, run.config, run.seed, start);
  note_constant_features(items, scale, loop.parameters().score);
  Outcome outcome{.first = loop.parameters(), .learnt = {}, .result = {}, .trace = {}};
  if (arguments.trace)
    outcome.trace = trace_step(groups.group(traced_group(arguments, items)), outcome.first, run.config.loss_kind(),
                               run.config.learning_rate);
  LoopWatch watch(run.config, groups);
  outcome.result = loop.run(watch.callbacks());
  outcome.learnt = loop.parameters();
  if (scaled) {
    outcome.first = for_plain_features(std::move(outcome.first), scale);
    outcome.learnt = for_plain_features(std::move(outcome.learnt), scale);
  }
  return outcome;
}

void print_results(const AllocateArguments& arguments, const AllocationReport& report,
                   const std::vector<TracedArray>& trace) {
  const auto traced =
      arguments.trace ? report.items.group_names[static_cast<size_t>(traced_group(arguments, report.items))] : "";
  if (!arguments.json) {
    if (arguments.trace) print_text(trace_page(traced, trace, arguments.standardise));
    print_text(report_page(report));
    return;
  }
  auto json = report_json(report);
  if (arguments.trace)
    json["trace"] = {{"group", traced}, {"standardised", arguments.standardise}, {"arrays", trace_json(trace)}};
  print_json(json);
}

/// Writes the files that are asked for. What stands against one of them is returned, to be thrown when everything else
/// is out: a full disk must not cost what can still be kept.
std::string write_files(const AllocateArguments& arguments, const AllocationReport& report) {
  std::string failure;
  const auto attempt = [&](const std::string& file, const auto& write) {
    try {
      if (!file.empty()) write();
    } catch (const IoError& error) {
      failure += (failure.empty() ? "" : "; ") + std::string(error.what());
    }
  };
  attempt(arguments.output, [&] {
    write_allocation_file(arguments.output, {report.items.columns, report.loss, report.learnt});
  });
  attempt(arguments.weights, [&] { write_item_weights(arguments.weights, report.items, report.learnt); });
  return failure;
}

int allocate_attention(const AllocateArguments& arguments) {
  if (!arguments.trace && !arguments.trace_group.empty())
    throw UsageError("--trace-group: has a meaning beside --trace only; give that too");
  const auto run = assemble(arguments);
  check_allocation_outputs(arguments.table, arguments.start, arguments.weights, arguments.output);
  const auto items = read_table(arguments, run);
  auto outcome = learn(arguments, run, items);
  note_end(outcome.result, run.config);
  const AllocationReport report{.items = items,
                                .loss = run.config.loss,
                                .first = std::move(outcome.first),
                                .learnt = std::move(outcome.learnt),
                                .result = std::move(outcome.result)};
  const auto failure = write_files(arguments, report);
  print_results(arguments, report, outcome.trace);
  if (!failure.empty()) throw IoError(failure);
  return report.result.end == LoopEnd::kInterrupted ? kInterrupted : kDone;
}

int run_allocate(const AllocateArguments& arguments) {
  catch_interrupts();
  try {
    return allocate_attention(arguments);
  } catch (const StoppedError&) {
    print_note("interrupted while the table was read: nothing has been learnt, and nothing is written");
    return kInterrupted;
  }
}

void add_column_flags(CLI::App& command, ColumnFlags& columns) {
  constexpr const char* kGroup = "Columns";
  command.add_option("--group", columns.group, "column that names an item's group; without it the column \"group\"")
      ->type_name("COLUMN")
      ->group(kGroup);
  const auto add_list = [&](const char* flag, std::vector<std::string>& list, const char* help, const char* type) {
    return command.add_option(flag, list, help)->type_name(type)->allow_extra_args(false)->group(kGroup);
  };
  add_list("--features", columns.features,
           "what scores are made of: COLUMN[,COLUMN..][:category]; * matches several; may be repeated; none: every "
           "other column",
           "SPEC");
  add_list("--values", columns.values, "columns that are attended to, in the same way; none: the features", "SPEC");
  add_list("--target", columns.targets,
           "what the context should be: a column for each value column, or one for all; with --loss cross_entropy the "
           "column of classes; none: the column \"target\"",
           "SPEC");
  add_list("--classes", columns.classes,
           "with --loss cross_entropy: the class that each value column scores; none: the one of its name", "A,B..")
      ->delimiter(',');
}

void add_output_flags(CLI::App& command, AllocateArguments& arguments) {
  constexpr const char* kGroup = "Run";
  const auto add_file = [&](const char* flag, std::string& file, const char* help) {
    command.add_option(flag, file, help)->type_name("FILE")->group(kGroup);
  };
  add_file("--start", arguments.start,
           "begin with the columns and parameters of a file that -o wrote; with --epochs 0 only measure them");
  add_file("-o,--output", arguments.output, "write the learnt parameters as JSON");
  add_file("--weights", arguments.weights, "write each item's weights as CSV");
  command.add_flag("--trace", arguments.trace, "print every intermediate of one step from the first parameters")
      ->group(kGroup);
  command.add_option("--trace-group", arguments.trace_group, "the group that --trace shows; none: the first")
      ->type_name("NAME")
      ->group(kGroup);
  command.add_flag("--json", arguments.json, "results as one JSON object")->group(kGroup);
}

}  // namespace

void add_allocate(CLI::App& program, Action& action) {
  auto& command =
      *program.add_subcommand("allocate", "Learn how much attention each item of a group deserves: the bare algorithm");
  auto arguments = std::make_shared<AllocateArguments>();
  command.add_option("DATA", arguments->table, "table with a row per item")->required();
  add_column_flags(command, arguments->columns);
  TableConfig reading;
  FieldFlags table_flags(command, "Reading tables", "data", arguments->given);
  reading.visit_fields(table_flags);
  AllocationLoopConfig config;
  FieldFlags loop_flags(command, "Learning", "loop", arguments->given);
  config.visit_fields(loop_flags);
  command
      .add_flag("--standardise", arguments->standardise,
                "learn on features of mean 0 and deviation 1; the parameters are given for the features as they are")
      ->group("Learning");
  SeedConfig seed;
  FieldFlags run_flags(command, "Run", "", arguments->given);
  seed.visit_fields(run_flags);
  add_output_flags(command, *arguments);
  command.footer(
      "The algorithm, worked by hand, is in docs/allocation.md.\nExample:\n"
      "  attune allocate examples/allocation/sensors.csv --group minute --features sensor:category --values reading "
      "--target temperature");
  command.callback([&action, arguments] { action = [arguments] { return run_allocate(*arguments); }; });
}

}  // namespace attune::app
