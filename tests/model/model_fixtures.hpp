// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "attune/model/model.hpp"
#include "support/message_of.hpp"

namespace attune::testing {

/// Rows of texts, a category and two numbers, with a class and a number to predict from them:
///
///     review           city    size   weight  grade            price
///     "poor the thing" Delft   1.5            bad, fair, good  numbers
///
/// Some reviews are empty and some weights are missing. A row depends on its number alone, so that tables of different
/// lengths agree where they overlap.
[[nodiscard]] std::shared_ptr<const Table> mixed_table(int64_t rows, const std::string& name = "mixed.csv");
[[nodiscard]] std::vector<std::vector<std::string>> mixed_rows(int64_t rows);
[[nodiscard]] const std::vector<std::string>& mixed_columns();

/// review as text, city as category, size and weight as numbers.
[[nodiscard]] Schema mixed_schema(const std::vector<std::string>& outputs = {"grade", "price"});

/// One block of width 8 with two heads, regularised as suits its size.
[[nodiscard]] ModelConfig small_config();

[[nodiscard]] std::vector<int64_t> rows_up_to(int64_t count);

/// A model fitted on all rows of the table, with fresh weights.
[[nodiscard]] Model fresh_model(const Table& table, const Schema& schema = mixed_schema(),
                                const ModelConfig& config = small_config(), uint64_t seed = 1);

/// The SHA-256 of names and bytes of all parameters.
[[nodiscard]] std::string tensor_digest(const Model& model);

/// Same numbers of rows and columns, not empty, same bits.
[[nodiscard]] ::testing::AssertionResult same_scores(const std::vector<Scores>& actual,
                                                     const std::vector<Scores>& expected);

/// How a case of a table with a `name` is called.
inline constexpr auto case_name = [](const auto& row) { return row.param.name; };

}  // namespace attune::testing
