// SPDX-License-Identifier: Apache-2.0
#include "measurement.hpp"

#include <fmt/format.h>

#include <memory>
#include <numeric>
#include <optional>

#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "attune/data/fingerprint.hpp"
#include "attune/data/stoppable_table.hpp"
#include "attune/train/baseline_comparison.hpp"
#include "attune/train/evaluation.hpp"
#include "console.hpp"
#include "field_flags.hpp"
#include "reading.hpp"
#include "run_config.hpp"
#include "training_rows.hpp"
#include "unseen_labels.hpp"

namespace attune::app {
namespace {

bool wants_baselines(const MeasureArguments& arguments) {
  BaselineConfig config;
  if (arguments.given.contains("baselines"))
    from_json(Json{{"baselines", arguments.given.at("baselines")}}, "command line", config);
  if (!config.baselines && !arguments.training_table.empty())
    throw UsageError("--training-table " + arguments.training_table +
                     ": has no meaning beside --no-baselines; leave one of them out");
  return config.baselines;
}

LabelledRows read_all(const Model& model, std::shared_ptr<const Table> table, Executor& executor) {
  std::vector<int64_t> rows(static_cast<size_t>(table->rows()));
  std::iota(rows.begin(), rows.end(), 0);
  return read_labelled(model, std::move(table), std::move(rows), executor);
}

/// " (54 of its rows; the other 6 validated it)", where a part of the table was held back.
std::string held_back(const Json& record) {
  const auto training = record.value("training", Json::object());
  const auto held = training.value("validation_rows", int64_t{0});
  if (held == 0 || record.contains("validation_data")) return "";
  return fmt::format(" ({} of its rows; the other {} validated it)",
                     with_commas(training.value("training_rows", int64_t{0})), with_commas(held));
}

/// Rows that the model was made with say little of others.
std::vector<std::string> known_row_warnings(const Model& model, const Table& table) {
  std::string known;
  if (has_fingerprint(table, model.record.value("data", Json::object()))) {
    known = "the table that the model was trained on" + held_back(model.record);
  } else if (has_fingerprint(table, model.record.value("validation_data", Json::object()))) {
    known = "the validation table of the model's training";
  } else {
    return {};
  }
  return {"warning: " + table.name() + " is " + known +
          "; the figures flatter; measure on rows that it has never seen"};
}

}  // namespace

void add_measure_flags(CLI::App& command, MeasureArguments& arguments) {
  TableConfig shown;
  FieldFlags flags(command, "Reading tables", "data", arguments.given);
  shown.visit_fields(flags);
  FieldFlags run_flags(command, "Run", "", arguments.given);
  BaselineConfig baselines;
  baselines.visit_fields(run_flags);
  KernelConfig kernels;
  kernels.visit_fields(run_flags);
  command
      .add_option("--training-table", arguments.training_table,
                  "the table that the model was trained on, for the baselines; as a rule it is found where it was")
      ->type_name("FILE")
      ->group("Run");
  add_threads_flag(command, arguments.threads);
}

Measurement measure(const Model& model, const MeasureArguments& arguments, Executor& executor,
                    const std::function<bool()>& should_stop) {
  const auto table = std::make_shared<StoppableTable>(open_with_notes(arguments.data, arguments.given), should_stop);
  const auto training = wants_baselines(arguments) ? find_training_rows(model, arguments.training_table) : std::nullopt;
  Measurement measured{.data = read_all(model, table, executor), .opinions = {}, .metrics = {}, .warnings = {}};
  note_truncated(measured.data.truncated_rows);
  measured.warnings = known_row_warnings(model, *table);
  for (auto& warning : unseen_label_warnings(model, measured.data)) measured.warnings.push_back(std::move(warning));
  for (const auto& warning : measured.warnings) print_note(warning);
  measured.opinions = model.opinions(*table, measured.data.rows, executor);
  measured.metrics = evaluate(model, measured.data, measured.opinions);
  if (training)
    compare_with_baselines(measured.metrics, model, *training->table, training->rows, measured.data,
                           model.pooled(measured.opinions), {executor, should_stop, print_note});
  return measured;
}

}  // namespace attune::app
