// SPDX-License-Identifier: Apache-2.0
// Methods that remove tokens, against their definitions.
#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>

#include "attune/core/error.hpp"
#include "explain_fixtures.hpp"

namespace attune::testing {
namespace {

const std::vector<std::string> kRow = {"poor thing", "Delft", "3", "2.5"};  // five tokens

TEST(LeaveOneOut, IsWhatTheScoreLosesWithEachToken) {
  for (const double weight : {0.0, 0.8}) {
    const auto model = lively_model(weight);
    for (const size_t output : {0U, 1U}) {
      const auto subject = subject_of(model, kRow, {.output = output});
      const auto attribution = explained("leave_one_out", subject);
      ASSERT_EQ(attribution.values.size(), 5U);
      EXPECT_EQ(attribution.forward_passes, 6);
      for (size_t t = 0; t < 5; ++t) {
        Keep keep(5, true);
        keep[t] = false;
        const double fall = score_of(subject, Keep(5, true)) - score_of(subject, keep);
        EXPECT_NEAR(attribution.values[t], fall, 1e-5) << t;
        EXPECT_GT(std::abs(fall), 1e-4) << "nothing would be told apart";
      }
    }
  }
}

/// The mean over all orders of what each token adds to those before it.
std::vector<double> shapley_of_orders(const Subject& subject) {
  const auto tokens = subject.tokens().size();
  std::vector<size_t> order(tokens);
  std::iota(order.begin(), order.end(), 0);
  std::vector<double> values(tokens, 0);
  double orders = 0;
  do {
    Keep keep(tokens, false);
    double before = score_of(subject, keep);
    for (const size_t token : order) {
      keep[token] = true;
      const double after = score_of(subject, keep);
      values[token] += after - before;
      before = after;
    }
    ++orders;
  } while (std::next_permutation(order.begin(), order.end()));
  for (auto& value : values) value /= orders;
  return values;
}

TEST(Shapley, IsTheMeanOverAllOrders) {
  const auto model = lively_model(0.8);
  for (const auto& cells : {kRow, {"", "", "", ""}}) {
    const auto subject = subject_of(model, cells);
    const auto attribution = explained("shapley", subject);
    const auto expected = shapley_of_orders(subject);
    ASSERT_EQ(attribution.values.size(), expected.size());
    for (size_t t = 0; t < expected.size(); ++t) EXPECT_NEAR(attribution.values[t], expected[t], 1e-5);
    const double all = score_of(subject, Keep(expected.size(), true)), none = score_of(subject, Keep(expected.size()));
    EXPECT_NEAR(sum(attribution.values), all - none, 1e-5);
    EXPECT_NEAR(attribution.completeness->change, all - none, 1e-5);
  }
}

TEST(Shapley, RefusesALongRow) {
  const auto model = lively_model(0);
  const auto subject = subject_of(model, {"a b c d e f g h i j", "Delft", "1", "2"});
  EXPECT_EQ(
      message_of<UsageError>([&] { (void)explained("shapley", subject); }),
      "method \"shapley\": expected a row of at most 12 tokens, for all of whose subsets are scored; found 13; take "
      "leave_one_out or integrated_gradients");
}

}  // namespace
}  // namespace attune::testing
