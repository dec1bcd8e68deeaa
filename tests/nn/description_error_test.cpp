// SPDX-License-Identifier: Apache-2.0
// What a description may not say, and how the refusal reads.
#include <gmock/gmock.h>

#include <limits>

#include "attune/core/error.hpp"
#include "attune/nn/mechanism.hpp"
#include "attune/nn/pool.hpp"
#include "small_network.hpp"
#include "tensor_checks.hpp"

namespace attune {
namespace {

using ::testing::HasSubstr;

/// The small network's description with `value` at `path`; a source that fails the test when memory would be taken for
/// anything large.
std::string refusal(const std::string& path, const Json& value, NetworkPlan plan = {}) {
  auto description = describe(plan);
  description[Json::json_pointer(path)] = value;
  const auto source = [](const std::string& name, const std::vector<int64_t>& shape, Init init) {
    double size = 1.0;
    for (const int64_t s : shape) size *= static_cast<double>(s);
    if (size > 1e6) throw std::runtime_error(name + ": memory was taken");
    return stirred(1)(name, shape, init);
  };
  return message_of<UsageError>([&] { (void)Network(description, source); });
}

struct Case {
  std::string path;
  Json value;
  std::string message;
};

std::vector<Case> cases() {
  const Json none = nullptr, list = Json::array();
  return {
      {"/blocks/0/allocation/mechanism", "scaled_dott",
       R"(block.0.allocation, field "mechanism": expected one of its choices, found "scaled_dott" (did you mean "scaled_dot"?))"},
      {"/pool/allocation/mechanism", "vision",
       R"(pool.allocation, field "mechanism": expected one of its choices, found "vision" (known: additive, dot, multiplicative, scaled_dot, split))"},
      {"/pool/kind", "men", R"(pool, field "kind": expected one of its choices, found "men" (did you mean "mean"?))"},
      {"/heads/0/kind", "klass",
       R"(head.0, field "kind": expected one of its choices, found "klass" (did you mean "class"?))"},
      {"/heads/0/loss", "absolute",
       R"(head.0, field "loss": expected one of its choices, found "absolute" (known: squared, huber))"},
      {"/inputs/0/kind", "idz", R"(input.0: unknown kind of input "idz" (did you mean "ids"?))"},
      {"/inputs/1/kind", "grid", R"(input.1: unknown kind of input "grid" (known: ids, scalars))"},
      {"/inputs/0/kind", 3, R"(input.0: expected a JSON object with a "kind" that is a string)"},
      {"/inputs/0", "text", R"(input.0: expected a JSON object with a "kind" that is a string)"},
      {"/inputs/0/positions", "learnt",
       R"(input.0, field "positions": expected one of its choices, found "learnt" (did you mean "learned"?))"},
      {"/blocks/0/activation", "swish",
       R"(block.0, field "activation": expected one of its choices, found "swish" (known: relu, gelu, tanh, none))"},
      {"/widht", 8, R"(network: unknown field "widht" (did you mean "width"?))"},
      {"/blocks/0/resdual", true, R"(block.0: unknown field "resdual" (did you mean "residual"?))"},
      {"/blocks/0/allocation/head", 2, R"(block.0.allocation: unknown field "head" (did you mean "heads"?))"},
      {"/inputs/0/vocab_size", 2, R"(input.0: unknown field "vocab_size")"},
      {"/blocks/0/dropout", std::numeric_limits<double>::quiet_NaN(),
       R"(block.0, field "dropout": expected a finite number from 0 to 0.95, found nan)"},
      {"/embedding_dropout", 0.96,
       R"(network, field "embedding_dropout": expected a number from 0 to 0.95, found 0.96)"},
      {"/heads/0/label_smoothing", -0.1,
       R"(head.0, field "label_smoothing": expected a number from 0 to 0.5, found -0.1)"},
      {"/width", "wide", R"(network, field "width": expected a whole number from 1 to 65536, found "wide")"},
      {"/width", 8.0, R"(network, field "width": expected a whole number from 1 to 65536, found 8.0)"},
      {"/width", 0, R"(network, field "width": expected a whole number from 1 to 65536, found 0)"},
      {"/blocks/0/allocation/heads", 0,
       R"(block.0.allocation, field "heads": expected a whole number from 1 to 1024, found 0)"},
      {"/inputs/0/vocabulary", 1000000000000,
       R"(input.0, field "vocabulary": expected a whole number from 1 to 67108864, found 1000000000000)"},
      {"/heads/0/hidden",
       {16, 1000000000},
       R"(head.0, field "hidden": expected whole numbers from 1 to 65536, found 1000000000 at place 2)"},
      {"/inputs/0/vectors_frozen", true,
       R"(input.0, field "vectors_frozen": expected false where vector_width is 0, found true)"},
      {"/inputs/0/unknown", 11, R"(input.0, field "unknown": expected an id below the vocabulary's 11, found 11)"},
      {"/convolution", 4, R"(convolution: expected an odd number of tokens or 0, found 4)"},
      {"/inputs", list, R"(network: expected at least one input and one head)"},
      {"/heads", list, R"(network: expected at least one input and one head)"},
      {"/inputs", none, R"(network: expected "inputs" to be a JSON array, found null)"},
      {"/pool", "mean", R"(network: expected "pool" to be a JSON object, found string)"},
      {"/blocks/0", list, R"(block.0: expected "allocation" to be a JSON object, found nothing)"},
      {"/pool/allocation", 1, R"(pool: expected "allocation" to be a JSON object, found number)"},
      {"/heads/0", 1, R"(head.0: expected a table of fields, found 1)"},
  };
}

TEST(Description, IsRefusedWithTheFieldAndTheWayOut) {
  for (const auto& c : cases()) EXPECT_THAT(refusal(c.path, c.value), HasSubstr(c.message)) << c.path;
}

TEST(Description, MustBeAnObjectWithAllItsParts) {
  EXPECT_THAT(message_of<UsageError>([] { (void)Network(Json::array(), stirred(1)); }),
              HasSubstr("expected a JSON object"));
  auto description = describe({});
  description.erase("blocks");
  EXPECT_THAT(message_of<UsageError>([&] { (void)Network(description, stirred(1)); }),
              HasSubstr(R"(network: expected "blocks" to be a JSON array, found nothing)"));
}

TEST(Description, RefusesSizesThatOnlyTogetherAreTooLarge) {
  NetworkPlan plan;
  plan.backbone.width = 1 << 16;
  EXPECT_EQ(refusal("/inputs/0/vocabulary", 1 << 26, plan),
            "parameter \"input.0.table\": expected at most 2^33 numbers, found [67108864, 65536]; make one of the "
            "sizes smaller");
}

TEST(Description, RefusesHeadsThatDoNotDivideTheWidth) {
  NetworkPlan plan;
  plan.blocks[0].allocation = {.heads = 3, .key_width = 2, .value_width = 2, .projections = false};
  EXPECT_THAT(
      message_of<UsageError>([&] { (void)build(plan); }),
      HasSubstr("block.0.self: attention without projections cuts the width into heads as it is; expected heads to "
                "divide the width 8"));
}

TEST(Description, RefusesSplitAttentionWithoutMeaning) {
  NetworkPlan plan;
  plan.blocks = {NetworkPlan::small_block("split")};
  const auto message = [&](const char* field, const Json& value) {
    return refusal(std::string("/blocks/0/allocation/") + field, value, plan);
  };
  EXPECT_EQ(message("reaches", {1, 4}), R"(block.0.self, field "reaches": expected odd numbers of tokens, found 4)");
  EXPECT_EQ(message("reaches", {3, 1, 3}),
            R"(block.0.self, field "reaches": expected different numbers of tokens, found 3 twice)");
  EXPECT_EQ(message("reaches", Json::array()),
            R"(block.0.self, field "reaches": expected at least one branch, found none)");
  EXPECT_EQ(message("groups", 3), "block.0.self, field \"groups\": expected a divisor of the width 8, found 3");
  EXPECT_EQ(message("causal", true),
            "block.0.self: split attention weighs branches at the same token, so it cannot be causal");
}

TEST(Description, RefusesACausalPool) {
  for (const char* mechanism : {"additive", "split"}) {
    NetworkPlan plan;
    plan.pool.allocation = NetworkPlan::small_attention(mechanism);
    EXPECT_EQ(refusal("/pool/allocation/causal", true, plan),
              "pool: a pool's query has no place in the row, so it cannot be causal");
  }
}

TEST(Makers, RefuseUnknownNames) {
  Parameters parameters(stirred(1));
  const ParameterScope scope(parameters, "here");
  EXPECT_EQ(message_of<UsageError>([&] { (void)make_mechanism({.mechanism = "dott"}, scope); }),
            "here: unknown mechanism \"dott\" (did you mean \"dot\"?)");
  EXPECT_EQ(message_of<UsageError>([&] { (void)make_pool({.kind = "mxa"}, 8, scope); }),
            "here: unknown pool \"mxa\" (did you mean \"max\"?)");
}

}  // namespace
}  // namespace attune
