// SPDX-License-Identifier: Apache-2.0
// Attention with projections, called for cross-attention in pieces and for decoding step by step.
#include "attune/nn/attention.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <gmock/gmock.h>

#include "attune/core/error.hpp"
#include "small_network.hpp"
#include "tensor_checks.hpp"

namespace attune {
namespace {

using ::testing::HasSubstr;

constexpr double kTolerance = 1e-12;
constexpr int64_t kWidth = 8;

Tokens random_tokens(const std::vector<int64_t>& offsets, uint64_t seed, int64_t width = kWidth) {
  const auto draw = drawn_from(RandomKey(seed), at::kDouble);
  return {.values = draw("tokens", {offsets.back(), width}, Init::kEmbedding) * 3.0,
          .offsets = whole_numbers(offsets),
          .origins = nullptr};
}

/// The tokens numbered first to last of every row.
Tokens piece(const Tokens& tokens, int64_t first, int64_t last) {
  const auto index = at::arange(tokens.values.size(0), at::TensorOptions(at::kLong));
  const auto lengths = tokens.offsets.diff();
  const auto place = index - tokens.offsets.slice(0, 0, -1).repeat_interleave(lengths);
  return select(tokens, place.ge(first).logical_and(place.lt(last)));
}

/// An attention with some mechanism, and the parameters it took.
struct Call {
  Call(const std::string& mechanism, bool causal, int64_t memory_width = kWidth)
      : attention(spec_of(mechanism, causal), kWidth, memory_width, ParameterScope(parameters, "decoder.0.cross")) {}
  static AttentionSpec spec_of(const std::string& mechanism, bool causal) {
    auto spec = NetworkPlan::small_attention(mechanism);
    spec.causal = causal;
    return spec;
  }
  Parameters parameters{stirred(4)};
  Attention attention;
};

TEST(EveryMechanism, CrossAttentionInPiecesEqualsTheWhole) {
  for (const auto& mechanism : mechanisms()) {
    SCOPED_TRACE(mechanism);
    const Call call(mechanism, /*causal=*/false, /*memory_width=*/5);
    const auto& cross = call.attention;
    const auto memory = random_tokens({0, 4, 4, 10}, 1, 5);
    const auto queries = random_tokens({0, 3, 5, 8}, 2);
    const auto whole = cross.attend(queries.values, queries.offsets, cross.prepare(memory), {});

    const auto keys = append(append(cross.prepare(piece(memory, 0, 1)), cross.prepare(piece(memory, 1, 3))),
                             cross.prepare(piece(memory, 3, 10)));
    EXPECT_TRUE(close_to(cross.attend(queries.values, queries.offsets, keys, {}), whole, kTolerance));

    const auto first = piece(queries, 0, 1), rest = piece(queries, 1, 10);
    const std::vector<Tokens> answers = {{cross.attend(first.values, first.offsets, keys, {}), first.offsets, nullptr},
                                         {cross.attend(rest.values, rest.offsets, keys, {}), rest.offsets, nullptr}};
    EXPECT_TRUE(close_to(concatenate(answers).values, whole, kTolerance));
  }
}

/// In float32, which the kernels that read packed keys take.
TEST(EveryMechanism, PackedKeysGiveTheSame) {
  const auto as_float = [](const std::string& name, const std::vector<int64_t>& shape, Init init) {
    return stirred(4)(name, shape, init).to(at::kFloat);
  };
  for (const auto& mechanism : mechanisms()) {
    SCOPED_TRACE(mechanism);
    Parameters parameters(as_float);
    const Attention cross(Call::spec_of(mechanism, false), kWidth, kWidth, ParameterScope(parameters, "cross"));
    auto memory = random_tokens({0, 40, 40, 49}, 1), queries = random_tokens({0, 1, 2, 7}, 2);
    memory.values = memory.values.to(at::kFloat), queries.values = queries.values.to(at::kFloat);
    const auto keys = cross.prepare(memory), packed = cross.pack(keys);
    EXPECT_NE(packed.packed, nullptr);
    const auto answer = cross.attend(queries.values, queries.offsets, packed, {});
    EXPECT_TRUE(close_to(answer, cross.attend(queries.values, queries.offsets, keys, {}), 1e-5));
    packed.key.zero_();
    EXPECT_THROW((void)cross.attend(queries.values, queries.offsets, packed, {}), UsageError);
  }
}

TEST(EveryMechanism, StepsWithKeysEqualCausalSelfAttention) {
  for (const auto& mechanism : mechanisms()) {
    SCOPED_TRACE(mechanism);
    const Call call(mechanism, /*causal=*/true);
    const auto& decoder = call.attention;
    const auto tokens = random_tokens({0, 5, 10, 15}, 3);
    const auto whole = decoder.self(tokens, {});
    const auto start = piece(tokens, 0, 2);  // a beginning at once, then token by token
    auto keys = decoder.prepare(start);
    std::vector<Tokens> answers = {{decoder.self(start, {}), start.offsets, nullptr}};
    for (int64_t t = 2; t < 5; ++t) {
      const auto step = piece(tokens, t, t + 1);
      keys = append(keys, decoder.prepare(step));
      answers.push_back({decoder.attend(step.values, step.offsets, keys, {}), step.offsets, nullptr});
    }
    EXPECT_TRUE(close_to(concatenate(answers).values, whole, kTolerance));
  }
}

TEST(EveryMechanism, CausalTokensSeeNothingOfLaterOnes) {
  for (const auto& mechanism : mechanisms()) {
    SCOPED_TRACE(mechanism);
    const Call call(mechanism, /*causal=*/true);
    const auto& decoder = call.attention;
    const auto tokens = random_tokens({0, 2, 6}, 5);
    auto changed = tokens;
    changed.values = tokens.values.clone();
    changed.values[5].fill_(100.0);
    const auto before = decoder.self(tokens, {}), after = decoder.self(changed, {});
    EXPECT_TRUE(close_to(after.slice(0, 0, 5), before.slice(0, 0, 5), kTolerance));
    EXPECT_FALSE(close_to(after[5], before[5], 1e-3));
  }
}

TEST(EveryMechanism, ReorderedKeysAreThoseOfReorderedRows) {
  for (const auto& mechanism : mechanisms()) {
    SCOPED_TRACE(mechanism);
    const Call call(mechanism, /*causal=*/false);
    const auto& cross = call.attention;
    const auto memory = random_tokens({0, 4, 6, 9}, 6);
    const auto queries = random_tokens({0, 1, 2, 3}, 7);
    const auto reordered =
        cross.attend(queries.values, queries.offsets, reorder(cross.prepare(memory), whole_numbers({2, 2, 0})), {});
    const Tokens rows{
        .values = at::cat({memory.values.slice(0, 6, 9), memory.values.slice(0, 6, 9), memory.values.slice(0, 0, 4)}),
        .offsets = whole_numbers({0, 3, 6, 10}),
        .origins = nullptr};
    EXPECT_TRUE(
        close_to(reordered, cross.attend(queries.values, queries.offsets, cross.prepare(rows), {}), kTolerance));
  }
}

TEST(EveryMechanism, AQueryWithoutMemoryGetsTheOutputsBias) {
  for (const auto& mechanism : mechanisms()) {
    SCOPED_TRACE(mechanism);
    const Call call(mechanism, /*causal=*/false);
    const auto& cross = call.attention;
    const auto queries = random_tokens({0, 2}, 8);
    const auto answer = cross.attend(queries.values, queries.offsets, cross.prepare(random_tokens({0, 0}, 9)), {});
    EXPECT_TRUE(close_to(answer[1], call.parameters.get("decoder.0.cross.output.bias"), kTolerance));
  }
}

TEST(Attention, WithoutProjectionsCutsTheWidthIntoHeads) {
  Parameters parameters(stirred(1));
  const ParameterScope scope(parameters, "block.0.self");
  const auto message = [&](const AttentionSpec& spec, int64_t memory_width) {
    return message_of<UsageError>([&] { (void)Attention(spec, kWidth, memory_width, scope); });
  };
  const AttentionSpec three{.heads = 3, .key_width = 4, .value_width = 4, .projections = false};
  EXPECT_THAT(message(three, kWidth), HasSubstr("block.0.self: attention without projections"));
  EXPECT_THAT(message(three, kWidth), HasSubstr("heads to divide the width 8"));
  EXPECT_THAT(message(three, kWidth), HasSubstr("found heads = 3, key width = 4, value width = 4"));
  const AttentionSpec two{.heads = 2, .key_width = 4, .value_width = 4, .projections = false};
  EXPECT_THAT(message(two, 6), HasSubstr("memory of width 6"));
}

}  // namespace
}  // namespace attune
