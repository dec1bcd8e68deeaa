// SPDX-License-Identifier: Apache-2.0
#include "picture_flags.hpp"

#include <algorithm>
#include <cctype>

#include "attune/core/error.hpp"

namespace attune::app {
namespace {

/// @param noun  "file", "folder"
void check_name(const std::string& flag, const std::string& noun, const std::string& name) {
  if (name.empty()) throw UsageError(flag + ": expected the name of a " + noun + ", found nothing");
  if (name == "-")
    throw UsageError(flag + ": - would be standard output, which takes text and JSON alone; name a " + noun);
  if (name.starts_with("--")) {
    throw UsageError(flag + ": expected the name of a " + noun + ", found the flag " + name +
                     "; name one before it, or write ./" + name + " if it is called so");
  }
}

}  // namespace

void add_picture_flag(CLI::App& command, const std::string& group, const std::string& flag, const std::string& what,
                      const std::string& help, std::string& name) {
  auto noun = what;
  std::transform(noun.begin(), noun.end(), noun.begin(), [](unsigned char c) { return std::tolower(c); });
  command
      .add_option_function<std::string>(
          flag,
          [&name, flag, noun](const std::string& given) {
            check_name(flag, noun, given);
            name = given;
          },
          help)
      ->type_name(what)
      ->group(group);
}

}  // namespace attune::app
