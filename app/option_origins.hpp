// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "attune/core/json.hpp"
#include "attune/core/option_names.hpp"

namespace attune::app {

/// Where each option of a run was given, so that messages call it as its user did.
struct OptionOrigins {
  Json flags = Json::object();    ///< what the command line said, by section
  Json content = Json::object();  ///< what the configuration file says
  std::string file = "";          ///< its name; empty: there is none

  /// `--heads 5`; of the file `run.toml, model.heads = 5`; of neither `--width 96 (the default)`. Without a value
  /// `--key-width`. Who gives a flag has asked for it; a file may be a dump of every default.
  [[nodiscard]] OptionNames names() const;
};

}  // namespace attune::app
