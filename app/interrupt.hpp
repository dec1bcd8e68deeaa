// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace attune::app {

/// From now on the first SIGINT or SIGTERM only sets a flag, and the second one ends the program at once. SIGHUP (a
/// terminal that is closed; not under nohup) only ever sets the flag: it comes several times at once.
void catch_interrupts();
[[nodiscard]] bool interrupted();

}  // namespace attune::app
