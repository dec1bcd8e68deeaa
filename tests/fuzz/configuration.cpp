// SPDX-License-Identifier: Apache-2.0
//
// Configuration files: what is taken from one can be written and reads the same again.
#include <stdexcept>

#include "fuzz_target.hpp"
#include "run_config.hpp"

namespace attune::fuzz {

bool try_input(std::string_view bytes) {
  const auto path = as_file(bytes, "run.toml");
  return refused_or([&] {
    app::RunConfig config, again;
    app::read_config_file(path, config);
    app::read_config_file(as_file(app::dump_config(config), "again.toml"), again);
    if (config.to_json() != again.to_json()) throw std::logic_error("written otherwise than read");
  });
}

}  // namespace attune::fuzz
