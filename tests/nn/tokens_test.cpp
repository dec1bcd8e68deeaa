// SPDX-License-Identifier: Apache-2.0
#include "attune/nn/tokens.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <gmock/gmock.h>

#include "attune/core/error.hpp"
#include "small_network.hpp"
#include "tensor_checks.hpp"

namespace attune {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

/// Token t of input i has the vector {100 * i + t, ..} and the place {100 * i + t, 0}.
Tokens marked_tokens(int32_t input, const std::vector<int64_t>& offsets) {
  auto origins = std::make_shared<std::vector<TokenOrigin>>();
  std::vector<double> values;
  for (int64_t t = 0; t < offsets.back(); ++t) {
    const auto mark = 100 * input + static_cast<int32_t>(t);
    origins->push_back({.input = input, .place = {.begin = mark, .end = 0}});
    values.insert(values.end(), {static_cast<double>(mark), -1.0});
  }
  return {.values = numbers(values).view({-1, 2}), .offsets = whole_numbers(offsets), .origins = origins};
}

std::vector<double> marks(const Tokens& tokens) {
  const auto column = tokens.values.select(1, 0).contiguous();
  return {column.const_data_ptr<double>(), column.const_data_ptr<double>() + column.numel()};
}

std::vector<double> origin_marks(const Tokens& tokens) {
  std::vector<double> result;
  for (const auto& origin : *tokens.origins) {
    EXPECT_EQ(origin.place.begin / 100, origin.input);
    result.push_back(origin.place.begin);
  }
  return result;
}

TEST(Concatenate, PutsThePartsOfEachRowTogetherWithTheirOrigins) {
  const std::vector<Tokens> parts = {marked_tokens(0, {0, 2, 2, 3}), marked_tokens(1, {0, 1, 3, 3}),
                                     marked_tokens(2, {0, 0, 1, 2})};
  const auto joined = concatenate(parts);
  const std::vector<double> expected = {0, 1, 100, /**/ 101, 102, 200, /**/ 2, 201};
  EXPECT_THAT(marks(joined), ElementsAreArray(expected));
  EXPECT_THAT(origin_marks(joined), ElementsAreArray(expected));
  EXPECT_TRUE(same_bits(joined.offsets, whole_numbers({0, 3, 6, 8})));
}

TEST(Concatenate, HasOriginsOnlyWhenEveryPartHas) {
  std::vector<Tokens> parts = {marked_tokens(0, {0, 2}), marked_tokens(1, {0, 1})};
  parts[1].origins = nullptr;
  EXPECT_EQ(concatenate(parts).origins, nullptr);
}

TEST(Concatenate, PassesEachTokenItsOwnGradient) {
  std::vector<Tokens> parts = {marked_tokens(0, {0, 1, 2}), marked_tokens(1, {0, 1, 1})};
  for (auto& part : parts) part.values.set_requires_grad(true);
  const auto joined = concatenate(parts);
  (joined.values * numbers({1, 2, 3}).view({3, 1})).sum().backward();
  EXPECT_TRUE(same_bits(parts[0].values.grad(), numbers({1, 1, 3, 3}).view({2, 2})));
  EXPECT_TRUE(same_bits(parts[1].values.grad(), numbers({2, 2}).view({1, 2})));
}

TEST(Concatenate, RefusesPartsThatDoNotFit) {
  EXPECT_THAT(message_of<ShapeError>([] { (void)concatenate({}); }), HasSubstr("at least one part"));
  const std::vector<Tokens> rows = {marked_tokens(0, {0, 1}), marked_tokens(1, {0, 1, 1})};
  EXPECT_THAT(message_of<ShapeError>([&] { (void)concatenate(rows); }),
              HasSubstr("expected 1 rows of width 2, found 2 rows, [1, 2]"));
}

TEST(Select, RemovesTokensWithTheirOriginsAndMayEmptyARow) {
  const auto tokens = marked_tokens(0, {0, 2, 3, 6});
  const auto kept = select(tokens, whole_numbers({0, 1, 0, 1, 0, 1}).to(at::kBool));
  EXPECT_THAT(marks(kept), ElementsAreArray({1.0, 3.0, 5.0}));
  EXPECT_THAT(origin_marks(kept), ElementsAreArray({1.0, 3.0, 5.0}));
  EXPECT_TRUE(same_bits(kept.offsets, whole_numbers({0, 1, 1, 3})));
  const auto none = select(tokens, whole_numbers({0, 0, 0, 0, 0, 0}).to(at::kBool));
  EXPECT_EQ(none.values.sizes(), (std::vector<int64_t>{0, 2}));
  EXPECT_EQ(none.rows(), 3);
}

TEST(RowsOf, AreThoseRowsWithTheirOrigins) {
  const auto tokens = marked_tokens(0, {0, 2, 3, 3, 6});
  const auto rows = rows_of(tokens, 1, 4);
  EXPECT_THAT(marks(rows), ElementsAreArray({2.0, 3.0, 4.0, 5.0}));
  EXPECT_THAT(origin_marks(rows), ElementsAreArray({2.0, 3.0, 4.0, 5.0}));
  EXPECT_TRUE(same_bits(rows.offsets, whole_numbers({0, 1, 1, 4})));
  EXPECT_EQ(rows_of(tokens, 2, 3).values.size(0), 0);
}

TEST(Select, RefusesWhatIsNoFlagPerToken) {
  const auto tokens = marked_tokens(0, {0, 2});
  EXPECT_THAT(message_of<TypeError>([&] {
                (void)select(tokens, whole_numbers({1, 0}));
              }),
              HasSubstr("keep: expected bool, found Long"));
  EXPECT_THAT(message_of<ShapeError>([&] { (void)select(tokens, whole_numbers({1}).to(at::kBool)); }),
              HasSubstr("keep: expected [N] = [2], found [1]"));
}

TEST(Origins, NameInputAndPlaceThroughANetwork) {
  const NetworkPlan plan;
  const auto network = build(plan);
  const auto hidden = network.hidden(encode_rows(plan, {1, 0}, /*places=*/true), {});
  ASSERT_NE(hidden.tokens().origins, nullptr);
  std::vector<std::pair<int32_t, int32_t>> found;
  for (const auto& origin : *hidden.tokens().origins) found.emplace_back(origin.input, origin.place.begin);
  const std::vector<std::pair<int32_t, int32_t>> expected = {{0, 100}, {1, 0}, {1, 1}, {1, 2}, {0, 0},
                                                             {0, 1},   {0, 2}, {1, 0}, {1, 1}, {1, 2}};
  EXPECT_THAT(found, ElementsAreArray(expected));
  EXPECT_EQ(network.hidden(encode_rows(plan, {1, 0}), {}).tokens().origins, nullptr);
}

}  // namespace
}  // namespace attune
