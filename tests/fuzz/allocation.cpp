// SPDX-License-Identifier: Apache-2.0
//
// What `attune allocate --start` reads: what is accepted can be written and reads the same again.
#include <stdexcept>

#include "fuzz_target.hpp"
#include "parameters_file.hpp"

namespace attune::fuzz {
namespace {

std::string read_as_text(std::string_view bytes, std::string_view name) {
  return to_json(app::read_allocation_file(as_file(bytes, name))).dump();
}

}  // namespace

bool try_input(std::string_view bytes) {
  return refused_or([&] {
    const auto written = read_as_text(bytes, "parameters.json");
    if (read_as_text(written, "written.json") != written)
      throw std::logic_error("written otherwise than read:\n" + written);
  });
}

}  // namespace attune::fuzz
