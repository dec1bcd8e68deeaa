// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <numeric>

#include "attune/core/error.hpp"
#include "attune/ops/threads.hpp"
#include "attune/train/evaluation.hpp"
#include "commands.hpp"
#include "console.hpp"
#include "field_flags.hpp"
#include "metrics_text.hpp"
#include "reading.hpp"
#include "run_config.hpp"
#include "unseen_labels.hpp"

namespace attune::app {
namespace {

struct EvaluateArguments {
  std::string model, data;
  Json given = Json::object();
  int threads = 0;
  bool json = false;
};

int run_evaluate(const EvaluateArguments& arguments) {
  const auto model = load_with_notes(arguments.model, arguments.data);
  const auto table = open_with_notes(arguments.data, arguments.given);
  const auto executor = make_executor(arguments.threads);
  std::vector<int64_t> rows(static_cast<size_t>(table->rows()));
  std::iota(rows.begin(), rows.end(), 0);
  const auto data = read_labelled(model, table, std::move(rows), *executor);
  note_truncated(data.truncated_rows);
  for (const auto& warning : unseen_label_warnings(model, data)) print_note(warning);
  for (const auto& metrics : evaluate(model, data, *executor)) {
    if (arguments.json) {
      print_json(metrics);
    } else {
      print_text(metrics_page(metrics));
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
  add_threads_flag(command, arguments->threads);
  command.add_flag("--json", arguments->json,
                   "one JSON object per output, with every metric, class table and confusion");
  command.footer(
      "Each metric is defined in docs/metrics.md.\nExample:\n  attune evaluate reviews.attune reviews-test.csv");
  command.callback([&action, arguments] { action = [arguments] { return run_evaluate(*arguments); }; });
}

}  // namespace attune::app
