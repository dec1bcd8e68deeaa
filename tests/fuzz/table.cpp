// SPDX-License-Identifier: Apache-2.0
//
// Tables: the first byte says how the rest, a file, is read.
#include <array>
#include <stdexcept>

#include "attune/data/table.hpp"
#include "fuzz_target.hpp"

namespace attune::fuzz {
namespace {

TableOptions options_of(unsigned char how) {
  static constexpr std::array<const char*, 4> kFormats = {"auto", "csv", "tsv", "jsonl"};
  static constexpr std::array<const char*, 4> kEncodings = {"utf-8", "utf-16", "latin1", "gb18030"};
  return {.format = kFormats[how % 4],
          .header = (how & 4) == 0,
          .encoding = kEncodings[(how >> 3) % 4],
          .skip_bad_rows = (how & 32) != 0};
}

}  // namespace

bool try_input(std::string_view bytes) {
  if (bytes.empty()) return false;
  const auto how = static_cast<unsigned char>(bytes.front());
  const auto path = as_file(bytes.substr(1), (how & 64) != 0 ? "table.gz" : "table");
  return refused_or([&] {
    const auto table = open_table(path, options_of(how));
    Row row;
    for (int64_t r = 0; r < table->rows(); ++r) {
      table->read(r, row);
      if (row.size() != table->columns()) throw std::logic_error("a row of another length");
    }
  });
}

}  // namespace attune::fuzz
