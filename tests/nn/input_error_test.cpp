// SPDX-License-Identifier: Apache-2.0
// Inputs that do not fit the network, and how the refusal reads.
#include <ATen/TensorOperators.h>
#include <gmock/gmock.h>

#include "attune/core/error.hpp"
#include "small_network.hpp"
#include "tensor_checks.hpp"

namespace attune {
namespace {

using ::testing::HasSubstr;

/// Input 0: ids to 10, further ids to 6. Input 1: three scalars.
class Inputs : public ::testing::Test {
 protected:
  template <class E>
  std::string refusal() {
    return message_of<E>([&] { (void)scores_of(network_, inputs_); });
  }
  IdsInput& ids() { return std::get<IdsInput>(inputs_[0].encoding); }
  Tensor& scalars() { return std::get<ScalarsInput>(inputs_[1].encoding).values; }

  const NetworkPlan plan_;
  const Network network_ = build(plan_);
  std::vector<NetworkInput> inputs_ = encode_rows(plan_, {0, 3});  // 3 + 5 tokens
};

TEST_F(Inputs, AsManyAsEmbedders) {
  inputs_.pop_back();
  EXPECT_EQ(refusal<ShapeError>(), "inputs: expected 2, found 1");
}

TEST_F(Inputs, OfTheKindOfTheirEmbedder) {
  inputs_ = {inputs_[1], inputs_[0]};
  EXPECT_EQ(refusal<TypeError>(), "input.0: expected ids, found numbers");
  inputs_[0] = inputs_[1];
  EXPECT_EQ(refusal<TypeError>(), "input.1: expected numbers, found ids");
}

TEST_F(Inputs, OfTheSameRows) {
  scalars() = scalars().slice(0, 0, 1);
  EXPECT_EQ(refusal<ShapeError>(), "input.1: expected 2 rows as input.0, found 1");
}

TEST_F(Inputs, IdsInRange) {
  ids().ids[4] = 11;
  EXPECT_EQ(refusal<UsageError>(), "input.0: expected ids from 0 to 10, found 11");
  ids().ids[4] = -1;
  EXPECT_EQ(refusal<UsageError>(), "input.0: expected ids from 0 to 10, found -1");
}

TEST_F(Inputs, FurtherIdsInRange) {
  ASSERT_GT(ids().further.size(0), 0);
  ids().further[0] = 7;
  EXPECT_EQ(refusal<UsageError>(), "input.0, further: expected ids from 0 to 6, found 7");
}

TEST_F(Inputs, FurtherIdsForEveryToken) {
  ids().further_offsets = whole_numbers({0, ids().further.size(0)});
  EXPECT_EQ(refusal<ShapeError>(), "input.0, further_offsets: expected [N+1] = [9], found [2]");
}

TEST_F(Inputs, FurtherIdsOnlyWhereThereIsATable) {
  NetworkPlan plan;
  plan.ids[0].further = 0;
  EXPECT_EQ(message_of<UsageError>([&] { (void)scores_of(build(plan), inputs_); }),
            "input.0: found further ids, but the description says further = 0");
}

TEST_F(Inputs, IdsOfTheRightType) {
  ids().ids = ids().ids.to(at::kInt);
  EXPECT_EQ(refusal<TypeError>(), "input.0: expected int64 ids");
  ids().ids = Tensor();
  EXPECT_EQ(refusal<TypeError>(), "input.0: expected int64 ids");
}

TEST_F(Inputs, OffsetsThatEndAtTheTokens) {
  ids().offsets = whole_numbers({0, 3, 7});
  EXPECT_THAT(refusal<ShapeError>(), HasSubstr("offsets: end at 7, but there are 8 tokens"));
}

TEST_F(Inputs, AsManyNumbersAsColumns) {
  scalars() = scalars().slice(1, 0, 2);
  EXPECT_EQ(refusal<ShapeError>(), "input.1: expected 3 numbers a row, found [2, 2]");
  scalars() = whole_numbers({1, 2, 3, 4, 5, 6}).view({2, 3});
  EXPECT_EQ(refusal<TypeError>(), "input.1: expected a floating type, found Long");
}

TEST_F(Inputs, APlaceForEveryToken) {
  inputs_[0].places = std::make_shared<std::vector<Place>>(7);
  EXPECT_EQ(refusal<ShapeError>(), "input.0: expected a place for each of the 8 tokens, found 7");
}

}  // namespace
}  // namespace attune
