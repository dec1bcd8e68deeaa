// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "attune/data/column_profile.hpp"
#include "attune/model/model.hpp"
#include "commands.hpp"
#include "console.hpp"
#include "field_flags.hpp"
#include "metrics_text.hpp"
#include "reading.hpp"
#include "run_config.hpp"

namespace attune::app {
namespace {

struct InfoArguments {
  std::string file;
  Json given = Json::object();
  bool json = false, history = false;
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

void print_bindings(const char* title, const std::vector<Binding>& bindings) {
  for (const auto& binding : bindings) {
    std::string columns;
    for (const auto& column : binding.columns) columns += (columns.empty() ? "" : ", ") + column;
    print_line(fmt::format("{:<12} {} ({})", title, columns, binding.type));
  }
}

void print_model(const Model& model, const std::string& file) {
  const auto& record = model.record;
  print_line(fmt::format("{:<12} {}, {} bytes", "model", file,
                         grouped(static_cast<int64_t>(std::filesystem::file_size(file)))));
  print_bindings("input", model.schema().inputs);
  print_bindings("output", model.schema().outputs);
  print_line(fmt::format("{:<12} {} in {} tensors", "parameters", grouped(model.network().parameters().count()),
                         model.network().parameters().all().size()));
  std::string sites;
  for (const auto& site : model.network().sites()) sites += (sites.empty() ? "" : ", ") + site;
  print_line(fmt::format("{:<12} {}", "attention", sites.empty() ? "none" : sites));
  if (record.contains("data")) {
    const auto& data = record.at("data");
    print_line(fmt::format("{:<12} {}, {} rows, SHA-256 {}", "trained on", data.at("name").get<std::string>(),
                           grouped(data.at("rows").get<int64_t>()),
                           data.at("sha256").get<std::string>().substr(0, 16)));
  }
  if (record.contains("training")) {
    const auto& training = record.at("training");
    print_line(fmt::format("{:<12} {} training rows, {} validation rows, {} steps, weights of epoch {}, seed {}, {}",
                           "training", grouped(training.at("training_rows").get<int64_t>()),
                           grouped(training.at("validation_rows").get<int64_t>()),
                           grouped(training.at("steps").get<int64_t>()), training.at("best_epoch").get<int64_t>(),
                           training.at("seed").get<int64_t>(), training.at("end").get<std::string>()));
  }
  if (!record.contains("metrics")) return;
  for (const auto& metrics : record.at("metrics"))
    print_line(fmt::format("{:<12} {}", "validation", summary_line(metrics)));
}

/// At most 48 bytes, cut between characters.
std::string shortened(const std::string& text) {
  constexpr size_t kMost = 48;
  if (text.size() <= kMost) return text;
  auto end = kMost;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "..";
}

Json profile_json(const ColumnProfile& profile) {
  return {{"column", profile.name},     {"rows", profile.rows},         {"empty", profile.empty},
          {"numeric", profile.numeric}, {"distinct", profile.distinct}, {"mean_length", profile.mean_length},
          {"longest", profile.longest}, {"examples", profile.examples}};
}

int describe_table(const InfoArguments& arguments) {
  const auto table = open_with_notes(arguments.file, arguments.given);
  const auto profiles = profile_columns(*table);
  if (!arguments.json)
    print_line(fmt::format("{}: {} rows, {} columns", table->name(), grouped(table->rows()), table->columns()));
  for (const auto& profile : profiles) {
    if (arguments.json) {
      print_json(profile_json(profile));
      continue;
    }
    std::string examples;
    for (const auto& example : profile.examples) examples += (examples.empty() ? "" : " | ") + shortened(example);
    print_line(fmt::format("  {}: {} distinct, {} numbers, {} empty, {:.1f} characters; {}", profile.name,
                           grouped(profile.distinct), grouped(profile.numeric), grouped(profile.empty),
                           profile.mean_length, examples));
  }
  return kDone;
}

int run_info(const InfoArguments& arguments) {
  if (!looks_like_model(arguments.file)) return describe_table(arguments);
  const auto model = load_with_notes(arguments.file);
  if (arguments.history) {
    print_text(history_csv(model.record.value("history", Json::array())));
  } else if (arguments.json) {
    print_json(model_json(model, arguments.file));
  } else {
    print_model(model, arguments.file);
  }
  return kDone;
}

}  // namespace

void add_info(CLI::App& program, Action& action) {
  auto& command =
      *program.add_subcommand("info", "Show what a model was trained on, how and how well; or the columns of a table");
  auto arguments = std::make_shared<InfoArguments>();
  command.add_option("MODEL|DATA", arguments->file, "a model file (NAME.attune), or a table")->required();
  TableConfig shown;
  FieldFlags flags(command, "Reading tables", "data", arguments->given);
  shown.visit_fields(flags);
  command.add_flag("--json", arguments->json,
                   "everything: schema, architecture, tensors, configuration, history, metrics");
  command.add_flag("--history", arguments->history, "the history of its training as CSV");
  command.footer("Example:\n  attune info reviews.attune");
  command.callback([&action, arguments] { action = [arguments] { return run_info(*arguments); }; });
}

}  // namespace attune::app
