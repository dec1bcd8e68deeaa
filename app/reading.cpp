// SPDX-License-Identifier: Apache-2.0
#include "reading.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "console.hpp"
#include "run_config.hpp"

namespace attune::app {

std::shared_ptr<const Table> open_with_notes(const std::string& path, const Json& given) {
  TableConfig reading;
  if (given.contains("data")) from_json(given.at("data"), "command line", reading);
  auto table = open_table(path, reading.options);
  if (table->skipped_rows() > 0)
    print_note(fmt::format("{}: {} bad rows left out", table->name(), table->skipped_rows()));
  return table;
}

Model load_with_notes(const std::string& path) {
  auto model = Model::load(path);
  for (const auto& input : model.inputs()) {
    for (const auto& note : input->load_notes()) print_note(note);
  }
  return model;
}

void note_truncated(int64_t rows) {
  if (rows > 0) print_note(fmt::format("{} rows are longer than their input's max_length and lose their end", rows));
}

bool looks_like_model(const std::string& path) {
  if (std::filesystem::path(path).extension() == ".attune") return true;
  // A safetensors file: the length of its header in eight bytes, then a JSON object.
  std::ifstream file(path, std::ios::binary);
  char start[9] = {};
  return file.read(start, sizeof start) && start[6] == 0 && start[7] == 0 && start[8] == '{';
}

}  // namespace attune::app
