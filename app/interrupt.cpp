// SPDX-License-Identifier: Apache-2.0
#include "interrupt.hpp"

#include <atomic>
#include <csignal>

namespace attune::app {
namespace {

std::atomic<bool> flag = false;  // asked by several threads
static_assert(decltype(flag)::is_always_lock_free, "or a signal handler must not set it");

/// The next SIGINT or SIGTERM meets the default action. Not so a SIGHUP, which nobody sends out of impatience: shell
/// and kernel both send one when a terminal is closed, and systemd one right behind its SIGTERM.
void on_signal(int number) {
  flag = true;
  if (number == SIGHUP) return;
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

/// What is ignored stays so: nohup is there for that.
void catch_unless_ignored(int number, const struct sigaction& action) {
  struct sigaction before {};
  sigaction(number, nullptr, &before);
  if (before.sa_handler != SIG_IGN) sigaction(number, &action, nullptr);
}

}  // namespace

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  catch_unless_ignored(SIGHUP, action);
}

bool interrupted() { return flag; }

}  // namespace attune::app
