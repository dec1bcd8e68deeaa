// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "attune/train/repeated_fit.hpp"
#include "history_file.hpp"
#include "progress_bar.hpp"
#include "tensorboard_log.hpp"

namespace attune::app {

struct WatchOptions {
  int64_t epochs = 0;  ///< planned
  bool json = false;   ///< each epoch is a result, as an object on a line
  std::string history_file;
  std::string tensorboard_folder, options_page;  ///< the page is Markdown
};

/// What a training shows and writes while it runs: its notes, a progress bar, its epochs, its history,
/// its curves for TensorBoard.
class TrainingWatch {
 public:
  explicit TrainingWatch(WatchOptions options);

  /// They refer to this object.
  [[nodiscard]] FitCallbacks callbacks();
  /// Several trainings: what is written from now on is of this one.
  void begin_run(const RunId& id);
  /// After fit(), before anything else is printed.
  void end_run(const TrainResult& training);
  /// @param more what the history holds beside epochs. @throws IoError when it cannot be written.
  void finish(const Json& more = Json::object()) { history_.finish(more); }

 private:
  void show_step(const TrainProgress& progress);
  void show_epoch(const EpochRecord& epoch);

  const WatchOptions options_;
  ProgressBar bar_;
  HistoryFile history_;
  TensorBoardLog tensorboard_;
  Json label_ = Json::object();  ///< of the run, when there are several
  std::string metric_;           ///< what the last validation said
};

}  // namespace attune::app
