// SPDX-License-Identifier: Apache-2.0
#include "audited_rows.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "attention_sites.hpp"
#include "attune/core/error.hpp"
#include "attune/core/moments.hpp"
#include "attune/explain/attention_mass.hpp"
#include "attune/explain/method.hpp"
#include "attune/metrics/distribution_distance.hpp"
#include "attune/metrics/kendall_tau.hpp"

namespace attune {
namespace {

/// Masses come from float32 weights, whose sum is 1 only nearly.
void normalise(std::vector<double>& shares) {
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  for (auto& share : shares) share /= sum;
}

}  // namespace

AuditedRows read_audited(const Model& model, const Table& table, const std::vector<int64_t>& rows, size_t output,
                         Executor& executor) {
  AuditedRows audited{.numbers = rows, .subjects = {}, .attention = {}};
  audited.subjects = read_subjects(model, table, rows, {.output = output}, executor);
  for (auto& attribution : explain(explanation_method("attention"), audited.subjects, {.executor = executor})) {
    normalise(attribution.values);
    audited.attention.push_back(std::move(attribution.values));
  }
  return audited;
}

std::vector<int64_t> choose_rows(const Model& model, const Table& table, int64_t most, Executor& executor) {
  std::vector<int64_t> rows(static_cast<size_t>(table.rows()));
  std::iota(rows.begin(), rows.end(), 0);
  const auto tokens = model.token_counts(table, model.map_columns(table, /*with_outputs=*/false), rows, executor);
  std::erase_if(rows, [&](int64_t row) { return tokens[static_cast<size_t>(row)] < 2; });
  if (rows.empty())
    throw UsageError(
        "audit: " + table.name() +
        " has no row of at least two tokens, between which attention could be allocated; give another one");
  const auto count = std::ssize(rows);
  if (count <= most) return rows;
  std::vector<int64_t> chosen;
  for (int64_t i = 0; i < most; ++i) chosen.push_back(rows[static_cast<size_t>(i * count / most)]);
  return chosen;
}

AttentionDistance attention_distance(const AuditedRows& first, const AuditedRows& second) {
  Moments taus, divergences;
  for (size_t r = 0; r < first.attention.size(); ++r) {
    const auto &a = first.attention[r], &b = second.attention[r];
    if (a.size() != b.size()) continue;  // features that another seed fitted may cut a text otherwise
    const double tau = kendall_tau(a, b);
    taus.add(std::isnan(tau) ? 0 : tau);
    divergences.add(jensen_shannon(a, b));
  }
  return {.rows = taus.count(), .tau = taus.mean(), .divergence = divergences.mean()};
}

double shuffled_divergence(const AuditedRows& rows, int64_t permutations, RandomKey key) {
  Moments divergences;
  for (size_t r = 0; r < rows.attention.size(); ++r) {
    const auto& attention = rows.attention[r];
    std::vector<int64_t> order(attention.size());
    std::vector<double> shuffled(attention.size());
    for (int64_t p = 0; p < permutations; ++p) {
      key.with(static_cast<uint64_t>(rows.numbers[r])).with(static_cast<uint64_t>(p)).permutation(order);
      for (size_t t = 0; t < order.size(); ++t) shuffled[t] = attention[static_cast<size_t>(order[t])];
      divergences.add(jensen_shannon(attention, shuffled));
    }
  }
  return divergences.mean();
}

std::string judged_site(const Model& model) {
  const bool has_mass = pool_reading(model.network()) == PoolReading::kMass;
  return has_mass ? std::string(kPoolSite) : last_attending_block(model.network());
}

}  // namespace attune
