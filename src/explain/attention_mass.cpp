// SPDX-License-Identifier: Apache-2.0
#include "attune/explain/attention_mass.hpp"

#include <ATen/TensorOperators.h>

#include <algorithm>

#include "attention_sites.hpp"
#include "attune/core/error.hpp"
#include "attune/core/nearest_name.hpp"
#include "site_watch.hpp"

namespace attune {
namespace {

std::vector<std::string> asked_sites(const Model& model, std::string_view site) {
  auto sites = attention_sites(model);
  if (site.empty()) return sites;
  if (std::find(sites.begin(), sites.end(), site) != sites.end()) return {std::string(site)};
  const std::string name(site);
  throw UsageError("the model has no site \"" + name + "\" that allocates attention among tokens" +
                   suggestion(name, sites));
}

}  // namespace

std::vector<std::string> attention_sites(const Model& model) {
  std::vector<std::string> sites;
  for (const auto& block : block_readings(model.network())) {
    if (!block.site.empty()) sites.push_back(block.site);
  }
  if (pool_reading(model.network()) == PoolReading::kMass) sites.emplace_back(kPoolSite);
  if (pools_summaries(model.network())) sites.emplace_back(kLearnedQuerySite);
  return sites;
}

std::vector<AttentionMass> attention_masses(const Subject& subject, std::string_view site) {
  std::vector<AttentionMass> masses;
  watch_sites(subject, asked_sites(subject.model(), site), {.received = true},
              [&](std::string_view at_site, const Allocation& allocation) {
                const auto queries = static_cast<double>(allocation.context.size(0));
                const auto received = allocation.received.to(at::kDouble).t().contiguous();  // [H, T]
                for (int64_t head = 0; head < received.size(0); ++head) {
                  const auto* of_head = received.const_data_ptr<double>() + head * received.size(1);
                  auto& mass = masses.emplace_back(AttentionMass{std::string(at_site), head, {}});
                  for (int64_t t = 0; t < received.size(1); ++t) mass.values.push_back(of_head[t] / queries);
                }
              });
  return masses;
}

std::vector<AttentionMatrix> attention_matrices(const Subject& subject, std::string_view site) {
  std::vector<AttentionMatrix> matrices;
  watch_sites(subject, asked_sites(subject.model(), site), {.weights = true},
              [&](std::string_view at_site, const Allocation& allocation) {
                const auto weights = allocation.weights.squeeze(0).to(at::kFloat).contiguous();  // [H, Tq, Tk]
                for (int64_t head = 0; head < weights.size(0); ++head) {
                  const auto of_head = weights[head];
                  const auto* begin = of_head.const_data_ptr<float>();
                  matrices.push_back({.site = std::string(at_site),
                                      .head = head,
                                      .queries = of_head.size(0),
                                      .keys = of_head.size(1),
                                      .weights = {begin, begin + of_head.numel()}});
                }
              });
  return matrices;
}

}  // namespace attune
