// SPDX-License-Identifier: Apache-2.0
#include "attune/data/fingerprint.hpp"

#include <string_view>

#include "attune/core/sha256.hpp"

namespace attune {
namespace {

constexpr size_t kPieceBytes = size_t{1} << 16;

/// Hashes strings, each preceded by its length in eight little-endian bytes, so that no two lists of strings are alike.
class StringsHash {
 public:
  void add(std::string_view text) {
    for (int shift = 0; shift < 64; shift += 8) piece_ += static_cast<char>((uint64_t{text.size()} >> shift) & 0xFF);
    piece_ += text;
    if (piece_.size() >= kPieceBytes) flush();
  }

  std::string hex() {
    flush();
    return hash_.hex();
  }

 private:
  void flush() {
    hash_.update(piece_);
    piece_.clear();
  }

  Sha256 hash_;
  std::string piece_;
};

}  // namespace

Json fingerprint(const Table& table) {
  StringsHash hash;
  for (const auto& name : table.names()) hash.add(name);
  Row row;
  for (int64_t i = 0; i < table.rows(); ++i) {
    table.read(i, row);
    for (int column = 0; column < row.size(); ++column) hash.add(row[column]);
  }
  return {{"name", table.name()}, {"rows", table.rows()}, {"columns", table.names()}, {"sha256", hash.hex()}};
}

bool has_fingerprint(const Table& table, const Json& print) {
  return print.value("rows", int64_t{-1}) == table.rows() && print.value("columns", Json()) == Json(table.names()) &&
         print.value("sha256", Json()) == fingerprint(table).at("sha256");
}

}  // namespace attune
