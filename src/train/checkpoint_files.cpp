// SPDX-License-Identifier: Apache-2.0
#include "checkpoint_files.hpp"

#include <algorithm>
#include <system_error>

#include "attune/core/error.hpp"

namespace attune {
namespace {

std::array<std::filesystem::path, 2> paths_beside(const std::filesystem::path& model_file) {
  return {model_file.string() + ".checkpoint-a", model_file.string() + ".checkpoint-b"};
}

bool is_there(const std::filesystem::path& path) {
  std::error_code none;
  return std::filesystem::exists(path, none);
}

/// A file that cannot be removed is in nobody's way: the next training says that it is there.
void remove_if_there(const std::filesystem::path& path) {
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
}

}  // namespace

CheckpointFiles::CheckpointFiles(const std::filesystem::path& model_file) {
  const auto paths = paths_beside(model_file);
  for (size_t i = 0; i < slots_.size(); ++i) {
    slots_[i].path = paths[i];
    if (is_there(paths[i])) look_at(slots_[i]);
  }
}

void CheckpointFiles::look_at(Slot& slot) {
  try {
    auto found = Checkpoint::open(slot.path);
    slot.sequence = found.sequence();
    if (!newest_ || found.sequence() > newest_->sequence()) newest_ = std::move(found);
  } catch (const OtherVersionError& error) {
    faults_.push_back({.text = error.what()});
  } catch (const InputError& error) {
    faults_.push_back({.text = error.what()});
  } catch (const Error& error) {
    faults_.push_back({.text = error.what(), .is_lost = true});
  }
}

std::vector<std::string> CheckpointFiles::names() const {
  std::vector<std::string> names;
  for (const auto& slot : slots_) {
    if (is_there(slot.path)) names.push_back(slot.path.string());
  }
  return names;
}

void CheckpointFiles::write(const Json& run, const TrainingState& state) {
  const auto sequence = std::max(slots_[0].sequence, slots_[1].sequence) + 1;
  auto& slot = older();
  Checkpoint::write(slot.path, sequence, run, state);
  slot.sequence = sequence;
}

void CheckpointFiles::remove_older() {
  remove_if_there(older().path);
  older().sequence = 0;
}

void CheckpointFiles::remove(const std::filesystem::path& model_file) {
  for (const auto& path : paths_beside(model_file)) remove_if_there(path);
}

}  // namespace attune
