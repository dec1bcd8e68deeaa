// SPDX-License-Identifier: Apache-2.0
#include "mutation.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <string_view>

namespace attune::fuzz {
namespace {

/// Bytes and words that formats give a meaning to, and numbers at the edge of what is representable.
constexpr std::array<std::string_view, 22> kTelling = {std::string_view("\0", 1),
                                                       "\n",
                                                       "\r\n",
                                                       "\"",
                                                       ",",
                                                       "\t",
                                                       "{",
                                                       "[",
                                                       "\\u0000",
                                                       "\xEF\xBB\xBF",
                                                       "\xFF",
                                                       "\xED\xA0\x80",
                                                       "-1",
                                                       "0",
                                                       "18446744073709551616",
                                                       "9223372036854775807",
                                                       "2147483648",
                                                       "1e999",
                                                       "nan",
                                                       "null",
                                                       "\u200D",
                                                       "\u0301"};

class Change {
 public:
  Change(std::string& bytes, std::string_view other, std::mt19937_64& draw)
      : bytes_(bytes), other_(other), draw_(draw) {}

  void make() {
    switch (below(8)) {
      case 0:
        return flip_bit();
      case 1:
        return set_byte();
      case 2:
        return insert_telling();
      case 3:
        return replace_number();
      case 4:
        return erase_piece();
      case 5:
        return double_piece();
      case 6:
        return take_piece_of_other();
      default:
        return cut_off();
    }
  }

 private:
  size_t below(size_t end) { return end == 0 ? 0 : static_cast<size_t>(draw_() % end); }
  size_t length() { return 1 + below(std::min<size_t>(bytes_.size(), 64)); }
  std::string_view telling() { return kTelling[below(kTelling.size())]; }

  void flip_bit() {
    if (!bytes_.empty()) bytes_[below(bytes_.size())] ^= static_cast<char>(1 << below(8));
  }
  void set_byte() {
    if (!bytes_.empty()) bytes_[below(bytes_.size())] = static_cast<char>(draw_());
  }
  void insert_telling() { bytes_.insert(below(bytes_.size() + 1), telling()); }
  void replace_number() {
    const auto begin = bytes_.find_first_of("0123456789", below(bytes_.size() + 1));
    if (begin == std::string::npos) return insert_telling();
    const auto end = std::min(bytes_.find_first_not_of("0123456789", begin), bytes_.size());
    bytes_.replace(begin, end - begin, telling());
  }
  void erase_piece() { bytes_.erase(below(bytes_.size() + 1), length()); }
  void double_piece() {
    const auto piece = bytes_.substr(below(bytes_.size() + 1), length());
    bytes_.insert(below(bytes_.size() + 1), piece);
  }
  void take_piece_of_other() {
    bytes_.insert(below(bytes_.size() + 1), other_.substr(below(other_.size() + 1), length()));
  }
  void cut_off() { bytes_.resize(below(bytes_.size() + 1)); }

  std::string& bytes_;
  std::string_view other_;
  std::mt19937_64& draw_;
};

}  // namespace

std::string mutated(std::span<const std::string> files, uint64_t number) {
  std::mt19937_64 draw(number);
  auto bytes = files[draw() % files.size()];
  const auto& other = files[draw() % files.size()];
  for (auto changes = 1 + draw() % 4; changes > 0; --changes) Change(bytes, other, draw).make();
  return bytes;
}

}  // namespace attune::fuzz
