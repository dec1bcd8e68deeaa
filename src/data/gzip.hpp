// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "attune/data/byte_stream.hpp"

namespace attune {

/// True when the bytes begin as a gzip member (RFC 1952).
[[nodiscard]] bool is_gzip(std::string_view bytes);

/// Decompresses gzip data that comes in pieces: all members; zero padding after the last one is allowed.
class GzipReader {
 public:
  /// @param file how the data is called in messages
  GzipReader(std::string file, ByteSink sink);
  ~GzipReader();
  GzipReader(const GzipReader&) = delete;
  GzipReader& operator=(const GzipReader&) = delete;

  /// @throws InputError naming the file: altered (checksum).
  void take(std::string_view bytes);
  /// Call once, when all has been taken. @throws InputError naming the file: truncated, or followed by something else.
  void finish();

 private:
  class State;
  std::unique_ptr<State> state_;
};

/// Decompresses data that is there as a whole. @throws InputError as GzipReader does.
void inflate_gzip(std::string_view bytes, const std::string& file, const ByteSink& sink);

}  // namespace attune
