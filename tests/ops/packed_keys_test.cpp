// SPDX-License-Identifier: Apache-2.0
// Keys packed once for several calls: the same results and gradients, dropped where they would be wrong, refused where
// they are.
#include <ATen/TensorOperators.h>
#include <c10/core/InferenceMode.h>
#include <gmock/gmock.h>

#include <functional>

#include "attune/core/error.hpp"
#include "attune/ops/keys.hpp"
#include "attune/ops/packing.hpp"
#include "attune/ops/threads.hpp"
#include "expect_close.hpp"
#include "operator_problem.hpp"
#include "thrown_message.hpp"

namespace attune::testing {
namespace {

using reference::Score;

constexpr double kTolerance = 1e-5;  // of two float32 ways to the same numbers of size 1
constexpr const char* kChanged = "packed_keys: key was changed in place since it was packed; pack the keys again";

OperatorCase memory_case(Score score) {
  return {.score = score,
          .H = 4,
          .Hkv = 2,
          .D = 5,
          .Dv = 3,
          .query_lengths = {1, 2, 6, 1},
          .key_lengths = {40, 3, 70, 0},
          .type = at::kFloat};
}

Keys keys_of(const OperatorCall& call) { return prepare(call.in.key, call.in.value, call.in.key_offsets); }

Keys packed_for(Score score, const OperatorCall& call, Executor* executor = nullptr) {
  return score == Score::kAdditive ? pack_for_additive(keys_of(call), call.parameter, executor)
                                   : pack_for_products(keys_of(call), executor);
}

OperatorCall with(const OperatorCall& call, const Keys& keys) {
  return {attend_to(keys, call.in.query, call.in.query_offsets), call.parameter};
}

AttentionOptions fused() { return {.wanted = {.log_sum_exp = true, .entropy = true}, .kernels = Kernels::kFused}; }

class PackedKeysOf : public ::testing::TestWithParam<Score> {};

INSTANTIATE_TEST_SUITE_P(Mechanism, PackedKeysOf, ::testing::ValuesIn(kScores),
                         [](const auto& test) { return name_of(test.param); });

TEST_P(PackedKeysOf, GiveTheReferencesResults) {
  for (const Form form : {Form::kPacked, Form::kPackedSliced}) {
    const OperatorProblem problem(memory_case(GetParam()));
    const auto call = make_call(problem, form);
    const auto keys = packed_for(GetParam(), call);
    ASSERT_NE(keys.packed, nullptr);
    const auto expected = expected_allocation(problem, form);
    for (int again = 0; again < 2; ++again) {
      const auto found = allocate(GetParam(), with(call, keys), fused());
      ASSERT_GT(found.context.numel(), 0);
      expect_close("context", found.context, expected.context, kTolerance);
      expect_close("log_sum_exp", found.log_sum_exp, expected.log_sum_exp, kTolerance);
      expect_close("entropy", found.entropy, expected.entropy, kTolerance);
    }
  }
}

TEST_P(PackedKeysOf, HaveTheGradientsOfKeysThatAreNot) {
  const OperatorProblem problem(memory_case(GetParam()));
  const auto gradients_by = [&](bool packed) {
    const auto call = make_call(problem, Form::kPacked, /*requires_grad=*/true);
    const auto keys = packed ? packed_for(GetParam(), call) : keys_of(call);
    const auto context = allocate(GetParam(), with(call, keys), fused()).context;
    return gradients_of(call, context, random_tensor(context.sizes(), 7, at::kFloat));
  };
  const auto expected = gradients_by(false), found = gradients_by(true);
  expect_close("d_query", found.query, expected.query, kTolerance);
  expect_close("d_key", found.key, expected.key, kTolerance);
  expect_close("d_value", found.value, expected.value, kTolerance);
  if (expected.parameter.defined()) expect_close("d_parameter", found.parameter, expected.parameter, 2 * kTolerance);
}

TEST_P(PackedKeysOf, AreTheSameByAnyExecutor) {
  const OperatorProblem problem(memory_case(GetParam()));
  const auto call = make_call(problem, Form::kPacked);
  const auto expected = allocate(GetParam(), with(call, packed_for(GetParam(), call)), fused()).context;
  const auto executor = make_executor(5);
  const auto keys = packed_for(GetParam(), call, executor.get());
  EXPECT_TRUE(allocate(GetParam(), with(call, keys), fused()).context.equal(expected));
}

TEST_P(PackedKeysOf, AreNotReadByTheComposition) {
  const OperatorProblem problem(memory_case(GetParam()));
  const auto call = make_call(problem, Form::kPacked);
  const AttentionOptions composed{.kernels = Kernels::kComposed};
  const auto found = allocate(GetParam(), with(call, packed_for(GetParam(), call)), composed).context;
  EXPECT_TRUE(found.equal(allocate(GetParam(), call, composed).context));
}

TEST_P(PackedKeysOf, ReceivedMassIsTheSame) {
  const OperatorProblem problem(memory_case(GetParam()));
  const auto call = make_call(problem, Form::kPacked);
  const AttentionOptions wanted{.wanted = {.received = true}};
  const auto found = allocate(GetParam(), with(call, packed_for(GetParam(), call)), wanted).received;
  EXPECT_TRUE(at::allclose(found, allocate(GetParam(), call, wanted).received, 1e-5, 1e-6));
}

TEST_P(PackedKeysOf, OtherTypesStayAsTheyAre) {
  auto c = memory_case(GetParam());
  c.type = at::kDouble;
  const OperatorProblem problem(c);
  EXPECT_EQ(packed_for(GetParam(), make_call(problem, Form::kPacked)).packed, nullptr);
}

TEST_P(PackedKeysOf, AreDroppedWhenRowsChange) {
  const OperatorProblem problem(memory_case(GetParam()));
  const auto call = make_call(problem, Form::kPacked);
  const auto keys = packed_for(GetParam(), call);
  EXPECT_EQ(append(keys, keys).packed, nullptr);
  const auto reversed = reorder(keys, make_offsets(std::vector<int64_t>{3, 2, 1, 0}));
  EXPECT_EQ(reversed.packed, nullptr);
}

TEST_P(PackedKeysOf, KeysChangedSinceAreRefused) {
  const OperatorProblem problem(memory_case(GetParam()));
  const auto call = make_call(problem, Form::kPacked);
  auto keys = packed_for(GetParam(), call);
  const auto message = [&] {
    return thrown_message<UsageError>([&] { (void)allocate(GetParam(), with(call, keys), fused()); });
  };
  const auto key = keys.key;
  keys.key = key.clone();
  EXPECT_EQ(message(), "packed_keys: packed from another tensor than key; attend_to() hands on what belongs together");
  keys.key = key;
  EXPECT_EQ(message(), "nothing was thrown");
  key.mul_(2);
  EXPECT_EQ(message(), kChanged);
}

TEST_P(PackedKeysOf, AreRefusedWhenWhatTheyAreAViewOfHasChanged) {
  const OperatorProblem problem(memory_case(GetParam()));
  auto call = make_call(problem, Form::kPacked);
  const auto together = call.in.key.flatten(1).clone();  // [Nk, Hkv * D], as a layer gives it
  call.in.key = together.view(call.in.key.sizes());
  const auto keys = packed_for(GetParam(), call);
  together.zero_();
  EXPECT_EQ(thrown_message<UsageError>([&] { (void)allocate(GetParam(), with(call, keys), fused()); }), kChanged);
}

TEST_P(PackedKeysOf, OffsetsChangedSinceAreRefused) {
  const OperatorProblem problem(memory_case(GetParam()));
  const auto call = make_call(problem, Form::kPacked);
  const auto keys = packed_for(GetParam(), call);
  keys.offsets.select(0, 1).add_(1);
  EXPECT_EQ(thrown_message<ShapeError>([&] { (void)allocate(GetParam(), with(call, keys), fused()); }),
            "cpu::attention: \"packed_keys\" were packed for \"key_offsets\" with 40 at 1, found 41; pack the keys "
            "again");
}

/// Whose tensors do not count their changes: the keys returned are a copy that does.
TEST_P(PackedKeysOf, ServeInInferenceMode) {
  const c10::InferenceMode inference;
  const OperatorProblem problem(memory_case(GetParam()));
  const auto call = make_call(problem, Form::kPacked);
  ASSERT_TRUE(call.in.key.is_inference());
  const auto keys = packed_for(GetParam(), call);
  const auto expected = expected_allocation(problem, Form::kPacked).context;
  expect_close("context", allocate(GetParam(), with(call, keys), fused()).context, expected, kTolerance);
  call.in.key.zero_();
  expect_close("context", allocate(GetParam(), with(call, keys), fused()).context, expected, kTolerance);
  keys.key.zero_();
  EXPECT_EQ(thrown_message<UsageError>([&] { (void)allocate(GetParam(), with(call, keys), fused()); }), kChanged);
}

TEST(PackedKeysCheck, OfAnotherMechanismOrAnotherU) {
  const OperatorProblem problem(memory_case(Score::kAdditive));
  const auto call = make_call(problem, Form::kPacked);
  const auto message = [&](const Keys& keys, const Tensor& u) {
    return thrown_message<UsageError>([&] { (void)additive_attention(with(call, keys).in, u, fused()); });
  };
  const auto for_additive = packed_for(Score::kAdditive, call), for_products = pack_for_products(keys_of(call));
  EXPECT_EQ(message(for_products, call.parameter),
            "cpu::attention: \"packed_keys\" were packed for products, but the call is for additive scores; pack the "
            "keys again");
  EXPECT_EQ(message(for_additive, -call.parameter),
            "cpu::attention: \"packed_keys\" were packed with a \"u\" of other signs; pack the keys again");
  EXPECT_EQ(message(for_additive, call.parameter * 3), "nothing was thrown");
  EXPECT_EQ(message(pack_for_additive(for_products, call.parameter), call.parameter), "nothing was thrown");
}

TEST(PackedKeysCheck, SayWhatIsWrongWithU) {
  const OperatorProblem problem(memory_case(Score::kAdditive));
  const auto call = make_call(problem, Form::kPacked);
  const auto message = [&](const Tensor& u) {
    return thrown_message<ShapeError>([&] { (void)pack_for_additive(keys_of(call), u); });
  };
  const std::string expected = "u: expected [H, A] with H a multiple of Hkv = 2 and A = 5 as key [113, 2, 5], found ";
  EXPECT_EQ(message({}), expected + "nothing");
  for (const auto& shape : {std::vector<int64_t>{5}, {4, 6}, {3, 5}, {0, 5}})
    EXPECT_EQ(message(random_tensor(shape, 1, at::kFloat)), expected + c10::str(at::IntArrayRef(shape)));
  const auto keys = prepare(random_tensor({113, 2, 5}, 1, at::kFloat), random_tensor({113, 2, 3}, 1, at::kFloat),
                            offsets_tensor({40, 3, 70, 0}));
  EXPECT_EQ(thrown_message<TypeError>([&] {
              (void)pack_for_additive(keys, random_tensor({4, 5}, 1));
            }),
            "u: expected Float as key, found Double");
}

TEST(PackedKeysCheck, SayWhatIsWrongWithTheKeys) {
  const auto message = [](const std::vector<int64_t>& shape) {
    const Keys keys{random_tensor(shape, 1, at::kFloat), random_tensor({3, 2, 3}, 1, at::kFloat), offsets_tensor({3})};
    return thrown_message<ShapeError>([&] { (void)pack_for_products(keys); });
  };
  EXPECT_EQ(message({3, 10}), "key: expected [Nk, Hkv, D], found [3, 10]");
  EXPECT_EQ(message({3, 1, 5}),
            "value: expected [Nk, Hkv, Dv] with the tokens and heads of key [3, 1, 5], found [3, 2, 3]");
}

TEST(PackedKeysCheck, NothingAtAll) {
  for (const Score score : kScores) {
    auto c = memory_case(score);
    c.query_lengths = c.key_lengths = {};
    const OperatorProblem problem(c);
    const auto call = make_call(problem, Form::kPacked);
    EXPECT_EQ(allocate(score, with(call, packed_for(score, call)), fused()).context.numel(), 0);
  }
}

TEST(PackedKeys, RefusesKeysWithoutHeadsOrWidth) {
  const auto offsets = at::tensor(std::vector<int64_t>{0, 3, 7});
  for (const auto& shape : {std::vector<int64_t>{7, 0, 5}, {7, 2, 0}}) {
    const auto keys = prepare(at::ones(shape), at::ones({7, shape[1], 3}), offsets);
    for (const auto& pack : {std::function<Keys()>([&] { return pack_for_products(keys); }), std::function<Keys()>([&] {
                               return pack_for_additive(keys, at::ones({2, shape[2]}));
                             })}) {
      EXPECT_THAT(thrown_message<ShapeError>([&] { (void)pack(); }),
                  ::testing::HasSubstr("key: expected [Nk, Hkv, D] with Hkv and D at least 1, found ["));
    }
  }
}

}  // namespace
}  // namespace attune::testing
