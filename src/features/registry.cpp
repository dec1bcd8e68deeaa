// SPDX-License-Identifier: Apache-2.0
#include "attune/features/registry.hpp"

#include "attune/core/error.hpp"
#include "attune/core/nearest_name.hpp"
#include "category/category_input.hpp"
#include "category/category_output.hpp"
#include "number/number_output.hpp"
#include "numbers/numbers_input.hpp"
#include "state_reader.hpp"
#include "text/text_feature.hpp"
#include "type_table.hpp"

namespace attune {
namespace {

/// For a type without options.
struct NoOptions {
  void visit_fields(FieldVisitor& /*visitor*/) {}
};

/// The options of a binding, over the defaults.
template <Fields Options>
Options options_of(const Binding& binding) {
  Options options;
  from_json(binding.options, "\"" + binding.name + "\", type " + binding.type, options);
  return options;
}

template <class Feature>
std::vector<std::string> names(std::span<const FeatureType<Feature>> table) {
  std::vector<std::string> all;
  for (const auto& type : table) all.push_back(type.name);
  return all;
}

template <class Feature>
const FeatureType<Feature>& find_type(std::span<const FeatureType<Feature>> table, std::string_view name,
                                      std::string_view side) {
  for (const auto& type : table) {
    if (type.name == name) return type;
  }
  throw UsageError("unknown " + std::string(side) + " type \"" + std::string(name) + "\"" +
                   suggestion(name, names(table)));
}

void check_columns(const Binding& binding, bool one_column) {
  const auto found = binding.columns.size();
  if (found == 1 || (found > 1 && !one_column)) return;
  throw UsageError("\"" + binding.name + "\", type " + binding.type + ": expected " +
                   (one_column ? "one column" : "at least one column") + ", found " + std::to_string(found) +
                   "; bind each column on its own");
}

template <class Feature>
std::unique_ptr<Feature> make_feature(const FeatureType<Feature>& type, const Binding& binding) {
  check_columns(binding, type.one_column);
  return type.make(binding);
}

template <class Feature>
std::unique_ptr<Feature> load_feature(std::span<const FeatureType<Feature>> table, const Json& state,
                                      std::string_view side) {
  const StateReader reader(state, "state of an " + std::string(side));
  const auto name = reader.text("type");
  for (const auto& type : table) {
    if (type.name == name) return type.load(state);
  }
  throw ModelFileError("state of an " + std::string(side) + ", field \"type\": unknown type \"" + name + "\"" +
                       suggestion(name, names(table)) + "; the file was written by another version");
}

void describe(const Option& option, std::string& text) {
  text += "      " + option.info.name + " = " +
          (option.standard.is_string() ? option.standard.get<std::string>() : option.standard.dump()) + "  " +
          option.info.help;
  for (size_t i = 0; i < option.info.choices.size(); ++i) {
    text += (i == 0 ? " (" : ", ") + option.info.choices[i];
  }
  text += option.info.choices.empty() ? "\n" : ")\n";
}

template <class Feature>
void describe(std::span<const FeatureType<Feature>> table, std::string_view title, std::string& text) {
  text += std::string(title) + "\n";
  for (const auto& type : table) {
    text += "  " + type.name + ": " + type.reads + "\n";
    for (const auto& option : type.options) describe(option, text);
  }
}

}  // namespace

std::span<const InputType> input_type_table() {
  static const std::vector<InputType> table = {
      {.name = "text",
       .reads = "text of any language and length",
       .options = list_options<TextOptions>(),
       .make = [](const Binding& binding) -> std::unique_ptr<InputFeature> {
         return std::make_unique<TextFeature>(options_of<TextOptions>(binding), binding.columns.front());
       },
       .load = [](const Json& state) -> std::unique_ptr<InputFeature> { return TextFeature::load(state); }},
      {.name = "category",
       .reads = "one of a set of values",
       .options = list_options<CategoryOptions>(),
       .make = [](const Binding& binding) -> std::unique_ptr<InputFeature> {
         return std::make_unique<CategoryInput>(options_of<CategoryOptions>(binding), binding.columns.front());
       },
       .load = [](const Json& state) -> std::unique_ptr<InputFeature> { return CategoryInput::load(state); }},
      {.name = "numbers",
       .reads = "measurements in one or more columns; empty, NA, NaN, null, ? and - are missing",
       .one_column = false,
       .options = list_options<NumbersOptions>(),
       .make = [](const Binding& binding) -> std::unique_ptr<InputFeature> {
         return std::make_unique<NumbersInput>(options_of<NumbersOptions>(binding), binding.columns);
       },
       .load = [](const Json& state) -> std::unique_ptr<InputFeature> { return NumbersInput::load(state); }},
  };
  return table;
}

std::span<const OutputType> output_type_table() {
  static const std::vector<OutputType> table = {
      {.name = "category",
       .reads = "one of a set of classes, the different values of the column",
       .options = list_options<NoOptions>(),
       .make = [](const Binding& binding) -> std::unique_ptr<OutputFeature> {
         static_cast<void>(options_of<NoOptions>(binding));
         return std::make_unique<CategoryOutput>(binding.columns.front());
       },
       .load = [](const Json& state) -> std::unique_ptr<OutputFeature> { return CategoryOutput::load(state); }},
      {.name = "number",
       .reads = "a number, predicted in its own unit",
       .options = list_options<NoOptions>(),
       .make = [](const Binding& binding) -> std::unique_ptr<OutputFeature> {
         static_cast<void>(options_of<NoOptions>(binding));
         return std::make_unique<NumberOutput>(binding.columns.front());
       },
       .load = [](const Json& state) -> std::unique_ptr<OutputFeature> { return NumberOutput::load(state); }},
  };
  return table;
}

const InputType& input_type(std::string_view name) { return find_type(input_type_table(), name, "input"); }

const OutputType& output_type(std::string_view name) { return find_type(output_type_table(), name, "output"); }

std::vector<std::string> input_types() { return names(input_type_table()); }

std::vector<std::string> output_types() { return names(output_type_table()); }

std::unique_ptr<InputFeature> make_input_feature(const Binding& binding) {
  return make_feature(input_type(binding.type), binding);
}

std::unique_ptr<OutputFeature> make_output_feature(const Binding& binding) {
  return make_feature(output_type(binding.type), binding);
}

std::unique_ptr<InputFeature> load_input_feature(const Json& state) {
  return load_feature(input_type_table(), state, "input");
}

std::unique_ptr<OutputFeature> load_output_feature(const Json& state) {
  return load_feature(output_type_table(), state, "output");
}

std::string describe_types() {
  std::string text;
  describe(input_type_table(), "Input types:", text);
  describe(output_type_table(), "Output types:", text);
  return text;
}

}  // namespace attune
