// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>

#include "attune/core/random.hpp"
#include "attune/ops/allocation.hpp"
#include "attune/ops/attention.hpp"

namespace attune {

/// What a forward pass is told besides its input. A site is the stable path of one attention call: `block.0.self`,
/// `pool`.
struct ForwardContext {
  bool training = false;
  RandomKey random = {};  ///< of (seed, step): dropout and masking derive theirs by site and row
  Tensor row_ids = {};    ///< [B] int64: the rows' numbers in their table, so that draws do not depend on the batch;
                          ///< undefined: 0 .. B-1
  Kernels kernels = Kernels::kAutomatic;  ///< of every attention call

  std::function<Wanted(std::string_view site)> wanted = {};                                ///< which statistics to make
  std::function<void(std::string_view site, const Allocation& allocation)> observer = {};  ///< sees every allocation
  std::function<Intervention(std::string_view site)> intervention = {};                    ///< changes allocations

  [[nodiscard]] Wanted wanted_at(std::string_view site) const { return wanted ? wanted(site) : Wanted{}; }
  [[nodiscard]] Intervention intervention_at(std::string_view site) const {
    return intervention ? intervention(site) : Intervention{};
  }
  void observe(std::string_view site, const Allocation& allocation) const {
    if (observer) observer(site, allocation);
  }
  /// The options of the attention call at `site`; `dropout` is its rate in training.
  [[nodiscard]] AttentionOptions options_at(std::string_view site, double dropout) const;
};

/// Dropout on the rows' tokens: in training, each element is 0 with probability `rate`, else divided by 1 - rate.
/// Element e of a row is a function of (context key, site, row id, e) alone.
///   values  [N, ..] with offsets [B+1]
/// @throws ShapeError, TypeError unless the context's row ids are int64 [B]; the same holds below.
[[nodiscard]] Tensor dropout(const Tensor& values, const Tensor& offsets, double rate, const ForwardContext& context,
                             std::string_view site);

/// The same, one draw for each token as a whole and without rescaling: [N, 1] of 0 (with probability `rate`) and 1;
/// undefined when nothing is to be masked.
[[nodiscard]] Tensor token_mask(const Tensor& offsets, double rate, at::ScalarType type, const ForwardContext& context,
                                std::string_view site);

}  // namespace attune
