// SPDX-License-Identifier: Apache-2.0
#include "selection_note.hpp"

#include <string>
#include <vector>

#include "attune/core/wording.hpp"
#include "attune/train/evaluation.hpp"
#include "console.hpp"

namespace attune::app {
namespace {

std::vector<std::string> chosen_by_validation(const FitResult& result, const std::string& select) {
  std::vector<std::string> chosen;
  if (select != "last") chosen.emplace_back("the epoch");
  bool temperature = false, linear = false;
  for (size_t o = 0; o < result.metrics.size(); ++o) {
    const bool calibrated = result.metrics[o].at("rows").get<int64_t>() >= kFewestToCalibrate;
    temperature = temperature || (calibrated && !result.model.outputs()[o]->classes().empty());
    linear = linear || result.model.linear(o) != nullptr;
  }
  if (temperature) chosen.emplace_back("the temperature");
  if (linear) chosen.emplace_back("the weight of the linear part");
  return chosen;
}

}  // namespace

void note_selection(const FitResult& result, const std::string& select) {
  const auto chosen = chosen_by_validation(result, select);
  if (result.metrics.empty() || chosen.empty()) return;
  print_note("measured on the validation rows, which also chose " + listed(chosen) +
             ", so that the figures flatter; attune evaluate measures on other rows");
}

}  // namespace attune::app
