// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>
#include <numeric>
#include <optional>

#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "attune/data/fingerprint.hpp"
#include "attune/ops/threads.hpp"
#include "attune/train/baseline_comparison.hpp"
#include "attune/train/evaluation.hpp"
#include "commands.hpp"
#include "console.hpp"
#include "field_flags.hpp"
#include "metrics_text.hpp"
#include "reading.hpp"
#include "run_config.hpp"
#include "training_rows.hpp"
#include "unseen_labels.hpp"

namespace attune::app {
namespace {

struct EvaluateArguments {
  std::string model, data, training_table;
  Json given = Json::object();
  int threads = 0;
  bool abstain = false, json = false;
};

/// " (54 of its rows; the other 6 validated it)", where a part of the table was held back.
std::string held_back(const Json& record) {
  const auto training = record.value("training", Json::object());
  const auto held = training.value("validation_rows", int64_t{0});
  if (held == 0 || record.contains("validation_data")) return "";
  return fmt::format(" ({} of its rows; the other {} validated it)",
                     with_commas(training.value("training_rows", int64_t{0})), with_commas(held));
}

/// Rows that the model was made with say little of others.
void warn_of_known_rows(const Model& model, const Table& table) {
  std::string known;
  if (has_fingerprint(table, model.record.value("data", Json::object()))) {
    known = "the table that the model was trained on" + held_back(model.record);
  } else if (has_fingerprint(table, model.record.value("validation_data", Json::object()))) {
    known = "the validation table of the model's training";
  } else {
    return;
  }
  print_note("warning: " + table.name() + " is " + known +
             "; the figures flatter; measure on rows that it has never seen");
}

bool wants_baselines(const EvaluateArguments& arguments) {
  BaselineConfig config;
  if (arguments.given.contains("baselines"))
    from_json(Json{{"baselines", arguments.given.at("baselines")}}, "command line", config);
  if (!config.baselines && !arguments.training_table.empty())
    throw UsageError("--training-table " + arguments.training_table +
                     ": has no meaning beside --no-baselines; leave one of them out");
  return config.baselines;
}

/// Every output's metrics, beside those of the baselines where their training rows are known.
Json measure(const Model& model, const LabelledRows& data, const std::optional<TrainingRows>& training,
             Executor& executor) {
  const auto opinions = model.opinions(*data.table, data.rows, executor);
  auto metrics = evaluate(model, data, opinions);
  if (training)
    compare_with_baselines(metrics, model, *training->table, training->rows, data, model.pooled(opinions),
                           {executor, {}, print_note});
  return metrics;
}

int run_evaluate(const EvaluateArguments& arguments) {
  auto model = load_with_notes(arguments.model, arguments.data);
  model.set_kernels(chosen_kernels(arguments.given));
  if (arguments.abstain) require_classes(model, arguments.model, "--abstain");
  const auto table = open_with_notes(arguments.data, arguments.given);
  const auto training = wants_baselines(arguments) ? find_training_rows(model, arguments.training_table) : std::nullopt;
  const auto executor = make_executor(arguments.threads);
  std::vector<int64_t> rows(static_cast<size_t>(table->rows()));
  std::iota(rows.begin(), rows.end(), 0);
  const auto data = read_labelled(model, table, std::move(rows), *executor);
  note_truncated(data.truncated_rows);
  warn_of_known_rows(model, *table);
  for (const auto& warning : unseen_label_warnings(model, data)) print_note(warning);
  for (const auto& metrics : measure(model, data, training, *executor)) {
    if (arguments.json) {
      print_json(metrics);
    } else {
      print_text(metrics_page(metrics));
      if (arguments.abstain) print_text(coverage_table(metrics));
    }
  }
  return kDone;
}

}  // namespace

void add_evaluate(CLI::App& program, Action& action) {
  auto& command = *program.add_subcommand("evaluate", "Measure a model on a table with known answers");
  auto arguments = std::make_shared<EvaluateArguments>();
  command.add_option("MODEL", arguments->model, "model file that train wrote")->required();
  command.add_option("DATA", arguments->data, "table with the model's input and output columns")->required();
  TableConfig shown;
  FieldFlags flags(command, "Reading tables", "data", arguments->given);
  shown.visit_fields(flags);
  FieldFlags run_flags(command, "Run", "", arguments->given);
  BaselineConfig baselines;
  baselines.visit_fields(run_flags);
  KernelConfig kernels;
  kernels.visit_fields(run_flags);
  command
      .add_option("--training-table", arguments->training_table,
                  "the table that the model was trained on, for the baselines; as a rule it is found where it was")
      ->type_name("FILE")
      ->group("Run");
  add_threads_flag(command, arguments->threads);
  command.add_flag("--abstain", arguments->abstain,
                   "accuracy of classes when only the surest rows are answered, from each confidence on");
  command.add_flag("--json", arguments->json,
                   "one JSON object per output, with every metric, class table and confusion");
  command.footer(
      "Each metric is defined in docs/metrics.md.\nExample:\n  attune evaluate reviews.attune reviews-test.csv");
  command.callback([&action, arguments] { action = [arguments] { return run_evaluate(*arguments); }; });
}

}  // namespace attune::app
