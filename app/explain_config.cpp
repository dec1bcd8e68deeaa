// SPDX-License-Identifier: Apache-2.0
#include "explain_config.hpp"

#include <algorithm>

#include "attune/core/error.hpp"
#include "attune/core/nearest_name.hpp"

namespace attune::app {
namespace {

constexpr const char* kAll = "all";

std::vector<std::string> method_choices() {
  auto names = explanation_method_names();
  names.emplace_back(kAll);
  return names;
}

}  // namespace

void ExplainConfig::visit_fields(FieldVisitor& v) {
  v.field({.name = "method",
           .help = std::string("how answers are explained; empty: ") + default_explanation_method().name +
                   ". all compares them",
           .choices = method_choices()},
          method);
  v.field({.name = "output", .help = "column whose answers are explained; empty: the model's first"}, output);
  v.field({.name = "of_class", .help = "class that is explained; empty: of each row the predicted one"}, of_class);
  v.field({.name = "first_row", .help = "first row of a table that is explained, counted from 1", .minimum = 1},
          first_row);
  v.field({.name = "rows", .help = "rows that are explained; 0: all", .minimum = 0}, rows);
  v.field({.name = "honesty",
           .help = "measure how far explanations may be believed: for a table, always (single texts too), never",
           .choices = {"table", "always", "never"}},
          honesty);
  v.field({.name = "honesty_rows", .help = "rows that are measured so; 0: all that are explained", .minimum = 0},
          honesty_rows);
  v.field({.name = "orderings", .help = "random orderings that explanations are set beside", .minimum = 2}, orderings);
  v.field({.name = "beam", .help = "orderings followed at once in search of the best and the worst", .minimum = 1},
          beam);
  v.field({.name = "seed", .help = "of the random orderings, and of what an audit draws", .minimum = 0}, seed);
  v.field({.name = "top", .help = "tokens that are listed below a text", .minimum = 0}, top);
  v.field({.name = "heads", .help = "also what every head of every block and of the pool looks at"}, of_heads.heads);
  v.field({.name = "matrices",
           .help = "the same, and on the page and in JSON who looks at whom, in rows of at most 128 tokens"},
          of_heads.matrices);
  v.field({.name = "token",
           .help = "also what this token looks at in every block, counted from 1; 0: none is asked for",
           .minimum = 0},
          of_heads.token);
}

std::vector<const Method*> chosen_methods(const ExplainConfig& config, const Model& model,
                                          std::vector<std::string>& left_out) {
  if (config.method != kAll) {
    const auto& method = config.method.empty() ? default_explanation_method() : explanation_method(config.method);
    const auto refusal = method.refusal(model);
    if (!refusal.empty()) throw UsageError("--method " + std::string(method.name) + ": " + refusal);
    return {&method};
  }
  std::vector<const Method*> methods = {&default_explanation_method()};
  for (const auto& method : explanation_methods()) {
    if (&method == methods.front()) continue;
    const auto refusal = method.refusal(model);
    if (refusal.empty()) {
      methods.push_back(&method);
    } else {
      left_out.push_back(std::string(method.name) + ": " + refusal);
    }
  }
  return methods;
}

Question question_of(const ExplainConfig& config, const Model& model) {
  Question question;
  const auto& outputs = model.schema().outputs;
  if (!config.output.empty()) {
    std::vector<std::string> names;
    for (const auto& output : outputs) names.push_back(output.name);
    const auto found = std::find(names.begin(), names.end(), config.output);
    if (found == names.end())
      throw UsageError("--output: the model does not predict \"" + config.output + "\"" +
                       suggestion(config.output, names));
    question.output = static_cast<size_t>(found - names.begin());
  }
  if (config.of_class.empty()) return question;
  const auto classes = model.outputs()[question.output]->classes();
  const auto found = std::find(classes.begin(), classes.end(), config.of_class);
  if (found == classes.end()) {
    throw UsageError("--of-class: " + outputs[question.output].name +
                     (classes.empty()
                          ? std::string(" is a number and has no classes; leave the flag out")
                          : " has no class \"" + config.of_class + "\"" + suggestion(config.of_class, classes)));
  }
  question.of_class = found - classes.begin();
  return question;
}

}  // namespace attune::app
