// SPDX-License-Identifier: Apache-2.0
#include "run_config.hpp"

#include <map>

#include "attune/core/error.hpp"
#include "attune/core/files.hpp"
#include "attune/core/nearest_name.hpp"
#include "attune/core/toml.hpp"
#include "attune/kernels/cpu/isa.hpp"
#include "field_flags.hpp"

namespace attune::app {
namespace {

/// Collects "section.key" -> help; without a section, "key".
class HelpCollector : public FieldVisitor {
 public:
  HelpCollector(std::string section, std::map<std::string, std::string>& help)
      : section_(std::move(section)), help_(help) {}
  void field(const FieldInfo& info, bool&) override { add(info); }
  void field(const FieldInfo& info, int64_t&) override { add(info); }
  void field(const FieldInfo& info, double&) override { add(info); }
  void field(const FieldInfo& info, std::string&) override { add(info); }
  void field(const FieldInfo& info, std::vector<int64_t>&) override { add(info); }

 private:
  void add(const FieldInfo& info) { help_[(section_.empty() ? "" : section_ + ".") + info.name] = help_of(info); }
  std::string section_;
  std::map<std::string, std::string>& help_;
};

/// Every key that the section "data" may have.
std::vector<std::string> data_keys(const RunConfig& config) {
  std::vector<std::string> keys;
  const auto json = config.to_json();
  for (const auto& [key, value] : json.at("data").items()) keys.push_back(key);
  return keys;
}

template <class T>
T get(const Json& json, const std::string& where, const char* expected) {
  try {
    return json.get<T>();
  } catch (const Json::exception&) {
    throw UsageError(where + ": expected " + expected + ", found " + json.dump());
  }
}

}  // namespace

void TableConfig::visit_fields(FieldVisitor& v) {
  v.field({.name = "format", .help = "how tables are written", .choices = {"auto", "csv", "tsv", "jsonl"}},
          options.format);
  v.field({.name = "header",
           .help = "the first line names the columns",
           .off = "the first line is a row; columns are called column_1, column_2, .."},
          options.header);
  v.field({.name = "delimiter", .help = "what stands between the cells of CSV: one character, or tab; none: a comma"},
          options.delimiter);
  v.field({.name = "encoding", .help = "of the text, any name that ICU knows: utf-8, gb18030, latin1, utf-16"},
          options.encoding);
  v.field({.name = "skip_bad_rows", .help = "leave out rows that cannot be read, and count them"},
          options.skip_bad_rows);
}

void SplitConfig::visit_fields(FieldVisitor& v) {
  v.field(
      {.name = "split", .help = "how validation rows are taken: stratified, random, tail, group:COLUMN, column:COLUMN"},
      split);
  v.field({.name = "validation_fraction", .help = "share of the rows to validate on", .minimum = 0, .maximum = 0.99},
          validation_fraction);
  v.field({.name = "validation", .help = "a table to validate on, instead of a split"}, validation);
}

void SeedConfig::visit_fields(FieldVisitor& v) {
  v.field({.name = "seed", .help = "of everything that is drawn: split, first weights, order, dropout", .minimum = 0},
          seed);
}

void KernelConfig::visit_fields(FieldVisitor& v) {
  v.field({.name = "kernels",
           .help = "what computes attention: automatic (fused kernels where they can), fused (or an error), composed "
                   "(LibTorch operations)",
           .choices = kernel_names()},
          kernels);
}

Kernels chosen_kernels(const std::string& name) {
  const auto kernels = parse_kernels(name);
  if (kernels != Kernels::kComposed) (void)cpu::isa();
  return kernels;
}

Kernels chosen_kernels(const Json& given) {
  KernelConfig config;
  if (given.contains("kernels")) from_json(Json{{"kernels", given.at("kernels")}}, "command line", config);
  return chosen_kernels(config.kernels);
}

void BaselineConfig::visit_fields(FieldVisitor& v) {
  v.field({.name = "baselines",
           .help = "measure simple models as well: naive Bayes, logistic or ridge regression",
           .off = "do not fit and measure simple models beside this one"},
          baselines);
}

void add_threads_flag(CLI::App& command, int& threads) {
  command
      .add_option_function<std::string>(
          "--threads",
          [&threads](const std::string& text) {
            const FieldInfo info{.name = "threads", .help = "", .minimum = 0, .maximum = 1024};
            threads = static_cast<int>(parse_whole_number("--threads", info, text));
          },
          "threads that work, 0 for all cores; results do not depend on it")
      ->type_name("N")
      ->default_str("0")
      ->group("Run");
}

Json RunConfig::to_json() const {
  Json data = attune::to_json(reading);
  Json head{{"table", table}, {"inputs", inputs}, {"outputs", outputs}};
  head.update(data);
  head.update(attune::to_json(split));
  return {{"model_file", model_file},
          {"seed", seed.seed},
          {"seeds", repeat.seeds},
          {"folds", repeat.folds},
          {"baselines", baselines.baselines},
          {"data", head},
          {"model", attune::to_json(model)},
          {"training", attune::to_json(training)}};
}

void RunConfig::set(const Json& json, const std::string& where) {
  static const std::vector<std::string> known = {"model_file", "seed", "seeds", "folds",
                                                 "baselines",  "data", "model", "training"};
  for (const auto& [key, value] : json.items()) {
    const auto at = where + ", " + key;
    if (key == "model_file") {
      model_file = get<std::string>(value, at, "a text");
    } else if (key == "seed") {
      from_json(Json{{"seed", value}}, where, seed);
    } else if (key == "seeds" || key == "folds") {
      from_json(Json{{key, value}}, where, repeat);
    } else if (key == "baselines") {
      from_json(Json{{"baselines", value}}, where, baselines);
    } else if (key == "model") {
      from_json(value, at, model);
    } else if (key == "training") {
      from_json(value, at, training);
    } else if (key != "data") {
      throw UsageError(where + ": unknown key \"" + key + "\"" + suggestion(key, known));
    }
  }
  if (!json.contains("data")) return;
  auto data = json.at("data");
  const auto take = [&](const char* key, auto& target, const char* expected) {
    if (!data.contains(key)) return;
    target = get<std::remove_reference_t<decltype(target)>>(data.at(key), where + ", data, " + key, expected);
    data.erase(key);
  };
  take("table", table, "a text");
  take("inputs", inputs, "a list of texts");
  take("outputs", outputs, "a list of texts");
  // What is left belongs to one of two structs; a key of neither is named by the second.
  Json of_split = Json::object();
  const auto split_keys = attune::to_json(split);
  for (const auto& [key, value] : split_keys.items()) {
    if (!data.contains(key)) continue;
    of_split[key] = data.at(key);
    data.erase(key);
  }
  const auto reading_keys = attune::to_json(reading);
  for (const auto& [key, value] : data.items()) {
    if (!reading_keys.contains(key))
      throw UsageError(where + ", data: unknown key \"" + key + "\"" + suggestion(key, data_keys(*this)));
  }
  from_json(of_split, where + ", data", split);
  from_json(data, where + ", data", reading);
}

SplitOptions RunConfig::split_options() const {
  // Any other share than the default one was asked for.
  const bool demanded = split.validation_fraction != SplitConfig{}.validation_fraction;
  return {.method = split.split,
          .fraction = split.validation_fraction,
          .fraction_demanded = demanded,
          .seed = static_cast<uint64_t>(seed.seed)};
}

Json read_config_file(const std::string& path, RunConfig& config) {
  auto content = parse_toml(read_text_file(path), path);
  config.set(content, path);
  return content;
}

std::string dump_config(const RunConfig& config) {
  std::map<std::string, std::string> help = {
      {"model_file", "where the model is written"},
      {"data.table", "file or folder to train on"},
      {"data.inputs", "COLUMN[,COLUMN..][:TYPE[:OPTION=VALUE,..]]; none: every other column"},
      {"data.outputs", "COLUMN[:TYPE]"}};
  auto copy = config;
  HelpCollector run("", help), data("data", help), model("model", help), training("training", help);
  copy.seed.visit_fields(run);
  copy.repeat.visit_fields(run);
  copy.baselines.visit_fields(run);
  copy.reading.visit_fields(data);
  copy.split.visit_fields(data);
  copy.model.visit_fields(model);
  copy.training.visit_fields(training);
  return to_toml(config.to_json(), help);
}

}  // namespace attune::app
