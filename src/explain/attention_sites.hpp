// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "attune/nn/network.hpp"

namespace attune {

/// How a pool reads the tokens, as far as one can say how much of each.
enum class PoolReading {
  kMass,   ///< by attention, whose weights say it
  kMean,   ///< all alike
  kFirst,  ///< the first alone
  kMixed,  ///< by maxima or split attention: no share of a token
};
[[nodiscard]] PoolReading pool_reading(const Network& network);
/// "max", "split attention": what a message calls the pool.
[[nodiscard]] std::string pool_name(const Network& network);
/// Whether the pool weighs four summaries of a row (mean, max, first, a learned query's) rather than tokens.
[[nodiscard]] bool pools_summaries(const Network& network);
/// Why a pool whose reading is kMixed or kFirst gives no shares of tokens: a clause.
[[nodiscard]] std::string no_pool_shares(const Network& network);

/// A block as attention rollout sees it.
struct BlockReading {
  std::string site;  ///< of self-attention; empty for a block without, or with split attention, which mixes branches
  bool residual = true;
};
[[nodiscard]] std::vector<BlockReading> block_readings(const Network& network);

/// The last block that attends among tokens; empty when none does.
[[nodiscard]] std::string last_attending_block(const Network& network);

}  // namespace attune
