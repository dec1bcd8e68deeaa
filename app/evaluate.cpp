// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "attune/ops/threads.hpp"
#include "commands.hpp"
#include "console.hpp"
#include "measurement.hpp"
#include "metrics_text.hpp"
#include "reading.hpp"
#include "run_config.hpp"

namespace attune::app {
namespace {

struct EvaluateArguments : MeasureArguments {
  bool abstain = false, json = false;
};

int run_evaluate(const EvaluateArguments& arguments) {
  auto model = load_with_notes(arguments.model, arguments.data);
  model.set_kernels(chosen_kernels(arguments.given));
  if (arguments.abstain) require_classes(model, arguments.model, "--abstain");
  const auto executor = make_executor(arguments.threads);
  for (const auto& metrics : measure(model, arguments, *executor).metrics) {
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
  add_measure_flags(command, *arguments);
  command.add_flag("--abstain", arguments->abstain,
                   "accuracy of classes when only the surest rows are answered, from each confidence on");
  command.add_flag("--json", arguments->json,
                   "one JSON object per output, with every metric, class table and confusion");
  command.footer(
      "Each metric is defined in docs/metrics.md.\nExample:\n  attune evaluate reviews.attune reviews-test.csv");
  command.callback([&action, arguments] { action = [arguments] { return run_evaluate(*arguments); }; });
}

}  // namespace attune::app
