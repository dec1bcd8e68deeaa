// SPDX-License-Identifier: Apache-2.0
#include "history_file.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "attune/core/error.hpp"
#include "attune/core/files.hpp"
#include "console.hpp"

namespace attune::app {
namespace {

// A tiny table has a hundred epochs a second.
constexpr int kTimesLonger = 10;

using Columns = std::vector<std::string>;

const Columns& columns_of_one_run() {
  static const Columns columns = {"epoch",         "training_loss",   "validation_loss", "validation_metric",
                                  "learning_rate", "rows_per_second", "seconds",         "best"};
  return columns;
}

Columns columns_of_several_runs() {
  Columns columns = {"seed", "fold"};
  columns.insert(columns.end(), columns_of_one_run().begin(), columns_of_one_run().end());
  return columns;
}

std::string csv_header(const Columns& columns) {
  std::string text;
  for (const auto& column : columns) text += (text.empty() ? "" : ",") + column;
  return text + "\n";
}

/// Empty without a value, and for a number that is not finite, which JSON has none for.
std::string csv_cell(const Json& epoch, const std::string& column) {
  const auto text = epoch.contains(column) ? epoch.at(column).dump() : "";
  return text == "null" ? "" : text;
}

std::string csv_line(const Json& epoch, const Columns& columns) {
  std::string text;
  for (size_t c = 0; c < columns.size(); ++c) text += (c == 0 ? "" : ",") + csv_cell(epoch, columns[c]);
  return text + "\n";
}

bool is_json_name(const std::string& file) { return std::filesystem::path(file).extension() == ".json"; }

bool begins_with(const std::string& file, const std::string& text) {
  std::string begin(text.size(), ' ');
  std::ifstream(file, std::ios::binary).read(begin.data(), static_cast<std::streamsize>(begin.size()));
  return begin == text;
}

}  // namespace

std::string history_csv(const Json& epochs) {
  const bool several = std::any_of(epochs.begin(), epochs.end(), [](const Json& e) { return e.contains("seed"); });
  const auto columns = several ? columns_of_several_runs() : columns_of_one_run();
  auto text = csv_header(columns);
  for (const auto& epoch : epochs) text += csv_line(epoch, columns);
  return text;
}

void check_history_name(const std::string& file) {
  const auto ending = std::filesystem::path(file).extension();
  if (ending == ".csv" || ending == ".json") return;
  throw UsageError("--history: " + file + ": expected a name that ends in .csv or .json, which says what is written");
}

bool holds_history(const std::string& file) {
  std::error_code none;
  if (!std::filesystem::is_regular_file(file, none)) return false;
  if (!is_json_name(file)) {
    return begins_with(file, csv_header(columns_of_one_run())) ||
           begins_with(file, csv_header(columns_of_several_runs()));
  }
  const auto json = Json::parse(read_text_file(file), /*cb=*/nullptr, /*allow_exceptions=*/false);
  return json.is_object() && json.contains("epochs");
}

void HistoryFile::begin_run(Json label) {
  label_ = std::move(label);
  run_begins_ = epochs_.size();
}

void HistoryFile::add(const EpochRecord& epoch) {
  keep(epoch);
  if (!file_.empty() && Clock::now() - last_ >= kTimesLonger * took_) write_meanwhile();
}

void HistoryFile::write_meanwhile() {
  const auto begun = Clock::now();
  try {
    write(Json::object());
    failed_ = false;
  } catch (const IoError& error) {
    if (!std::exchange(failed_, true)) {
      print_note(std::string("warning: no history: ") + error.what() +
                 "; the training goes on, and tries again after the next epoch");
    }
  }
  last_ = Clock::now();
  took_ = last_ - begun;
}

void HistoryFile::replace_run(const std::vector<EpochRecord>& epochs) {
  epochs_.erase(epochs_.begin() + static_cast<Json::difference_type>(run_begins_), epochs_.end());
  for (const auto& epoch : epochs) keep(epoch);
}

void HistoryFile::finish(const Json& more) { write(more); }

void HistoryFile::keep(const EpochRecord& epoch) {
  auto json = label_;
  json.update(to_json(epoch));
  epochs_.push_back(std::move(json));
}

void HistoryFile::write(const Json& more) const {
  if (file_.empty()) return;
  Json whole{{"epochs", epochs_}};
  whole.update(more);
  AtomicFile file(file_);
  file.write(is_json_name(file_) ? whole.dump(1, ' ', false, Json::error_handler_t::replace) + "\n"
                                 : history_csv(epochs_));
  file.commit();
}

}  // namespace attune::app
