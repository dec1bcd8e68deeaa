// SPDX-License-Identifier: Apache-2.0
//
// Checkpoints, with checksums that are mended; what is accepted is written again and read as the same.
#include "checkpoint.hpp"

#include <stdexcept>

#include "fuzz_target.hpp"
#include "resealed.hpp"

namespace attune::fuzz {
namespace {

TrainingState state_in(const Checkpoint& checkpoint) {
  TrainingState state;
  checkpoint.restore(state);
  return state;
}

}  // namespace

bool try_input(std::string_view bytes) {
  const auto path = as_file(resealed(bytes), "model.attune.checkpoint-a");
  return refused_or([&] {
    const auto found = Checkpoint::open(path);
    auto state = state_in(found);
    const auto again = path.parent_path() / "model.attune.checkpoint-b";
    Checkpoint::write(again, found.sequence(), found.run(), state);
    const auto copy = Checkpoint::open(again);
    copy.restore(state);  // into tensors that are there
    if (copy.sequence() != found.sequence() || copy.run() != found.run())
      throw std::logic_error("written and read as another checkpoint");
  });
}

}  // namespace attune::fuzz
