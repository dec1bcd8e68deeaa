// SPDX-License-Identifier: Apache-2.0
// Kept encodings against encoding the same rows anew, for tables that fit, that fit in part and that do not.
#include "attune/model/encoded_rows.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <tuple>

#include "attune/core/error.hpp"
#include "attune/ops/threads.hpp"
#include "model_fixtures.hpp"

namespace attune::testing {
namespace {

using ::testing::StartsWith;

constexpr int64_t kRows = 5000;  // more than is encoded in one go
constexpr size_t kUnlimited = std::numeric_limits<size_t>::max();

Schema schema_with_ngrams() {
  auto schema = mixed_schema();
  schema.inputs.at(0).options = {{"unit", "words"}, {"ngrams_min", 2}, {"ngrams_max", 3}, {"ngram_rows", 64}};
  return schema;
}

/// Equal bits, also of missing numbers.
void expect_same_tensor(const Tensor& actual, const Tensor& expected) {
  ASSERT_EQ(actual.defined(), expected.defined());
  if (!expected.defined()) return;
  ASSERT_EQ(actual.sizes(), expected.sizes());
  ASSERT_EQ(actual.scalar_type(), expected.scalar_type());
  EXPECT_EQ(std::memcmp(actual.const_data_ptr(), expected.const_data_ptr(), expected.nbytes()), 0);
}

void expect_same_inputs(const std::vector<NetworkInput>& actual, const std::vector<NetworkInput>& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    SCOPED_TRACE("input " + std::to_string(i));
    EXPECT_EQ(actual[i].places, nullptr);
    if (const auto* ids = std::get_if<IdsInput>(&expected[i].encoding)) {
      const auto& found = std::get<IdsInput>(actual[i].encoding);
      expect_same_tensor(found.offsets, ids->offsets);
      expect_same_tensor(found.ids, ids->ids);
      expect_same_tensor(found.further_offsets, ids->further_offsets);
      expect_same_tensor(found.further, ids->further);
    } else {
      expect_same_tensor(std::get<ScalarsInput>(actual[i].encoding).values,
                         std::get<ScalarsInput>(expected[i].encoding).values);
    }
  }
}

TEST(EncodedRows, AreAsEncodedAnewWhateverIsKept) {
  const auto table = mixed_table(kRows);
  const auto model = fresh_model(*table, schema_with_ngrams());
  const auto columns = model.map_columns(*table, false);
  auto rows = rows_up_to(kRows);
  std::reverse(rows.begin(), rows.end());  // a position is not a row number
  for (const auto& [most_bytes, least, most] :
       {std::tuple{size_t{0}, int64_t{0}, int64_t{0}}, {size_t{300000}, 64, kRows - 64}, {kUnlimited, kRows, kRows}}) {
    for (const int threads : {1, 3}) {
      const EncodedRows encoded(model, *table, columns, rows, *make_executor(threads), most_bytes);
      EXPECT_GE(encoded.kept(), least);
      EXPECT_LE(encoded.kept(), most);
      EXPECT_LE(encoded.bytes(), most_bytes);
      EXPECT_EQ(encoded.bytes() > 0, encoded.kept() > 0);
      const std::vector<std::vector<int64_t>> all_positions = {{}, {0}, {kRows - 1, 0, 17, 17, 4095, 4096, 4097}};
      for (const auto& positions : all_positions) {
        std::vector<int64_t> numbers;
        for (const int64_t position : positions) numbers.push_back(rows[static_cast<size_t>(position)]);
        expect_same_inputs(encoded.take(*table, positions), model.encode(*table, columns, numbers));
      }
    }
  }
}

TEST(EncodedRows, OfNoRows) {
  const auto table = mixed_table(20);
  const auto model = fresh_model(*table);
  const EncodedRows encoded(model, *table, model.map_columns(*table, false), {}, *make_executor(1), kUnlimited);
  EXPECT_EQ(encoded.kept(), 0);
  expect_same_inputs(encoded.take(*table, {}), model.encode(*table, model.map_columns(*table, false), {}));
}

TEST(EncodedRows, NameFileAndRowOfABadCell) {
  const auto model = fresh_model(*mixed_table(12));
  auto cells = mixed_rows(12);
  cells.at(6).at(3) = "heavy";
  const auto table = make_table(mixed_columns(), cells, "new.csv");
  const auto columns = model.map_columns(*table, false);
  const std::string expected = "new.csv, row 7, column \"weight\": expected a number, found \"heavy\"";
  const auto encode = [&](size_t most_bytes) {
    return EncodedRows(model, *table, columns, rows_up_to(12), *make_executor(2), most_bytes);
  };
  EXPECT_THAT(message_of<InputError>([&] { (void)encode(kUnlimited); }), StartsWith(expected));
  const auto lazy = encode(0);
  EXPECT_THAT(message_of<InputError>([&] { (void)lazy.take(*table, std::vector<int64_t>{6}); }), StartsWith(expected));
}

}  // namespace
}  // namespace attune::testing
