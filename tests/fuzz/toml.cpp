// SPDX-License-Identifier: Apache-2.0
//
// TOML: what is read can be written and reads the same again.
#include "attune/core/toml.hpp"

#include <stdexcept>

#include "attune/core/error.hpp"
#include "fuzz_target.hpp"

namespace attune::fuzz {

bool try_input(std::string_view bytes) {
  return refused_or([&] {
    const auto json = parse_toml(bytes, "fuzz.toml");
    std::string written;
    try {
      written = to_toml(json);
    } catch (const UsageError&) {
      return;  // not every number that TOML can say can be written
    }
    // As text, for a number that is none is not equal to itself.
    if (parse_toml(written, "written.toml").dump() != json.dump())
      throw std::logic_error("written otherwise than read:\n" + written);
  });
}

}  // namespace attune::fuzz
