// SPDX-License-Identifier: Apache-2.0
#include "fuzz_target.hpp"

#include <fstream>
#include <stdexcept>
#include <string>

#include "attune/core/error.hpp"
#include "support/temporary_folder.hpp"

namespace attune::fuzz {

bool refused_or(const std::function<void()>& act) {
  try {
    act();
    return true;
  } catch (const Error& error) {
    if (std::string_view(error.what()).empty()) throw std::logic_error("an error without a message");
    return false;
  }
}

std::filesystem::path as_file(std::string_view bytes, std::string_view name) {
  static const testing::TemporaryFolder folder;
  return folder.write(name, bytes);
}

}  // namespace attune::fuzz
