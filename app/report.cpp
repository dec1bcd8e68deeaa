// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <memory>
#include <optional>

#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "attune/ops/threads.hpp"
#include "attune/report/report_page.hpp"
#include "chart_folder.hpp"
#include "commands.hpp"
#include "console.hpp"
#include "field_flags.hpp"
#include "interrupt.hpp"
#include "measurement.hpp"
#include "model_flow.hpp"
#include "page_file.hpp"
#include "picture_flags.hpp"
#include "reading.hpp"
#include "report_charts.hpp"
#include "report_evaluation.hpp"
#include "report_record.hpp"
#include "report_rows.hpp"
#include "run_config.hpp"

namespace attune::app {
namespace {

struct ReportConfig {
  int64_t worst_rows = 5;
  void visit_fields(FieldVisitor& v) {
    v.field({.name = "worst_rows",
             .help = "most wrong rows on the page, and as many least certain ones, explained; 0: none",
             .minimum = 0,
             .maximum = 500},
            worst_rows);
  }
};

struct ReportArguments : MeasureArguments {
  std::string html, svg;
  bool json = false;
};

/// What says how a table is measured is not passed over in silence where none is.
void check_without_table(const ReportArguments& arguments) {
  const auto refuse = [](const std::string& flag) {
    throw UsageError(flag +
                     ": has no meaning without a table to measure on; name one behind the model, or leave it out");
  };
  if (!arguments.training_table.empty()) refuse("--training-table");
  if (arguments.given.contains("baselines")) refuse("--no-baselines");
  if (arguments.given.contains("kernels")) refuse("--kernels");
  if (arguments.threads > 0) refuse("--threads");
  for (const char* section : {"data", "report"}) {
    if (!arguments.given.contains(section)) continue;
    const auto first = arguments.given.at(section).begin();
    refuse(flag_name(first.key(), first.value()));
  }
}

void check_arguments(const ReportArguments& arguments) {
  if (arguments.html.empty() && arguments.svg.empty())
    throw UsageError(
        "report: nothing to write; name a page with --html FILE, a folder of charts with --svg FOLDER, or both");
  if (arguments.data.empty()) check_without_table(arguments);
  if (arguments.html.empty() && arguments.given.contains("report"))
    throw UsageError("--worst-rows: has no meaning without --html, for rows are on the page alone; leave it out");
}

class Reporter {
 public:
  explicit Reporter(const ReportArguments& arguments) : arguments_(arguments) {
    check_arguments(arguments);
    from_json(arguments.given.value("report", Json::object()), "command line", config_);
    auto read = std::vector<std::string>{arguments.model, arguments.data, arguments.training_table};
    std::erase(read, "");
    if (!arguments.svg.empty()) charts_.emplace("--svg", arguments.svg, read, arguments.html);
    if (!arguments.html.empty()) check_page("--html", arguments.html, read, "attune report");
  }

  int run() {
    catch_interrupts();
    auto model = load_with_notes(arguments_.model, arguments_.data);
    model.set_kernels(chosen_kernels(arguments_.given));
    try {
      describe(model);
      if (interrupted()) throw StoppedError("interrupted");
    } catch (const StoppedError&) {
      print_note("interrupted: nothing is written");
      return kInterrupted;
    }
    write();
    return kDone;
  }

 private:
  void describe(const Model& model) {
    page_.model = std::filesystem::path(arguments_.model).filename();
    page_.summary = model_sentences(model);
    page_.history = drawn_history(model.record);
    page_.settings = drawn_settings(model);
    page_.flow = flow_of(model, arguments_.model);
    if (arguments_.data.empty()) {
      describe_record(model);
    } else {
      describe_table(model);
    }
  }

  /// What training measured.
  void describe_record(const Model& model) {
    const auto metrics = model.record.value("metrics", Json::array());
    for (const auto& one : metrics) add_evaluation(one, "on the validation rows");
    if (!metrics.empty())
      page_.warnings.emplace_back(
          "The validation rows chose the epoch and fitted the calibration, so that figures on them flatter; measure on "
          "rows that the model has never seen.");
    page_.notes.push_back("With a table of known answers (attune report " + page_.model +
                          " DATA --html FILE) this page shows what the model reaches on it, and the most wrong and the "
                          "least certain rows with what their answers rest on.");
  }

  void describe_table(const Model& model) {
    const auto executor = make_executor(arguments_.threads);
    const auto measured = measure(model, arguments_, *executor, interrupted);
    for (const auto& warning : measured.warnings) page_.warnings.push_back(without_prefix(warning));
    const auto where = "on " + std::filesystem::path(measured.data.table->name()).filename().string();
    for (size_t o = 0; o < measured.metrics.size(); ++o) {
      add_evaluation(measured.metrics[o], where);
      if (!arguments_.html.empty() && config_.worst_rows > 0)
        add_notable_rows(model, o, measured, config_.worst_rows, *executor, page_.evaluations.back());
    }
    if (config_.worst_rows > 0)
      page_.notes.emplace_back(
          "Most wrong are the rows whose true class got the lowest probability, of numbers those that are off by most; "
          "least certain are those whose answer got the lowest probability. --worst-rows says how many are shown.");
  }

  void add_evaluation(const Json& metrics, const std::string& where) {
    page_.summary.push_back(evaluation_sentence(metrics, where));
    page_.evaluations.push_back(drawn_evaluation(metrics, where));
    outputs_.push_back(metrics.at("output"));
  }

  /// A page says by its colour that it warns.
  static std::string without_prefix(const std::string& warning) {
    const std::string prefix = "warning: ";
    return warning.starts_with(prefix) ? warning.substr(prefix.size()) : warning;
  }

  void write() {
    Json written = Json::object();
    if (charts_) written["svg"] = charts_->write(chart_files(page_, outputs_));
    if (!arguments_.html.empty()) {
      write_page(arguments_.html, report::html(page_));
      written["html"] = arguments_.html;
    }
    if (arguments_.json) print_json(written);
  }

  const ReportArguments& arguments_;
  ReportConfig config_;
  std::optional<ChartFolder> charts_;
  report::ReportPage page_;
  std::vector<std::string> outputs_;  // one per evaluation
};

}  // namespace

void add_report(CLI::App& program, Action& action) {
  auto& command =
      *program.add_subcommand("report", "Write a page, or charts, on a training and on what the model reaches");
  auto arguments = std::make_shared<ReportArguments>();
  command.add_option("MODEL", arguments->model, "model file that train wrote")->required();
  command.add_option("DATA", arguments->data,
                     "table with known answers to measure on; without, the page shows what training measured");
  add_picture_flag(command, "Report", "--html", "FILE", "the page to write", arguments->html);
  add_picture_flag(command, "Report", "--svg", "FOLDER", "folder for every chart as a file of its own", arguments->svg);
  ReportConfig shown;
  FieldFlags flags(command, "Report", "report", arguments->given);
  shown.visit_fields(flags);
  add_measure_flags(command, *arguments);
  command.add_flag("--json", arguments->json, "print one JSON object that names the files written");
  command.footer(
      "What the page shows is described in docs/pictures.md.\nExamples:\n  attune report reviews.attune --html "
      "training.html\n  attune report reviews.attune reviews-test.csv --html report.html --svg charts");
  command.callback([&action, arguments] { action = [arguments] { return Reporter(*arguments).run(); }; });
}

}  // namespace attune::app
