// SPDX-License-Identifier: Apache-2.0
#include "output_files.hpp"

#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "attune/core/error.hpp"
#include "attune/core/files.hpp"
#include "console.hpp"
#include "history_file.hpp"
#include "log_file.hpp"
#include "reading.hpp"

namespace attune::app {
namespace {

struct Output {
  std::string flag, file, what;
};

/// A log that is there: opening it tells whether it can be written, whatever its folder allows.
bool is_appended_to(const Output& output) {
  std::error_code none;
  return output.flag == "--log" && std::filesystem::is_regular_file(output.file, none);
}

void check_not_read(const Output& output, const RunConfig& config) {
  for (const auto& table : {config.table, config.split.validation}) {
    if (same_file(output.file, table))
      throw UsageError(output.flag + ": " + output.file + " is the table that is read; name another file");
  }
  if (same_file(output.file, config.model.vectors))
    throw UsageError(output.flag + ": " + output.file + " holds the vectors that are read; name another file");
}

void check_differ(const Output& output, const Output& earlier) {
  if (same_file(output.file, earlier.file))
    throw UsageError(output.flag + ": " + output.file + " is " + earlier.what + "; name another one");
}

}  // namespace

bool same_file(const std::string& a, const std::string& b) {
  std::error_code failed;
  // Of a name in the folder at work that is not there yet, the canonical form would be relative.
  const auto whole = [&](const std::string& name) {
    return std::filesystem::weakly_canonical(std::filesystem::absolute(name, failed), failed);
  };
  return !a.empty() && !b.empty() && whole(a) == whole(b);
}

void check_replaced(const std::string& flag, const std::string& file, bool ours, const std::string& verb) {
  std::error_code none;
  if (ours || !std::filesystem::is_regular_file(file, none) || std::filesystem::file_size(file, none) == 0) return;
  throw UsageError(flag + ": " + file + " is there and was not written by " + verb +
                   "; name another file, or remove it");
}

void check_writable(const std::string& flag, const std::string& file) {
  const auto folder = std::filesystem::path(file).parent_path();
  std::error_code none;
  if (!folder.empty() && !std::filesystem::exists(folder, none)) {
    throw UsageError(flag + ": " + file + " cannot be written: there is no folder " + folder.string() +
                     "; make it first");
  }
  if (std::filesystem::is_symlink(file, none) && !std::filesystem::exists(file, none)) {
    throw UsageError(flag + ": " + file + " is a link to " + std::filesystem::read_symlink(file, none).string() +
                     ", which is not there; name that file itself, or remove the link");
  }
  try {
    const AtomicFile probe(file);  // leaves nothing behind
  } catch (const IoError& error) {
    throw UsageError(flag + ": " + error.what());
  }
}

void check_outputs(const RunConfig& config, const SideFiles& files) {
  if (!files.history.empty()) check_history_name(files.history);
  const std::vector<Output> outputs = {{"-o", config.model_file, "the model's file"},
                                       {"--history", files.history, "the history's file"},
                                       {"--log", files.log, "the log"}};
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].file.empty()) continue;
    check_not_read(outputs[i], config);
    if (!is_appended_to(outputs[i])) check_writable(outputs[i].flag, outputs[i].file);
    for (size_t earlier = 0; earlier < i; ++earlier) check_differ(outputs[i], outputs[earlier]);
  }
  check_replaced("-o", config.model_file, holds_model(config.model_file), "attune train");
  if (!files.history.empty()) check_replaced("--history", files.history, holds_history(files.history), "attune train");
  if (!files.log.empty()) check_replaced("--log", files.log, holds_log(files.log), "attune train");
}

void note_unwritten_model(const RunConfig& config) {
  std::error_code none;
  if (std::filesystem::exists(config.model_file, none)) print_note(config.model_file + " stays as it was");
}

void write_model(Model& model, const RunConfig& config) {
  model.record["reading"] = attune::to_json(config.reading);
  model.record["program"] = "attune " ATTUNE_VERSION;
  model.save(config.model_file);
}

}  // namespace attune::app
