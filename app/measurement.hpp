// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>
#include <functional>
#include <string>
#include <vector>

#include "attune/core/executor.hpp"
#include "attune/core/json.hpp"
#include "attune/model/model.hpp"
#include "attune/train/training_data.hpp"

namespace attune::app {

/// What verbs are told that measure a model on a table with known answers.
struct MeasureArguments {
  std::string model, data, training_table;
  Json given = Json::object();
  int threads = 0;
};

/// How the table is read, and how the model and the baselines are run.
void add_measure_flags(CLI::App& command, MeasureArguments& arguments);

/// A model on a table.
struct Measurement {
  LabelledRows data;
  std::vector<Opinions> opinions;     ///< per output
  Json metrics;                       ///< of evaluate(), beside those of the baselines
  std::vector<std::string> warnings;  ///< what makes the figures say less than they seem to
};

/// Measures every output, beside the baselines where their training rows are known. Warnings are noted as well.
/// @param should_stop asked at every row by any thread; empty: never
/// @throws StoppedError when it says so, and what reading the table throws.
[[nodiscard]] Measurement measure(const Model& model, const MeasureArguments& arguments, Executor& executor,
                                  const std::function<bool()>& should_stop = {});

}  // namespace attune::app
