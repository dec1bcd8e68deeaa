// SPDX-License-Identifier: Apache-2.0
#include "checkpointing.hpp"

#include <algorithm>
#include <utility>

#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "run_identity.hpp"

namespace attune {
namespace {

// A tiny table has a hundred epochs a second; so many checkpoints would take longer than the training.
constexpr double kShareOfTime = 0.1;

}  // namespace

Checkpointing::Checkpointing(const std::filesystem::path& model_file, double minutes, Note note)
    : minutes_(minutes), note_(std::move(note)) {
  if (!model_file.empty()) files_.emplace(model_file);
}

void Checkpointing::begin(const Json& run, bool resume) {
  run_ = run;
  resumes_ = resume;
  if (!files_) return;
  auto newest = files_->take_newest();
  if (!resume) return note_earlier();
  if (!newest) return begin_without();
  for (const auto& fault : files_->faults())
    note("warning: " + fault.text + "; the other checkpoint, " + newest->path().string() + ", is used instead");
  const auto differs = differences(newest->run(), run, "checkpoint");
  if (!differs.empty()) {
    throw UsageError(newest->path().string() + ": a checkpoint of another training: " + differs +
                     "; give the same options and tables, or leave out --resume to start anew");
  }
  resumed_ = std::move(newest);
}

/// What nothing can go on from is no reason to wait for a person. Another program's work is, which would be replaced.
void Checkpointing::begin_without() const {
  for (const auto& fault : files_->faults()) {
    if (fault.is_lost) continue;
    throw UsageError(fault.text + "; to start anew delete " + listed(files_->names()) + ", or leave out --resume");
  }
  for (const auto& fault : files_->faults()) note("warning: " + fault.text + "; there is no other one to go on from");
}

void Checkpointing::note_earlier() {
  const auto names = files_->names();
  replaces_earlier_ = !names.empty();
  if (!replaces_earlier_) return;
  note("an unfinished training is kept in " + listed(names) +
       ", which this one will replace; to go on with it, interrupt now and add --resume");
}

void Checkpointing::restore(TrainingState& state) {
  if (resumes_ && !resumed_) note("there is no checkpoint to go on from: the training starts anew");
  if (!resumed_) return;
  resumed_->restore(state);
  step_ = state.steps;
  note("goes on from " + resumed_->path().string() + ": epoch " + std::to_string(state.epoch) + ", after " +
       counted(state.steps, "step"));
  resumed_.reset();
}

void Checkpointing::after_step(const TrainingState& state) {
  if (minutes_ > 0 && seconds_since_last() >= 60 * minutes_) write(state);
}

void Checkpointing::after_epoch(const TrainingState& state) {
  if (kShareOfTime * seconds_since_last() >= seconds_to_write_) write(state);
}

void Checkpointing::at_interrupt(const TrainingState& state) {
  if (!replaces_earlier_) return write(state);
  note(listed(files_->names()) + " of the earlier training stay: none of this one has replaced them yet");
}

void Checkpointing::write(const TrainingState& state) {
  if (!files_) return;
  const auto begun = Clock::now();
  try {
    files_->write(run_, state);
    if (std::exchange(replaces_earlier_, false)) files_->remove_older();
    step_ = state.steps;
    failed_ = false;
  } catch (const IoError& error) {
    if (!std::exchange(failed_, true)) {
      note(std::string("warning: no checkpoint: ") + error.what() +
           "; the training goes on, and tries again at the next one");
    }
  }
  last_ = Clock::now();
  seconds_to_write_ = std::max(seconds_to_write_, std::chrono::duration<double>(last_ - begun).count());
}

double Checkpointing::seconds_since_last() const { return std::chrono::duration<double>(Clock::now() - last_).count(); }

}  // namespace attune
