// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace attune {

/// How cells are told apart.
struct Dialect {
  char delimiter = ',';
  bool quotes = true;  ///< a cell may stand in double quotes (RFC 4180)
};

enum class QuoteFault {
  kNone,
  kUnterminated,    ///< the text ends inside quotes
  kTextAfterQuote,  ///< something other than a delimiter or a line's end follows the closing quote
};

/// One cell as it stands in the text.
struct Field {
  std::string_view content;  ///< without the quotes around it
  bool doubled = false;      ///< contains doubled quotes
  bool ends_row = false;
  QuoteFault fault = QuoteFault::kNone;
};

/// Runs over delimited text cell by cell. Rows end with LF or CRLF, or with the text; a CR alone is data. Unquoted
/// cells are searched eight bytes at a time. In the header because the pass over a whole file is this loop.
class FieldScanner {
 public:
  FieldScanner(std::string_view text, Dialect dialect, size_t position = 0)
      : at_(text.data() + position), begin_(text.data()), end_(text.data() + text.size()), dialect_(dialect) {}

  [[nodiscard]] bool at_end() const { return at_ == end_; }
  [[nodiscard]] size_t position() const { return static_cast<size_t>(at_ - begin_); }

  void skip_blank_lines() {
    while (at_ != end_) {
      const char* p = at_ + (*at_ == '\r' ? 1 : 0);
      if (p == end_ || *p != '\n') return;
      at_ = p + 1;
    }
  }

  /// The next cell. At the end of the text it is an empty one that ends its row (after a delimiter at the very end).
  Field next() {
    if (dialect_.quotes && at_ != end_ && *at_ == '"') return quoted();
    return unquoted();
  }

 private:
  Field unquoted() {
    const char* const begin = at_;
    const char* const stop = find_end(begin);
    Field field{{begin, static_cast<size_t>(stop - begin)}};
    finish(stop, field);
    if (field.ends_row && stop != end_ && field.content.ends_with('\r')) field.content.remove_suffix(1);
    return field;
  }

  Field quoted() {
    const char* const begin = at_ + 1;
    Field field;
    const char* quote = find_quote(begin);
    while (quote != nullptr && quote + 1 != end_ && quote[1] == '"') {
      field.doubled = true;
      quote = find_quote(quote + 2);
    }
    const char* const close = quote == nullptr ? end_ : quote;
    field.content = {begin, static_cast<size_t>(close - begin)};
    if (quote == nullptr) {
      field.fault = QuoteFault::kUnterminated;
      finish(end_, field);
      return field;
    }
    const char* const stop = find_end(close + 1);
    finish(stop, field);
    const bool only_carriage_return = field.ends_row && stop != end_ && stop == close + 2 && close[1] == '\r';
    if (stop != close + 1 && !only_carriage_return) field.fault = QuoteFault::kTextAfterQuote;
    return field;
  }

  void finish(const char* stop, Field& field) {
    field.ends_row = stop == end_ || *stop == '\n';
    at_ = stop == end_ ? end_ : stop + 1;
  }

  [[nodiscard]] const char* find_quote(const char* from) const {
    return static_cast<const char*>(std::memchr(from, '"', static_cast<size_t>(end_ - from)));
  }

  /// The delimiter or line feed at or after `p`, or the end of the text.
  [[nodiscard]] const char* find_end(const char* p) const {
    if constexpr (std::endian::native == std::endian::little) {
      for (; end_ - p >= 8; p += 8) {
        const auto found = zero_bytes(load(p) ^ repeat(dialect_.delimiter)) | zero_bytes(load(p) ^ repeat('\n'));
        if (found != 0) return p + std::countr_zero(found) / 8;
      }
    }
    while (p != end_ && *p != dialect_.delimiter && *p != '\n') ++p;
    return p;
  }

  static uint64_t load(const char* p) {
    uint64_t word;
    std::memcpy(&word, p, sizeof word);
    return word;
  }
  static constexpr uint64_t repeat(char byte) { return 0x0101010101010101 * static_cast<unsigned char>(byte); }
  /// The high bit of every byte that is zero, exact up to and including the first one: only bytes above it may be
  /// wrong.
  static constexpr uint64_t zero_bytes(uint64_t word) {
    return (word - 0x0101010101010101) & ~word & 0x8080808080808080;
  }

  const char* at_;
  const char* begin_;
  const char* end_;
  Dialect dialect_;
};

}  // namespace attune
