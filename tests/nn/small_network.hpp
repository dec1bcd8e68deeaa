// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "attune/nn/network.hpp"
#include "attune/nn/specs.hpp"

namespace attune {

/// A small network, to be changed by a test: ids with further ids and scalars, one block, a pool, three classes.
struct NetworkPlan {
  BackboneSpec backbone = {.width = 8};
  std::vector<IdsSpec> ids = {{.vocabulary = 11, .further = 7}};
  std::vector<ScalarsSpec> scalars = {{.columns = 3}};  ///< these inputs come after the ids
  std::vector<BlockSpec> blocks = {small_block("scaled_dot")};
  PoolSpec pool = {.kind = "attention", .allocation = small_attention("additive")};
  std::vector<HeadSpec> heads = {{.kind = "class", .classes = 3, .activation = "tanh"}};

  /// Two heads of width 4; split: branches of 1 and 3 tokens, two channel groups.
  [[nodiscard]] static AttentionSpec small_attention(const std::string& mechanism);
  [[nodiscard]] static BlockSpec small_block(const std::string& mechanism);
};

[[nodiscard]] Json describe(const NetworkPlan& plan);

/// Values in double, drawn by `seed`; every parameter is moved by a draw of its own, so that none is 0 or 1 by its
/// initialisation and hides what it should have done.
[[nodiscard]] ParameterSource stirred(uint64_t seed);
[[nodiscard]] Network build(const NetworkPlan& plan, uint64_t seed = 1);

/// Rows of a fixed table, in the order given, as encoded for plans whose ids go to 10, further ids to 6, and with three
/// columns of scalars, some missing. Row 2 has no ids.
constexpr int64_t kTableRows = 5;
[[nodiscard]] std::vector<NetworkInput> encode_rows(const NetworkPlan& plan, const std::vector<int64_t>& rows,
                                                    bool places = false);
/// Ids as they are, without further ids.
[[nodiscard]] NetworkInput ids_of(const std::vector<std::vector<int64_t>>& rows);

/// The first head's scores, [B, C].
[[nodiscard]] Tensor scores_of(const Network& network, const std::vector<NetworkInput>& inputs,
                               const ForwardContext& context = {});

}  // namespace attune
