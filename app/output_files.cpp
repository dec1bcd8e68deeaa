// SPDX-License-Identifier: Apache-2.0
#include "output_files.hpp"

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "attune/core/error.hpp"
#include "attune/core/files.hpp"
#include "history_file.hpp"
#include "reading.hpp"

namespace attune::app {
namespace {

/// Whether two names mean one file; neither need exist.
bool same_file(const std::string& a, const std::string& b) {
  std::error_code failed;
  return !a.empty() && !b.empty() &&
         std::filesystem::weakly_canonical(a, failed) == std::filesystem::weakly_canonical(b, failed);
}

/// What an earlier run wrote there may be replaced, and an empty file; anything else was hardly meant.
void check_replaced(const std::string& flag, const std::string& file, bool ours) {
  std::error_code none;
  if (ours || !std::filesystem::is_regular_file(file, none) || std::filesystem::file_size(file, none) == 0) return;
  throw UsageError(flag + ": " + file +
                   " is there and was not written by attune train; name another file, or remove it");
}

/// Finds out before hours are spent whether the file can be written.
void check_writable(const std::string& flag, const std::string& file) {
  const auto folder = std::filesystem::path(file).parent_path();
  std::error_code none;
  if (!folder.empty() && !std::filesystem::exists(folder, none)) {
    throw UsageError(flag + ": " + file + " cannot be written: there is no folder " + folder.string() +
                     "; make it first");
  }
  try {
    const AtomicFile probe(file);  // leaves nothing behind
  } catch (const IoError& error) {
    throw UsageError(flag + ": " + error.what());
  }
}

}  // namespace

void check_outputs(const RunConfig& config, const std::string& history) {
  if (!history.empty()) check_history_name(history);
  for (const auto& [flag, file] : {std::pair{"-o", config.model_file}, std::pair{"--history", history}}) {
    if (file.empty()) continue;
    for (const auto& table : {config.table, config.split.validation}) {
      if (same_file(file, table))
        throw UsageError(std::string(flag) + ": " + file + " is the table that is read; name another file");
    }
    check_writable(flag, file);
  }
  if (same_file(config.model_file, history))
    throw UsageError("--history: " + history + " is the model's file; name another one");
  check_replaced("-o", config.model_file, holds_model(config.model_file));
  if (!history.empty()) check_replaced("--history", history, holds_history(history));
}

void write_model(Model& model, const RunConfig& config) {
  model.record["reading"] = attune::to_json(config.reading);
  model.record["program"] = "attune " ATTUNE_VERSION;
  model.save(config.model_file);
}

}  // namespace attune::app
