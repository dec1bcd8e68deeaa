// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace attune::app {

/// From now on the first SIGINT, SIGTERM or SIGHUP (a terminal that is closed; not under nohup) only sets a flag; a
/// second one ends the program at once.
void catch_interrupts();
[[nodiscard]] bool interrupted();

}  // namespace attune::app
