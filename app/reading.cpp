// SPDX-License-Identifier: Apache-2.0
#include "reading.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>

#include "attune/core/error.hpp"
#include "attune/core/files.hpp"
#include "attune/core/wording.hpp"
#include "console.hpp"
#include "run_config.hpp"

namespace attune::app {

namespace {

/// Bytes among which a model's header is looked for.
constexpr size_t kMostHeader = size_t{1} << 26;

/// A safetensors file: the length of its header in eight bytes, then a JSON object.
bool begins_as_model(const std::string& path) {
  std::error_code none;
  if (!std::filesystem::is_regular_file(path, none)) return false;  // a pipe would be waited for
  std::ifstream file(path, std::ios::binary);
  char start[9] = {};
  return file.read(start, sizeof start) && start[6] == 0 && start[7] == 0 && start[8] == '{';
}

void check_begin(const std::string& path, const std::string& data) {
  std::error_code none;  // what cannot be looked at is named by the one who opens it
  if (!std::filesystem::is_regular_file(path, none) || begins_as_model(path)) return;
  std::string way_out;
  if (!data.empty()) way_out = "; the model comes first, then the table";
  if (!data.empty() && begins_as_model(data)) way_out += ": " + data + " " + path;
  throw ModelFileError(path + ": not a model file" + way_out);
}

}  // namespace

std::shared_ptr<const Table> open_data(const std::string& path, const TableOptions& options) {
  if (begins_as_model(path)) throw InputError(path + ": a model, where a table is expected");
  return open_table(path, options);
}

std::shared_ptr<const Table> open_with_notes(const std::string& path, const Json& given) {
  TableConfig reading;
  if (given.contains("data")) from_json(given.at("data"), "command line", reading);
  auto table = open_data(path, reading.options);
  if (table->skipped_rows() > 0)
    print_note(fmt::format("{}: {} left out", table->name(), counted(table->skipped_rows(), "bad row")));
  return table;
}

Model load_with_notes(const std::string& path, const std::string& data) {
  check_begin(path, data);
  auto model = Model::load(path);
  for (const auto& input : model.inputs()) {
    for (const auto& note : input->load_notes()) print_note(note);
  }
  return model;
}

void require_classes(const Model& model, const std::string& path, const std::string& flag) {
  const auto& outputs = model.outputs();
  const auto has_classes = [](const auto& output) { return !output->classes().empty(); };
  if (std::none_of(outputs.begin(), outputs.end(), has_classes))
    throw UsageError(flag + ": is for classes, and " + path + " predicts numbers; leave it out");
}

void note_truncated(int64_t rows) {
  if (rows > 0)
    print_note("the end of " + counted(rows, "row") +
               " is cut off for the network by the max_length that the model was trained with");
}

bool has_model_name(const std::string& path) {
  auto extension = std::filesystem::path(path).extension().string();
  for (auto& letter : extension) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return extension == ".attune";
}

bool looks_like_model(const std::string& path) { return has_model_name(path) || begins_as_model(path); }

bool holds_model(const std::string& path) {
  if (!begins_as_model(path)) return false;
  const MappedFile file(path);
  return file.bytes().substr(0, kMostHeader).find("\"attune.format\"") != std::string_view::npos;
}

}  // namespace attune::app
