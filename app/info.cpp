// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <system_error>

#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "attune/data/column_profile.hpp"
#include "attune/model/model.hpp"
#include "attune/report/flow.hpp"
#include "commands.hpp"
#include "console.hpp"
#include "field_flags.hpp"
#include "history_file.hpp"
#include "metrics_text.hpp"
#include "model_flow.hpp"
#include "model_page.hpp"
#include "reading.hpp"
#include "run_config.hpp"

namespace attune::app {
namespace {

struct InfoArguments {
  std::string file;
  Json given = Json::object();
  bool json = false, history = false, mermaid = false;
  std::string mechanism;  ///< whose flow is asked for instead
};

Json parameters_json(const Network& network) {
  Json tensors = Json::array();
  for (const auto& parameter : network.parameters().all())
    tensors.push_back({{"name", parameter.name}, {"shape", parameter.value.sizes().vec()}});
  return tensors;
}

Json model_json(const Model& model, const std::string& file) {
  Json json{{"file", file},
            {"bytes", std::filesystem::file_size(file)},
            {"parameters", model.network().parameters().count()},
            {"schema", to_json(model.schema())},
            {"sites", model.network().sites()},
            {"architecture", model.network().description()},
            {"tensors", parameters_json(model.network())}};
  json.update(model.record);
  return json;
}

/// Counting stopped before the end.
bool is_lower_bound(const ColumnProfile& profile) { return profile.distinct == kMostDistinct; }

Json profile_json(const ColumnProfile& profile, const Table& table) {
  return {{"column", profile.name},
          {"table_rows", table.rows()},
          {"rows", profile.rows},  // that were looked at
          {"empty", profile.empty},
          {"numeric", profile.numeric},
          {"distinct", profile.distinct},
          {"distinct_is_lower_bound", is_lower_bound(profile)},
          {"mean_length", profile.mean_length},
          {"longest", profile.longest},
          {"examples", profile.examples}};
}

/// Said when the figures are those of a part of the rows.
std::string sample_text(const Table& table, const std::vector<ColumnProfile>& profiles) {
  const auto looked_at = profiles.front().rows;
  return looked_at == table.rows() ? "" : "; of " + counted(looked_at, "row") + " drawn from all over it:";
}

int describe_table(const InfoArguments& arguments) {
  const auto table = open_with_notes(arguments.file, arguments.given);
  const auto profiles = profile_columns(*table);
  if (!arguments.json)
    print_line(fmt::format("{}: {}, {}{}", table->name(), counted(table->rows(), "row"),
                           counted(table->columns(), "column"), sample_text(*table, profiles)));
  for (const auto& profile : profiles) {
    if (arguments.json) {
      print_json(profile_json(profile, *table));
      continue;
    }
    std::string examples;
    for (const auto& example : profile.examples) examples += (examples.empty() ? "" : " | ") + brief(example);
    print_line(fmt::format("  {}: {}{} distinct, {}, {} empty, {:.1f} characters; {}", on_one_line(profile.name),
                           with_commas(profile.distinct), is_lower_bound(profile) ? " or more" : "",
                           counted(profile.numeric, "number"), with_commas(profile.empty), profile.mean_length,
                           examples));
  }
  return kDone;
}

/// What is meant for the other kind of file is not passed over in silence.
void check_flags(const InfoArguments& arguments, bool is_model) {
  if (!is_model && (arguments.history || arguments.mermaid))
    throw UsageError(std::string(arguments.history ? "--history" : "--mermaid") + ": is for models, and " +
                     arguments.file + " is none; leave it out");
  if (!is_model || !arguments.given.contains("data")) return;
  const auto first = arguments.given.at("data").begin();
  throw UsageError(flag_name(first.key(), first.value()) + ": is for tables, and " + arguments.file +
                   " is a model; leave it out");
}

/// As JSON an object per epoch, as train prints them.
void print_history(const Json& history, bool json) {
  if (!json) return print_text(history_csv(history));
  for (const auto& epoch : history) print_json(epoch);
}

int run_info(const InfoArguments& arguments) {
  if (!arguments.mechanism.empty()) {
    print_text(report::mermaid(report::mechanism_flow(arguments.mechanism)));
    return kDone;
  }
  std::error_code unreadable;  // of which whoever opens the file says more
  if (!std::filesystem::exists(arguments.file, unreadable) && !unreadable)
    (void)open_table(arguments.file);  // which says what is not there
  const bool is_model = looks_like_model(arguments.file);
  check_flags(arguments, is_model);
  if (!is_model) return describe_table(arguments);
  const auto model = load_with_notes(arguments.file);
  if (arguments.mermaid) {
    print_text(report::mermaid(flow_of(model, arguments.file)));
  } else if (arguments.history) {
    print_history(model.record.value("history", Json::array()), arguments.json);
  } else if (arguments.json) {
    print_json(model_json(model, arguments.file));
  } else {
    print_text(model_page(model, arguments.file));
  }
  return kDone;
}

}  // namespace

void add_info(CLI::App& program, Action& action) {
  auto& command =
      *program.add_subcommand("info", "Show what a model was trained on, how and how well; or the columns of a table");
  auto arguments = std::make_shared<InfoArguments>();
  auto* file = command.add_option("MODEL|DATA", arguments->file, "a model file (NAME.attune), or a table")->required();
  TableConfig shown;
  FieldFlags flags(command, "Reading tables", "data", arguments->given);
  shown.visit_fields(flags);
  command.add_flag("--json", arguments->json,
                   "everything: schema, architecture, tensors, configuration, history, metrics");
  command.add_flag("--history", arguments->history,
                   "the history of its training as CSV; with --json an object per epoch");
  auto* mermaid =
      command.add_flag("--mermaid", arguments->mermaid, "how its network allocates, as a Mermaid flowchart");
  mermaid->excludes("--json", "--history");
  command
      .add_option_function<std::string>(
          "--mermaid-mechanism",
          [file, arguments](const std::string& name) {
            file->required(false);
            arguments->mechanism = name;
          },
          "the same of a mechanism, without a file: " + listed(report::drawn_mechanisms(), "or"))
      ->trigger_on_parse()
      ->excludes(file, mermaid)
      ->excludes("--json", "--history");
  command.footer("Example:\n  attune info reviews.attune");
  command.callback([&action, arguments] { action = [arguments] { return run_info(*arguments); }; });
}

}  // namespace attune::app
