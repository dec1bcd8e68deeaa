// SPDX-License-Identifier: Apache-2.0
#include "model_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "attune/core/wording.hpp"
#include "attune/nn/specs.hpp"
#include "baselines_text.hpp"
#include "console.hpp"
#include "metrics_text.hpp"
#include "run_config.hpp"

namespace attune::app {
namespace {

constexpr size_t kMostClassesNamed = 10;

/// Names of files and what a model file says may hold anything.
std::string line(const char* title, const std::string& text) {
  return fmt::format("{:<12} {}\n", title, on_one_line(text));
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

/// ", 1,382 characters known"; nothing for what has no vocabulary.
std::string vocabulary_text(const Json& state) {
  if (state.contains("vocabulary"))
    return fmt::format(", {} {} known", with_commas(std::ssize(state.at("vocabulary"))), state.value("unit", "units"));
  return state.contains("values") ? ", " + counted(std::ssize(state.at("values")), "value") + " known" : "";
}

/// ", temperature 1.2275, linear part 0.6131, 3 classes: a, b, c"; nothing for a number.
std::string classes_text(const std::vector<std::string>& classes, double temperature, double linear_weight) {
  if (classes.empty()) return "";
  std::vector<std::string> named;
  for (size_t c = 0; c < std::min(classes.size(), kMostClassesNamed); ++c) named.push_back(brief(classes[c]));
  auto text = fmt::format(", temperature {:.4f}{}, {}: {}", temperature,
                          linear_weight > 0 ? fmt::format(", linear part {:.4f}", linear_weight) : "",
                          counted(std::ssize(classes), "class"), joined(named));
  if (classes.size() > kMostClassesNamed)
    text += " and " + with_commas(std::ssize(classes) - std::ssize(named)) + " more";
  return text;
}

/// "scaled_dot, 4 heads"; "split, reaches 1 3 5".
std::string allocation_text(const Json& allocation, bool in_block) {
  const AttentionSpec defaults;
  const auto mechanism = allocation.value("mechanism", defaults.mechanism);
  if (mechanism != "split") return mechanism + ", " + counted(allocation.value("heads", defaults.heads), "head");
  std::string reaches;
  for (const auto reach : allocation.value("reaches", defaults.reaches)) reaches += " " + std::to_string(reach);
  return mechanism + (in_block ? ", reaches" + reaches : "");
}

/// "attention (scaled_dot, 4 heads) and feed-forward (128)"
std::string block_text(const Json& block) {
  const BlockSpec defaults;
  std::string text;
  if (block.value("attention", defaults.attention))
    text = "attention (" + allocation_text(block.value("allocation", Json::object()), /*in_block=*/true) + ")";
  if (block.value("feed_forward", defaults.feed_forward))
    text += fmt::format("{}feed-forward ({})", text.empty() ? "" : " and ",
                        block.value("feed_forward_width", defaults.feed_forward_width));
  return text;
}

/// Equal blocks one after another are counted, not repeated.
std::string blocks_text(const Json& blocks) {
  if (blocks.empty()) return "no blocks";
  std::vector<std::string> parts;
  for (size_t first = 0, next = 0; first < blocks.size(); first = next) {
    while (next < blocks.size() && blocks[next] == blocks[first]) ++next;
    parts.push_back(counted(static_cast<int64_t>(next - first), "block") + " of " + block_text(blocks[first]));
  }
  return joined(parts);
}

std::string pool_text(const Json& pool) {
  const auto kind = pool.value("kind", PoolSpec().kind);
  if (kind != "attention") return "pool " + kind;
  return "pool of attention (" + allocation_text(pool.value("allocation", Json::object()), /*in_block=*/false) + ")";
}

std::string network_text(const Json& description) {
  return fmt::format("width {}, {}, {}", description.value("width", BackboneSpec().width),
                     blocks_text(description.at("blocks")), pool_text(description.at("pool")));
}

/// The flags that the table was read with, where they are not the defaults.
std::string unusual_reading(const Json& record) {
  const auto defaults = to_json(TableConfig());
  const auto reading = record.value("reading", Json::object());
  std::string text;
  for (const auto& [key, value] : reading.items()) {
    if (defaults.value(key, Json()) == value) continue;
    text += (text.empty() ? "" : ", ") + key + " = " + value.dump();
  }
  return text;
}

/// "stratified, share 0.1"; "column:part".
std::string split_text(const Json& split) {
  const auto method = split.at("method").get<std::string>();
  if (method == "file") return "from a table of its own";
  return method.starts_with("column:") ? method
                                       : fmt::format("{}, share {}", method, split.at("fraction").get<double>());
}

std::string data_lines(const Json& data) {
  auto text = line("trained on", fmt::format("{}, {}, fingerprint {}", data.at("name").get<std::string>(),
                                             counted(data.at("rows").get<int64_t>(), "row"),
                                             data.at("sha256").get<std::string>().substr(0, 16)));
  if (const auto skipped = data.value("skipped_rows", int64_t{0}); skipped > 0)
    text += line("left out", counted(skipped, "bad row"));
  return text;
}

/// "8 epochs at most, batches of 64 rows, learning rate 0.001 (cosine)"
std::string settings_text(const Json& settings) {
  return fmt::format("{} at most, batches of {}, learning rate {} ({})",
                     counted(settings.at("epochs").get<int64_t>(), "epoch"),
                     counted(settings.at("batch_size").get<int64_t>(), "row"),
                     settings.at("learning_rate").get<double>(), settings.at("schedule").get<std::string>());
}

std::string training_lines(const Json& training, size_t epochs) {
  auto text = line("training",
                   fmt::format("{}, {} ({}), {} in {}, weights of epoch {}, seed {}, {}",
                               counted(training.at("training_rows").get<int64_t>(), "training row"),
                               counted(training.at("validation_rows").get<int64_t>(), "validation row"),
                               split_text(training.at("split")), counted(training.at("steps").get<int64_t>(), "step"),
                               counted(static_cast<int64_t>(epochs), "epoch"), training.at("best_epoch").get<int64_t>(),
                               training.at("seed").get<int64_t>(), training.at("end").get<std::string>()));
  if (training.contains("training")) text += line("settings", settings_text(training.at("training")));
  return text;
}

std::string schema_lines(const Model& model) {
  std::string text;
  for (size_t i = 0; i < model.inputs().size(); ++i)
    text += line("input", binding_text(model.schema().inputs[i]) + vocabulary_text(model.inputs()[i]->state()));
  for (size_t o = 0; o < model.outputs().size(); ++o)
    text +=
        line("output", binding_text(model.schema().outputs[o]) +
                           classes_text(model.outputs()[o]->classes(), model.temperature(o), model.linear_weight(o)));
  return text;
}

std::string network_lines(const Network& network) {
  return line("network", network_text(network.description())) +
         line("parameters", fmt::format("{} in {} tensors", with_commas(network.parameters().count()),
                                        network.parameters().all().size())) +
         line("attention", network.sites().empty() ? "none" : joined(network.sites()));
}

/// "glove.6B.50d.txt, 50 numbers a word, frozen, 92.8 % of the training tokens of column "review""
std::string vectors_text(const Json& vectors) {
  auto text = fmt::format("{}, {} a word, {}", vectors.at("file").get<std::string>(),
                          counted(vectors.at("width").get<int64_t>(), "number"),
                          vectors.at("frozen").get<bool>() ? "frozen" : "trained on");
  for (const auto& input : vectors.at("inputs")) {
    const auto tokens = input.at("tokens").get<double>();
    text += fmt::format(", {} of the training tokens of column \"{}\"",
                        percent(tokens > 0 ? input.at("tokens_covered").get<double>() / tokens : 0.0),
                        input.at("column").get<std::string>());
  }
  return text;
}

}  // namespace

std::string binding_text(const Binding& binding) {
  return on_one_line(joined(binding.columns)) + " (" + binding.type + ")";
}

std::string model_page(const Model& model, const std::string& file) {
  const auto& record = model.record;
  auto page = line(
      "model", fmt::format("{}, {} bytes", file, with_commas(static_cast<int64_t>(std::filesystem::file_size(file)))));
  page += schema_lines(model) + network_lines(model.network());
  if (record.contains("vectors")) page += line("vectors", vectors_text(record.at("vectors")));
  if (record.contains("data")) page += data_lines(record.at("data"));
  if (const auto reading = unusual_reading(record); !reading.empty()) page += line("read with", reading);
  if (record.contains("training"))
    page += training_lines(record.at("training"), record.value("history", Json::array()).size());
  for (const auto& summary : record.value("summary", Json::array())) page += line("runs", spread_line(summary));
  if (record.contains("program")) page += line("written by", record.at("program").get<std::string>());
  for (const auto& metrics : record.value("metrics", Json::array())) {
    page += line("validation", summary_line(metrics));
    if (metrics.contains("baselines")) page += line("baselines", baselines_summary(metrics));
  }
  return page;
}

}  // namespace attune::app
