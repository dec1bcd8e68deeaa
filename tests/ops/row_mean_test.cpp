// SPDX-License-Identifier: Apache-2.0
#include "attune/ops/row_mean.hpp"

#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

#include "attune/core/error.hpp"
#include "operator_problem.hpp"
#include "thrown_message.hpp"

namespace attune::testing {
namespace {

using ::testing::ElementsAre;

std::vector<double> numbers(const Tensor& tensor) {
  const auto flat = tensor.to(at::kDouble).contiguous();
  return {flat.const_data_ptr<double>(), flat.const_data_ptr<double>() + flat.numel()};
}

TEST(RowMean, IsTheMeanOfEachRowsTokens) {
  const auto tokens = tensor_of({1, 10, 3, 30, 8, 80, 5, 50, 2, 20, 5, 50}, {6, 2});
  const auto offsets = offsets_tensor({2, 0, 3, 1});
  for (const auto type : {at::kDouble, at::kFloat}) {
    EXPECT_THAT(numbers(row_mean(tokens.to(type), offsets)), ElementsAre(2, 20, 0, 0, 5, 50, 5, 50));
  }
}

TEST(RowMean, ReadsAnyStrides) {
  const auto columns = tensor_of({1, 2, 3, 10, 20, 30}, {2, 3}).transpose(0, 1);  // tokens (1, 10), (2, 20), (3, 30)
  EXPECT_THAT(numbers(row_mean(columns, offsets_tensor({3}))), ElementsAre(2, 20));
}

TEST(RowMean, OfNothing) {
  EXPECT_EQ(row_mean(at::zeros({0, 4}), offsets_tensor({})).sizes(), (std::vector<int64_t>{0, 4}));
  EXPECT_THAT(numbers(row_mean(at::zeros({0, 2}), offsets_tensor({0, 0}))), ElementsAre(0, 0, 0, 0));
}

TEST(RowMean, RefusesWhatItCannotRead) {
  EXPECT_EQ(thrown_message<ShapeError>([] { (void)row_mean(at::zeros({4}), offsets_tensor({4})); }),
            "packed: expected [N, W], found [4]");
  EXPECT_EQ(thrown_message<ShapeError>([] {
              (void)row_mean(at::zeros({4, 1}), offsets_tensor({3}));
            }),
            "offsets: end at 3, but there are 4 tokens");
  EXPECT_EQ(thrown_message<TypeError>([] {
              (void)row_mean(at::zeros({4, 1}, at::kLong), offsets_tensor({4}));
            }),
            "packed: expected float32 or float64, found Long");
}

}  // namespace
}  // namespace attune::testing
