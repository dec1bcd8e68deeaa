// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "attune/features/registry.hpp"
#include "attune/features/schema.hpp"
#include "state_reader.hpp"

namespace attune {
namespace {

Json bindings_to_json(const std::vector<Binding>& bindings) {
  auto list = Json::array();
  for (const auto& binding : bindings) {
    list.push_back(
        {{"name", binding.name}, {"type", binding.type}, {"columns", binding.columns}, {"options", binding.options}});
  }
  return list;
}

std::vector<Binding> bindings_from_json(const Json& list, const std::string& where,
                                        const std::vector<std::string>& known_types) {
  std::vector<Binding> bindings;
  for (const auto& json : list) {
    const StateReader reader(json, "schema, " + where + " " + std::to_string(bindings.size() + 1));
    bindings.push_back({reader.text("name"), reader.text("type"), reader.texts("columns"), reader.object("options")});
    const auto& binding = bindings.back();
    if (binding.columns.empty()) reader.fail("columns", "at least one column");
    if (std::find(known_types.begin(), known_types.end(), binding.type) == known_types.end()) {
      reader.fail("type", "a known type");
    }
  }
  return bindings;
}

}  // namespace

Json to_json(const Schema& schema) {
  return {{"inputs", bindings_to_json(schema.inputs)}, {"outputs", bindings_to_json(schema.outputs)}};
}

Schema schema_from_json(const Json& json) {
  const StateReader reader(json, "schema");
  return {bindings_from_json(reader.array("inputs"), "input", input_types()),
          bindings_from_json(reader.array("outputs"), "output", output_types())};
}

}  // namespace attune
