// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "attune/explain/method.hpp"

namespace attune {

// The functions of the table in method.cpp; each family has a file of its own.

[[nodiscard]] std::string any_model(const Model& model);  ///< nothing to refuse

/// @throws StoppedError when `should_stop` is there and says so.
void check_stop(const std::function<bool()>& should_stop);

[[nodiscard]] std::string attention_refusal(const Model& model);
[[nodiscard]] Attribution explain_by_attention(const Subject& subject, const MethodControl& control);

[[nodiscard]] std::string rollout_refusal(const Model& model);
[[nodiscard]] Attribution explain_by_rollout(const Subject& subject, const MethodControl& control);

[[nodiscard]] std::string parts_refusal(const Model& model);
[[nodiscard]] Attribution explain_by_attention_norm(const Subject& subject, const MethodControl& control);
[[nodiscard]] Attribution explain_by_pool_gradient(const Subject& subject, const MethodControl& control);

[[nodiscard]] Attribution explain_by_gradient_input(const Subject& subject, const MethodControl& control);
[[nodiscard]] Attribution explain_by_gradient_path(const Subject& subject, const MethodControl& control);
[[nodiscard]] Attribution explain_by_integrated_gradients(const Subject& subject, const MethodControl& control);

[[nodiscard]] Attribution explain_by_leave_one_out(const Subject& subject, const MethodControl& control);
inline constexpr size_t kMostShapleyTokens = 12;  // 4,096 subsets
[[nodiscard]] Attribution explain_by_shapley(const Subject& subject, const MethodControl& control);

}  // namespace attune
