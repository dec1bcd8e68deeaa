// SPDX-License-Identifier: Apache-2.0
#include "report_record.hpp"

#include <cmath>
#include <filesystem>
#include <limits>

#include "attune/core/wording.hpp"
#include "console.hpp"
#include "model_page.hpp"

namespace attune::app {
namespace {

/// JSON has no number for what is not finite.
double number_or_none(const Json& value) {
  return value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN();
}

std::optional<double> known(const Json& epoch, const char* key) {
  if (!epoch.contains(key) || !epoch.at(key).is_number()) return {};
  return epoch.at(key).get<double>();
}

std::string metric_name(const Json& history) {
  const auto name = history.front().value("metric", std::string("metric"));
  return "validation " + (name == "r2" ? "R2" : name);
}

std::string joined(const Json& list);

/// As a person writes it: texts without quotes, lists with commas between.
std::string value_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>().empty() ? "(empty)" : value.get<std::string>();
  return value.is_array() ? joined(value) : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string joined(const Json& list) {
  std::string text;
  for (const auto& one : list) text += (text.empty() ? "" : ", ") + value_text(one);
  return list.empty() ? "(none)" : text;
}

/// What is an object in itself has a section of its own, or is too much for a page.
void add(const Json& options, report::Settings& settings, const std::string& prefix = "") {
  for (const auto& [key, value] : options.items()) {
    if (!value.is_object() && !(value.is_array() && !value.empty() && value.front().is_object()))
      settings.values.emplace_back(prefix + (key == "name" ? "table" : key), value_text(value));
  }
}

std::vector<std::string> bindings_text(const std::vector<Binding>& bindings) {
  std::vector<std::string> texts;
  for (const auto& binding : bindings) {
    auto text = binding_text(binding);
    for (const auto& [key, value] : binding.options.items()) text += ", " + key + " = " + value_text(value);
    texts.push_back(std::move(text));
  }
  return texts;
}

report::Settings data_settings(const Model& model) {
  report::Settings settings{"Data", {}};
  for (const auto& text : bindings_text(model.schema().inputs)) settings.values.emplace_back("input", text);
  for (const auto& text : bindings_text(model.schema().outputs)) settings.values.emplace_back("output", text);
  const auto& record = model.record;
  add(record.value("data", Json::object()), settings);
  add(record.value("validation_data", Json::object()), settings, "validation ");
  add(record.value("training", Json::object()).value("split", Json::object()), settings, "split ");
  add(record.value("reading", Json::object()), settings);
  return settings;
}

report::Settings run_settings(const Model& model) {
  report::Settings settings{"Run", {}};
  add(model.record.value("training", Json::object()), settings);
  for (size_t o = 0; o < model.outputs().size(); ++o) {
    if (model.outputs()[o]->classes().empty()) continue;
    const auto name = " of " + on_one_line(model.schema().outputs[o].name);
    settings.values.emplace_back("temperature" + name, fixed(model.temperature(o), 4));
    settings.values.emplace_back("linear_weight" + name, fixed(model.linear_weight(o), 4));
  }
  if (model.record.contains("program")) settings.values.emplace_back("program", value_text(model.record["program"]));
  return settings;
}

std::string trained_sentence(const Json& record) {
  const auto& data = record.at("data");
  const auto& training = record.at("training");
  const auto table = std::filesystem::path(data.at("name").get<std::string>()).filename().string();
  auto text = "Trained on " + counted(training.at("training_rows").get<int64_t>(), "row") + " of " + table;
  if (const auto held = training.at("validation_rows").get<int64_t>(); held > 0)
    text += ", validated on " + with_commas(held) + (record.contains("validation_data") ? " of another table" : "");
  return text + "; the weights are those of epoch " + with_commas(training.at("best_epoch").get<int64_t>()) + " of " +
         with_commas(std::ssize(record.value("history", Json::array()))) + " (" +
         training.at("end").get<std::string>() + ").";
}

}  // namespace

std::optional<report::History> drawn_history(const Json& record) {
  const auto epochs = record.value("history", Json::array());
  if (epochs.empty()) return {};
  report::History history{.epochs = {}, .metric = metric_name(epochs), .best_epoch = {}};
  for (const auto& epoch : epochs)
    history.epochs.push_back({.epoch = number_or_none(epoch.at("epoch")),
                              .loss = number_or_none(epoch.at("training_loss")),
                              .validation_loss = known(epoch, "validation_loss"),
                              .metric = known(epoch, "validation_metric"),
                              .learning_rate = known(epoch, "learning_rate")});
  if (const auto best = record.value("training", Json::object()).value("best_epoch", int64_t{0}); best > 0)
    history.best_epoch = static_cast<double>(best);
  return history;
}

std::vector<report::Settings> drawn_settings(const Model& model) {
  const auto training = model.record.value("training", Json::object());
  std::vector<report::Settings> all = {data_settings(model)};
  for (const auto& [heading, section] : {std::pair("Model", "model"), std::pair("Training", "training")}) {
    all.push_back({heading, {}});
    add(training.value(section, Json::object()), all.back());
  }
  all.push_back({"Word vectors", {}});
  add(model.record.value("vectors", Json::object()), all.back());
  all.push_back(run_settings(model));
  std::erase_if(all, [](const report::Settings& settings) { return settings.values.empty(); });
  return all;
}

std::vector<std::string> model_sentences(const Model& model) {
  const auto named = [](const std::vector<Binding>& bindings) {
    std::vector<std::string> names;
    for (const auto& binding : bindings) names.push_back(binding_text(binding));
    return listed(names);
  };
  std::vector<std::string> sentences = {"Predicts " + named(model.schema().outputs) + " from " +
                                        named(model.schema().inputs) + "."};
  if (model.record.contains("data") && model.record.value("training", Json::object()).contains("best_epoch"))
    sentences.push_back(trained_sentence(model.record));
  return sentences;
}

}  // namespace attune::app
