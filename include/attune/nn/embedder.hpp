// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "attune/core/json.hpp"
#include "attune/nn/forward_context.hpp"
#include "attune/nn/parameters.hpp"
#include "attune/nn/tokens.hpp"

namespace attune {

/// Ids of the rows of a batch: row b owns ids[offsets[b]] to ids[offsets[b + 1]].
struct IdsInput {
  Tensor offsets;               ///< [B+1] int64
  Tensor ids;                   ///< [N] int64
  Tensor further_offsets = {};  ///< [N+1] int64: token t owns further[further_offsets[t]] ..; undefined: none
  Tensor further = {};          ///< [M] int64
};

/// Numbers of the rows of a batch; NaN where missing.
struct ScalarsInput {
  Tensor values;  ///< [B, K]
};

/// One input of a network, as its feature encoded it.
struct NetworkInput {
  std::variant<IdsInput, ScalarsInput> encoding;
  std::shared_ptr<const std::vector<Place>> places = nullptr;  ///< of its tokens; null where nobody asked
};

/// An encoding to tokens of the network's width.
class Embedder {
 public:
  virtual ~Embedder() = default;
  /// @throws TypeError when the encoding or its tensors are of another kind; ShapeError when they do not fit together;
  /// UsageError for an id out of range, or further ids where there is no table for them.
  [[nodiscard]] virtual Tokens operator()(const NetworkInput& input, const ForwardContext& context) const = 0;
};

/// @param description {"kind": "ids" | "scalars", ..the fields of IdsSpec or ScalarsSpec}. @throws UsageError.
[[nodiscard]] std::unique_ptr<const Embedder> make_embedder(const Json& description, int64_t width,
                                                            const ParameterScope& scope);

}  // namespace attune
