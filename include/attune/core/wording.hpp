// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace attune {

/// Numbers and texts as they stand in messages to people.

/// `12,345`
[[nodiscard]] std::string with_commas(int64_t number);

/// `1 row`, `12,345 rows`, `3 classes`. @param noun in the singular, of a plural in -s, or in -es after an s
[[nodiscard]] std::string counted(int64_t number, std::string_view noun);

/// `12.5 %`, `100 %`: a share, to one decimal.
[[nodiscard]] std::string percent(double share);

/// `a, b and c`. @param last what stands before the last one: "and", "or"
[[nodiscard]] std::string listed(const std::vector<std::string>& texts, std::string_view last = "and");

/// `"a", "b", "c" and 2 more`; with commas alone where there are at most `most`.
[[nodiscard]] std::string quoted_list(const std::vector<std::string>& texts, size_t most = 3);

/// At most `most` bytes of a UTF-8 text, cut between characters, and `..` behind them when there was more.
[[nodiscard]] std::string shortened(std::string_view text, size_t most);

}  // namespace attune
