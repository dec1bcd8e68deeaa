// SPDX-License-Identifier: Apache-2.0
#include "gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>
#include <vector>

#include "attune/core/error.hpp"

namespace attune {
namespace {

constexpr size_t kPieceBytes = size_t{1} << 18;
constexpr int kGzipWindow = 15 + 16;  // largest window; 16: expect a gzip header and check its trailer

class Inflater {
 public:
  explicit Inflater(const std::string& file) : file_(file), piece_(kPieceBytes) {
    if (inflateInit2(&stream_, kGzipWindow) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Decompresses the member that `bytes` begins with and returns what follows it.
  std::string_view member(std::string_view bytes, const ByteSink& sink) {
    inflateReset(&stream_);
    for (int status = Z_OK; status != Z_STREAM_END;) status = step(bytes, sink);
    return bytes;
  }

 private:
  int step(std::string_view& bytes, const ByteSink& sink) {
    const auto given = std::min<size_t>(bytes.size(), std::numeric_limits<uInt>::max());
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib reads only
    stream_.avail_in = static_cast<uInt>(given);
    stream_.next_out = piece_.data();
    stream_.avail_out = static_cast<uInt>(piece_.size());
    const int status = inflate(&stream_, Z_NO_FLUSH);
    bytes.remove_prefix(given - stream_.avail_in);
    if (status != Z_OK && status != Z_STREAM_END) fail(status);
    sink({reinterpret_cast<const char*>(piece_.data()), piece_.size() - stream_.avail_out});
    return status;
  }

  [[noreturn]] void fail(int status) const {
    if (status == Z_BUF_ERROR) throw InputError(file_ + ": the gzip data is truncated; fetch or write the file again");
    throw InputError(file_ + ": the gzip data is corrupt (" + (stream_.msg == nullptr ? "error" : stream_.msg) +
                     "); fetch or write the file again");
  }

  const std::string& file_;
  z_stream stream_{};
  std::vector<Bytef> piece_;
};

bool only_zeros(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char byte) { return byte == 0; });
}

}  // namespace

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

void inflate_gzip(std::string_view bytes, const std::string& file, const ByteSink& sink) {
  Inflater inflater(file);
  do bytes = inflater.member(bytes, sink);
  while (is_gzip(bytes));
  if (only_zeros(bytes)) return;
  throw InputError(file + ": the gzip data is corrupt (" + std::to_string(bytes.size()) +
                   " bytes after its end that are not gzip); fetch or write the file again");
}

}  // namespace attune
