// SPDX-License-Identifier: Apache-2.0
// Methods that remove tokens, against their definitions.
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>

#include "attune/core/error.hpp"
#include "attune/ops/threads.hpp"
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

/// A long row takes more passes than anyone wants to wait for who has said to stop.
TEST(ErasureMethods, StopWithinALongRow) {
  const auto model = lively_model(0);
  std::string text;
  for (int word = 0; word < 200; ++word) text += "poor ";
  const auto long_row = subject_of(model, {text, "Delft", "3", "2.5"});
  const auto most = subject_of(model, {"a b c d e f g h", "Delft", "3", "2.5"});
  for (const int threads : {1, 2}) {
    const auto executor = make_executor(threads);
    for (const auto& [method, subject] : {std::pair{"leave_one_out", &long_row}, std::pair{"shapley", &most}}) {
      std::atomic<int> asked = 0;
      const MethodControl control{.executor = *executor, .should_stop = [&asked] { return asked++ >= 3; }};
      EXPECT_THROW((void)explain(explanation_method(method), {subject, 1}, control), StoppedError) << method;
      EXPECT_GT(asked, 3) << method;
    }
  }
}

/// Two classes told by a linear part alone, over categories and numbers: its log odds are a sum over tokens. A fifth of
/// the rows are labelled wrong, so that it is never so sure that probabilities are cut off.
Model additive_model() {
  const std::vector<std::string> columns = {"city", "colour", "size", "weight", "age", "kind"};
  std::vector<std::vector<std::string>> rows;
  for (int row = 0; row < 80; ++row) {
    const int city = row % 4, colour = row / 4 % 3, size = row * 7 % 23, weight = row * 11 % 31, age = row * 5 % 17;
    rows.push_back({"city" + std::to_string(city), "colour" + std::to_string(colour), std::to_string(size),
                    std::to_string(weight), std::to_string(age),
                    (3 * city + size > 15) != (row % 5 == 0) ? "large" : "small"});
  }
  const auto table = make_table(columns, rows);
  Schema schema;
  schema.inputs = {{.name = "city", .type = "category", .columns = {"city"}},
                   {.name = "colour", .type = "category", .columns = {"colour"}},
                   {.name = "numbers", .type = "numbers", .columns = {"size", "weight", "age"}}};
  schema.outputs = {{.name = "kind", .type = "category", .columns = {"kind"}}};
  auto model = fresh_model(*table, schema);
  add_linear_part(model, *table, 1);
  const at::NoGradGuard no_gradients;
  for (const auto& parameter : model.network().parameters().all()) {
    if (parameter.name.starts_with("head.0.scores")) Tensor(parameter.value).zero_();
  }
  return model;
}

/// Of a score that is a sum over tokens every complete method says the same (Shapley 1953).
TEST(Shapley, IsWhatOtherMethodsSayOfAnAdditiveScore) {
  const auto model = additive_model();
  const std::vector<int64_t> first = {0};
  for (const auto& cells : std::vector<std::vector<std::string>>{{"city3", "colour1", "22", "30", "1"},
                                                                 {"city0", "colour2", "1", "4", "16"}}) {
    const auto row = make_table({"city", "colour", "size", "weight", "age"}, {cells});
    const auto subject = read_subjects(model, *row, first, {}, *make_executor(1)).front();
    const auto exact = explained("shapley", subject).values;
    ASSERT_EQ(exact.size(), 5U);
    EXPECT_GT(std::abs(exact[0]) + std::abs(exact[2]), 0.5) << "nothing to share out";
    for (const std::string method : {"leave_one_out", "integrated_gradients", "gradient_path", "gradient_input"}) {
      const auto values = explained(method, subject).values;
      for (size_t t = 0; t < exact.size(); ++t) EXPECT_NEAR(values[t], exact[t], 1e-4) << method << ", token " << t;
    }
  }
}

}  // namespace
}  // namespace attune::testing
