// SPDX-License-Identifier: Apache-2.0
#include "attune/ops/packing.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

#include <limits>

#include "attune/core/error.hpp"
#include "attune/ops/neighbours.hpp"
#include "expect_close.hpp"
#include "operator_problem.hpp"
#include "thrown_message.hpp"

namespace attune::testing {
namespace {

using ::testing::ElementsAre;

const std::vector<int64_t> kLengths[] = {{}, {0}, {1}, {3, 3}, {0, 2, 5, 0, 1}};

Tensor integers(std::initializer_list<int64_t> numbers) {
  return tensor_of(std::vector<double>(numbers.begin(), numbers.end()), {static_cast<int64_t>(numbers.size())})
      .to(at::kLong);
}

TEST(Packing, OffsetsAreReadAsTheyAre) {
  const auto offsets = offsets_tensor({0, 2, 5});
  EXPECT_THAT(offsets_view(offsets, 7), ElementsAre(0, 0, 2, 7));
  EXPECT_EQ(longest_row(offsets_view(offsets)), 5);
  EXPECT_EQ(longest_row(offsets_view(offsets_tensor({}))), 0);
}

TEST(Packing, OffsetsThatAreNone) {
  const auto shape_message = [](const Tensor& offsets, int64_t tokens = -1) {
    return thrown_message<ShapeError>([&] { (void)offsets_view(offsets, tokens, "key_offsets"); });
  };
  EXPECT_EQ(shape_message(integers({1, 2})),
            "key_offsets: expected to begin with 0 and never to descend, found 1 at 0");
  EXPECT_EQ(shape_message(integers({0, 3, 2})),
            "key_offsets: expected to begin with 0 and never to descend, found 2 at 2");
  EXPECT_EQ(shape_message(integers({})), "key_offsets: expected [B+1], contiguous, found [0] with strides [1]");
  EXPECT_EQ(shape_message(at::zeros({2, 2}, at::kLong)),
            "key_offsets: expected [B+1], contiguous, found [2, 2] with strides [2, 1]");
  EXPECT_EQ(shape_message(at::zeros({2, 2}, at::kLong).select(1, 0)),
            "key_offsets: expected [B+1], contiguous, found [2] with strides [2]");
  EXPECT_EQ(shape_message(integers({0, 3}), 4), "key_offsets: end at 3, but there are 4 tokens");
  for (const auto& [offsets, found] :
       {std::pair<Tensor, const char*>{Tensor(), "nothing"},
        {at::zeros({2}, at::kInt), "CPUIntType on cpu"},
        {at::empty({2}, at::TensorOptions(at::kLong).device(at::kMeta)), "MetaLongType on meta"}}) {
    EXPECT_EQ(thrown_message<TypeError>([&, &offsets = offsets] { (void)offsets_view(offsets); }),
              std::string("offsets: expected an int64 tensor [B+1] on the CPU, found ") + found);
  }
}

TEST(Packing, PaddingAndBack) {
  for (const auto& lengths : kLengths) {
    for (const auto type : {at::kDouble, at::kFloat, at::kLong}) {
      const auto offsets = offsets_tensor(lengths);
      const auto rows = offsets_view(offsets);
      for (const std::vector<int64_t>& rest : {std::vector<int64_t>{}, {3}, {2, 4}}) {
        std::vector<int64_t> shape = {rows.back()};
        shape.insert(shape.end(), rest.begin(), rest.end());
        const auto packed = (random_tensor(shape, 1) * 1000).to(type);
        const auto padded = pad_rows(packed, offsets);
        ASSERT_EQ(padded.size(0), static_cast<int64_t>(lengths.size()));
        ASSERT_EQ(padded.size(1), longest_row(rows));
        for (size_t b = 0; b < lengths.size(); ++b) {
          const auto row = padded.select(0, static_cast<int64_t>(b));
          expect_same("row", row.slice(0, 0, lengths[b]), packed.slice(0, rows[b], rows[b + 1]));
          EXPECT_TRUE(row.slice(0, lengths[b]).eq(0).all().item<bool>());
        }
        expect_same("packed again", unpad_rows(padded, offsets), packed);
      }
    }
  }
}

TEST(Packing, HeadsLieApart) {
  for (const auto& lengths : kLengths) {
    const auto offsets = offsets_tensor(lengths);
    const int64_t tokens = offsets_view(offsets).back();
    for (const std::vector<int64_t>& shape : {std::vector<int64_t>{tokens, 3, 4}, {tokens, 1, 2}, {tokens, 2}}) {
      const auto packed = random_tensor(shape, 1);
      const auto padded = pad_heads(packed, offsets);
      expect_same("padded", padded, pad_rows(packed, offsets).transpose(1, 2).contiguous());
      expect_same("packed again", unpad_heads(padded, offsets), packed);
    }
  }
  const auto offsets = offsets_tensor({2, 0, 3});
  auto roomy = random_tensor({3, 7, 2, 4}, 2).transpose(1, 2);  // [B, H, 7, 4], longer than any row, strided
  expect_same("roomy", unpad_heads(roomy, offsets), unpad_rows(roomy.transpose(1, 2), offsets));
}

TEST(Packing, HeadsThatDoNotFit) {
  const auto offsets = offsets_tensor({2, 0, 3});
  const auto message = [](const auto& call) { return thrown_message<ShapeError>([&] { (void)call(); }); };
  EXPECT_EQ(message([&] { return pad_heads(at::zeros({5}), offsets); }), "packed: expected [N, H, ..], found [5]");
  EXPECT_EQ(message([&] {
              return pad_heads(at::zeros({4, 2}), offsets);
            }),
            "offsets: end at 5, but there are 4 tokens");
  EXPECT_EQ(message([&] {
              return unpad_heads(at::zeros({3, 3}), offsets);
            }),
            "padded: expected [B, H, T, ..], found [3, 3]");
  EXPECT_EQ(message([&] {
              return unpad_heads(at::zeros({3, 4, 2}), offsets);
            }),
            "padded: expected [B, H, T, ..] with B = 3 and T >= 3, found [3, 4, 2]");
}

TEST(Packing, AnyStridesAndAnyNumbersInThePadding) {
  const auto offsets = offsets_tensor({2, 0, 3});
  const auto packed = random_tensor({4, 5}, 1).transpose(0, 1);
  expect_same("strided", unpad_rows(pad_rows(packed, offsets), offsets), packed.contiguous());
  auto padded = random_tensor({7, 3, 4}, 2).transpose(0, 1);  // [B, 7, 4], longer than any row
  padded.select(0, 1).fill_(std::numeric_limits<double>::quiet_NaN());
  padded.select(0, 0).slice(0, 2).fill_(std::numeric_limits<double>::quiet_NaN());
  const auto unpadded = unpad_rows(padded, offsets);
  expect_same("row 0", unpadded.slice(0, 0, 2), padded.select(0, 0).slice(0, 0, 2).contiguous());
  expect_same("row 2", unpadded.slice(0, 2), padded.select(0, 2).slice(0, 0, 3).contiguous());
}

TEST(Packing, NeighboursByANaiveLoop) {
  for (const auto& lengths : kLengths) {
    for (const int64_t reach : {1, 3, 7}) {
      const auto rows = offsets_of(lengths);
      const auto packed = random_tensor({2, rows.back()}, 1).transpose(0, 1);
      auto expected = at::zeros({rows.back(), reach, 2}, at::kDouble);
      for (size_t b = 0; b < lengths.size(); ++b) {
        for (int64_t i = rows[b]; i < rows[b + 1]; ++i) {
          for (int64_t n = 0; n < reach; ++n) {
            const int64_t from = i + n - reach / 2;
            if (from >= rows[b] && from < rows[b + 1]) expected[i][n].copy_(packed[from]);
          }
        }
      }
      const auto gathered = gather_neighbours(packed, offsets_tensor(lengths), reach);
      expect_same("reach " + std::to_string(reach), gathered, expected.flatten(1));
    }
  }
}

TEST(Packing, TakesTokensInAnyOrder) {
  const auto packed = random_tensor({5, 3}, 1), index = integers({4, 0, 0, 2});
  const auto taken = take_tokens(packed, index);
  ASSERT_EQ(taken.size(0), 4);
  for (int64_t m = 0; m < 4; ++m) expect_same("token", taken[m], packed[index[m].item<int64_t>()]);
  expect_same("with heads", take_tokens(packed.unsqueeze(-1), index), taken.unsqueeze(-1));
  EXPECT_EQ(take_tokens(packed, integers({})).size(0), 0);
}

TEST(Packing, SaysWhatIsWrong) {
  const auto offsets = offsets_tensor({2, 3});
  const auto packed = at::zeros({5, 4}), elsewhere = at::empty({5, 4}, at::Device(at::kMeta));
  const auto shape = [](auto action) { return thrown_message<ShapeError>([&] { (void)action(); }); };
  const auto type = [](auto action) { return thrown_message<TypeError>([&] { (void)action(); }); };
  const auto usage = [](auto action) { return thrown_message<UsageError>([&] { (void)action(); }); };
  EXPECT_EQ(shape([&] { return pad_rows({}, offsets); }), "packed: missing, expected [N, ..]");
  EXPECT_EQ(shape([&] { return pad_rows(at::zeros({}), offsets); }), "packed: expected [N, ..], found []");
  EXPECT_EQ(shape([&] { return pad_rows(at::zeros({4}), offsets); }), "offsets: end at 5, but there are 4 tokens");
  EXPECT_EQ(type([&] { return pad_rows(elsewhere, offsets); }),
            "packed: expected a tensor on the CPU, found one on meta");
  EXPECT_EQ(shape([&] { return unpad_rows(packed, offsets); }),
            "padded: expected [B, T, ..] with B = 2 and T >= 3, found [5, 4]");
  EXPECT_EQ(shape([&] {
              return unpad_rows(at::zeros({2, 2}), offsets);
            }),
            "padded: expected [B, T, ..] with B = 2 and T >= 3, found [2, 2]");
  EXPECT_EQ(shape([&] { return unpad_rows(at::zeros({2}), offsets); }), "padded: expected [B, T, ..], found [2]");
  EXPECT_EQ(usage([&] { return gather_neighbours(packed, offsets, 2); }),
            "reach: expected an odd number of tokens, found 2");
  EXPECT_EQ(usage([&] { return gather_neighbours(packed, offsets, -1); }),
            "reach: expected an odd number of tokens, found -1");
  EXPECT_EQ(shape([&] {
              return gather_neighbours(at::zeros({5, 4, 1}), offsets, 3);
            }),
            "packed: expected [N, W], found [5, 4, 1]");
  EXPECT_EQ(type([&] { return gather_neighbours(packed.to(at::kHalf), offsets, 3); }),
            "packed: expected float32 or float64, found Half");
  EXPECT_EQ(type([&] { return take_tokens(packed, at::zeros({2})); }), "index: expected an int64 tensor on the CPU");
  EXPECT_EQ(shape([&] {
              return take_tokens(packed, at::zeros({2, 2}, at::kLong));
            }),
            "index: expected [M], found [2, 2]");
  for (const int64_t wrong : {-1, 5}) {
    EXPECT_EQ(usage([&] {
                return take_tokens(packed, integers({0, wrong}));
              }),
              "index: expected token numbers of the 5 tokens, found " + std::to_string(wrong));
  }
}

}  // namespace
}  // namespace attune::testing
