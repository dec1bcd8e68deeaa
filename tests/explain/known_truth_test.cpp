// SPDX-License-Identifier: Apache-2.0
// Tasks whose right allocation is known: does attention look where the answer is?
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "attune/explain/method.hpp"
#include "attune/nn/mechanism.hpp"
#include "attune/ops/threads.hpp"
#include "known_tasks.hpp"

namespace attune::testing {
namespace {

/// How well values point at the words that are right.
struct Pointing {
  double mass = 0;   // on the right tokens, the mean over rows
  double first = 0;  // share of rows in which a right token has the highest value
};

Pointing pointing(const std::vector<Subject>& subjects, const std::vector<Attribution>& attributions,
                  std::span<const std::vector<std::string>> right) {
  Pointing sum;
  for (size_t s = 0; s < subjects.size(); ++s) {
    const auto& values = attributions[s].values;
    const auto is_right = [&](size_t token) {
      return std::find(right[s].begin(), right[s].end(), subjects[s].tokens()[token].text) != right[s].end();
    };
    for (size_t t = 0; t < values.size(); ++t) sum.mass += is_right(t) ? values[t] : 0;
    sum.first += is_right(static_cast<size_t>(std::max_element(values.begin(), values.end()) - values.begin()));
  }
  const auto rows = static_cast<double>(subjects.size());
  return {sum.mass / rows, sum.first / rows};
}

class KnownTruth : public ::testing::TestWithParam<std::tuple<KnownTask (*)(), std::string>> {};

TEST_P(KnownTruth, AttentionLooksAtWhatDecides) {
  const auto& [make_task, mechanism] = GetParam();
  const auto task = make_task();
  const auto executor = make_executor(2);
  const auto result = fit(request_for(task, mechanism), *executor);
  const auto held_out = held_out_table(task);
  std::vector<int64_t> rows(kHeldOutRows);
  for (size_t r = 0; r < rows.size(); ++r) rows[r] = static_cast<int64_t>(r);
  const auto subjects = read_subjects(result.model, *held_out, rows, {}, *executor);
  const auto right = std::span(task.right).subspan(kTrainingRows);
  const auto found =
      pointing(subjects, explain(explanation_method("attention"), subjects, {.executor = *executor}), right);
  EXPECT_GE(found.mass, 0.8);
  EXPECT_GE(found.first, 0.95);
}

INSTANTIATE_TEST_SUITE_P(Tasks, KnownTruth,
                         ::testing::Combine(::testing::Values(needle_in_a_line, sum_of_marked, class_by_one_word),
                                            ::testing::ValuesIn(mechanisms())),
                         [](const auto& row) { return std::get<0>(row.param)().name + "_" + std::get<1>(row.param); });

}  // namespace
}  // namespace attune::testing
