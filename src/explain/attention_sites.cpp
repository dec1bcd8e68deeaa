// SPDX-License-Identifier: Apache-2.0
#include "attention_sites.hpp"

#include "attune/nn/specs.hpp"

namespace attune {
namespace {

std::string mechanism_of(const Json& part) {
  return part.at("allocation").value("mechanism", AttentionSpec{}.mechanism);
}

const Json& pool_of(const Network& network) { return network.description().at("pool"); }

std::string kind_of(const Json& pool) { return pool.value("kind", PoolSpec{}.kind); }

}  // namespace

PoolReading pool_reading(const Network& network) {
  const auto kind = kind_of(pool_of(network));
  if (kind == "mean") return PoolReading::kMean;
  if (kind == "first") return PoolReading::kFirst;
  return kind == "attention" && !pools_summaries(network) ? PoolReading::kMass : PoolReading::kMixed;
}

std::string pool_name(const Network& network) {
  const auto kind = kind_of(pool_of(network));
  return kind == "attention" ? mechanism_of(pool_of(network)) + " attention" : kind;
}

bool pools_summaries(const Network& network) {
  return kind_of(pool_of(network)) == "attention" && mechanism_of(pool_of(network)) == "split";
}

std::string no_pool_shares(const Network& network) {
  const auto pool = "the model's pool (" + pool_name(network) + ")";
  return pools_summaries(network)
             ? pool + " weighs four summaries of the row (mean, max, first and a learned query's), not its tokens"
             : pool + " does not say how much of each token it reads";
}

std::vector<BlockReading> block_readings(const Network& network) {
  std::vector<BlockReading> readings;
  for (const auto& block : network.description().at("blocks")) {
    const bool attends = block.value("attention", BlockSpec{}.attention) && mechanism_of(block) != "split";
    readings.push_back({.site = attends ? "block." + std::to_string(readings.size()) + ".self" : "",
                        .residual = block.value("residual", BlockSpec{}.residual)});
  }
  return readings;
}

std::string last_attending_block(const Network& network) {
  std::string last;
  for (const auto& block : block_readings(network)) {
    if (!block.site.empty()) last = block.site;
  }
  return last;
}

}  // namespace attune
