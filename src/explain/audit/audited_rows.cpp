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

std::vector<double> shuffled(const std::vector<double>& values, RandomKey key) {
  std::vector<int64_t> order(values.size());
  key.permutation(order);
  std::vector<double> result;
  for (const auto place : order) result.push_back(values[static_cast<size_t>(place)]);
  return result;
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
  const auto columns = model.map_columns(table, /*with_outputs=*/false);
  const auto stretches = std::min(most, table.rows());
  std::vector<int64_t> chosen;
  for (int64_t i = 0; i < stretches; ++i) {
    for (int64_t row = i * table.rows() / stretches; row < (i + 1) * table.rows() / stretches; ++row) {
      if (model.token_counts(table, columns, {&row, 1}, executor).front() < 2) continue;
      chosen.push_back(row);
      break;
    }
  }
  if (chosen.empty())
    throw UsageError(
        "audit: " + table.name() +
        " has no row of at least two tokens, between which attention could be allocated; give another one");
  return chosen;
}

AttentionDistance attention_distance(const AuditedRows& first, const AuditedRows& second, int64_t permutations,
                                     RandomKey key) {
  Moments taus, divergences, shuffled_divergences;
  for (size_t r = 0; r < first.attention.size(); ++r) {
    const auto &a = first.attention[r], &b = second.attention[r];
    if (a.size() != b.size()) continue;  // features that another seed fitted may cut a text otherwise
    const double tau = kendall_tau(a, b);
    taus.add(std::isnan(tau) ? 0 : tau);
    divergences.add(jensen_shannon(a, b));
    const auto of_row = key.with(static_cast<uint64_t>(first.numbers[r]));
    for (int64_t p = 0; p < permutations; ++p)
      shuffled_divergences.add(jensen_shannon(a, shuffled(b, of_row.with(static_cast<uint64_t>(p)))));
  }
  return {.rows = taus.count(),
          .tau = taus.mean(),
          .divergence = divergences.mean(),
          .shuffled_divergence = shuffled_divergences.mean()};
}

std::string judged_site(const Model& model) {
  const bool has_mass = pool_reading(model.network()) == PoolReading::kMass;
  return has_mass ? std::string(kPoolSite) : last_attending_block(model.network());
}

}  // namespace attune
