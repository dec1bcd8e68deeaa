// SPDX-License-Identifier: Apache-2.0
#include "model_flow.hpp"

#include <filesystem>

#include "model_page.hpp"

namespace attune::app {
namespace {

std::vector<std::string> named(const std::vector<Binding>& bindings) {
  std::vector<std::string> names;
  for (const auto& binding : bindings) names.push_back(binding_text(binding));
  return names;
}

}  // namespace

report::Flow flow_of(const Model& model, const std::string& file) {
  report::FlowNames names{.model = std::filesystem::path(file).filename(),
                          .inputs = named(model.schema().inputs),
                          .outputs = named(model.schema().outputs)};
  for (size_t o = 0; o < model.outputs().size(); ++o) names.linear_weights.push_back(model.linear_weight(o));
  return report::network_flow(model.network().description(), names);
}

}  // namespace attune::app
