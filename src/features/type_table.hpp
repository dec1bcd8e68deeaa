// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "attune/features/feature.hpp"
#include "attune/features/schema.hpp"
#include "option_list.hpp"

namespace attune {

/// What the registry knows of a type.
template <class Feature>
struct FeatureType {
  std::string name;
  std::string reads;       ///< one line for --help
  bool one_column = true;  ///< a binding of several columns is cut into one per column
  std::vector<Option> options;
  std::unique_ptr<Feature> (*make)(const Binding& binding) = nullptr;
  std::unique_ptr<Feature> (*load)(const Json& state) = nullptr;
};
using InputType = FeatureType<InputFeature>;
using OutputType = FeatureType<OutputFeature>;

[[nodiscard]] std::span<const InputType> input_type_table();
[[nodiscard]] std::span<const OutputType> output_type_table();

/// @throws UsageError naming the type, with the nearest known one.
[[nodiscard]] const InputType& input_type(std::string_view name);
[[nodiscard]] const OutputType& output_type(std::string_view name);

}  // namespace attune
