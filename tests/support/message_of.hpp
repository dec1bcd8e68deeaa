// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <exception>
#include <string>

namespace attune::testing {

/// The message of the Expected that `act` throws; a failed test and "" when it throws nothing or something else.
template <class Expected, class Act>
[[nodiscard]] std::string message_of(Act&& act) {
  try {
    act();
  } catch (const Expected& error) {
    return error.what();
  } catch (const std::exception& error) {
    ADD_FAILURE() << "another type of error: " << error.what();
    return {};
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

}  // namespace attune::testing
