// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "attune/core/fields.hpp"
#include "attune/data/split.hpp"
#include "attune/data/table.hpp"
#include "attune/model/model_config.hpp"
#include "attune/ops/kernels.hpp"
#include "attune/train/repeated_fit.hpp"
#include "attune/train/train_config.hpp"

namespace attune::app {

/// How tables are read; the same flags for every verb that reads one.
struct TableConfig {
  TableOptions options;
  void visit_fields(FieldVisitor& v);
};

/// Where validation rows come from.
struct SplitConfig {
  std::string split = "stratified";
  double validation_fraction = 0.1;
  std::string validation = "";  ///< a table of its own; empty: `split`
  void visit_fields(FieldVisitor& v);
};

struct SeedConfig {
  int64_t seed = 1;
  void visit_fields(FieldVisitor& v);
};

/// Whether a model is measured beside simple ones; the same flag for train and evaluate.
struct BaselineConfig {
  bool baselines = true;
  void visit_fields(FieldVisitor& v);
};

/// What computes attention, for verbs that do not train.
struct KernelConfig {
  std::string kernels = "automatic";
  void visit_fields(FieldVisitor& v);
};

/// Asked before any work: an ATTUNE_FORCE_ISA that names none is found here. @throws UsageError, also for another name.
[[nodiscard]] Kernels chosen_kernels(const std::string& name);
/// What --kernels said, of what the flags gave.
[[nodiscard]] Kernels chosen_kernels(const Json& given);

/// Adds --threads, which is no part of what a run computes.
void add_threads_flag(CLI::App& command, int& threads);

/// A whole training run: the content of a configuration file.
struct RunConfig {
  std::string table;
  std::string model_file;
  std::vector<std::string> inputs, outputs;
  TableConfig reading;
  SplitConfig split;
  SeedConfig seed;
  RepeatConfig repeat;
  BaselineConfig baselines;
  ModelConfig model;
  TrainConfig training;

  [[nodiscard]] Json to_json() const;
  /// Sets what `json` names. @throws UsageError naming `where`, section and key.
  void set(const Json& json, const std::string& where);
  [[nodiscard]] SplitOptions split_options() const;
};

/// Returns what the file says. @throws UsageError with line and column, or naming the key that is wrong.
Json read_config_file(const std::string& path, RunConfig& config);

/// The configuration as TOML, every key with its help above it.
[[nodiscard]] std::string dump_config(const RunConfig& config);

}  // namespace attune::app
