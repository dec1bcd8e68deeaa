// SPDX-License-Identifier: Apache-2.0
#include <attune/allocate/allocation_loop.hpp>
#include <iostream>

int main() {
  attune::ItemGroups groups{.key_width = 2, .value_width = 1};
  groups.features = {1, 0, 0, 1};  // [N, K]
  groups.values = {20.1, 23.4};    // [N, V]
  groups.offsets = {0, 2};         // one group of two items
  groups.targets = {20.3};         // [G, V]
  attune::AllocationLoop loop(groups, {.learning_rate = 0.5}, /*seed=*/1);
  const auto result = loop.run();
  std::cout << "loss " << result.history.front().training_loss << ", then "
            << result.history[static_cast<size_t>(result.best_epoch)].training_loss << "\n"
            << attune::to_json(loop.parameters()).dump() << "\n";
}
