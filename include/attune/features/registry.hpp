// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "attune/features/feature.hpp"
#include "attune/features/schema.hpp"

namespace attune {

/// The table of types (src/features/registry.cpp): adding a type is a folder and a row there.
[[nodiscard]] std::vector<std::string> input_types();
[[nodiscard]] std::vector<std::string> output_types();

/// An unfitted feature for a binding. @throws UsageError: unknown type or option (nearest suggested), value out of
/// range.
[[nodiscard]] std::unique_ptr<InputFeature> make_input_feature(const Binding& binding);
[[nodiscard]] std::unique_ptr<OutputFeature> make_output_feature(const Binding& binding);

/// A fitted feature from its state. @throws ModelFileError naming the field that is missing or wrong.
[[nodiscard]] std::unique_ptr<InputFeature> load_input_feature(const Json& state);
[[nodiscard]] std::unique_ptr<OutputFeature> load_output_feature(const Json& state);

/// Lines for `--help`: type, what it reads, its options with defaults.
[[nodiscard]] std::string describe_types();

}  // namespace attune
