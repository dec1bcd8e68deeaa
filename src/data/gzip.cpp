// SPDX-License-Identifier: Apache-2.0
#include "gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>
#include <utility>
#include <vector>

#include "attune/core/error.hpp"

namespace attune {
namespace {

constexpr size_t kPieceBytes = size_t{1} << 18;
constexpr size_t kMagicBytes = 2;
constexpr int kGzipWindow = 15 + 16;  // largest window; 16: expect a gzip header and check its trailer

bool only_zeros(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char byte) { return byte == 0; });
}

}  // namespace

class GzipReader::State {
 public:
  State(std::string file, ByteSink sink) : file_(std::move(file)), sink_(std::move(sink)), piece_(kPieceBytes) {
    if (inflateInit2(&stream_, kGzipWindow) != Z_OK) throw std::bad_alloc();
  }
  ~State() { inflateEnd(&stream_); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void take(std::string_view bytes) {
    while (!bytes.empty()) {
      switch (part_) {
        case Part::kMember:
          bytes = inflate_some(bytes);
          break;
        case Part::kBetween:
          bytes = look_for_member(bytes);
          break;
        case Part::kPadding:
          take_padding(std::exchange(bytes, {}));
          break;
      }
    }
  }

  void finish() {
    if (part_ == Part::kMember) {
      throw InputError(file_ + ": the gzip data is truncated; fetch or write the file again");
    }
    take_padding(head_);
    if (padded_with_zeros_) return;
    throw InputError(file_ + ": the gzip data is corrupt (" + std::to_string(padding_) +
                     " bytes after its end that are not gzip); fetch or write the file again");
  }

 private:
  enum class Part { kMember, kBetween, kPadding };

  /// Decompresses until the bytes or the member end, and returns what is left.
  std::string_view inflate_some(std::string_view bytes) {
    do {
      const int status = step(bytes);
      if (status != Z_STREAM_END) continue;
      part_ = Part::kBetween;
      return bytes;
    } while (!bytes.empty() || stream_.avail_out == 0);
    return bytes;
  }

  int step(std::string_view& bytes) {
    const auto given = std::min<size_t>(bytes.size(), std::numeric_limits<uInt>::max());
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib reads only
    stream_.avail_in = static_cast<uInt>(given);
    stream_.next_out = piece_.data();
    stream_.avail_out = static_cast<uInt>(piece_.size());
    const int status = inflate(&stream_, Z_NO_FLUSH);
    bytes.remove_prefix(given - stream_.avail_in);
    // Z_BUF_ERROR: nothing was left to do with what had been given, and more may come.
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) fail();
    const auto size = piece_.size() - stream_.avail_out;
    if (size > 0) sink_({reinterpret_cast<const char*>(piece_.data()), size});
    return status;
  }

  /// Two bytes tell whether another member follows; a piece may end between them.
  std::string_view look_for_member(std::string_view bytes) {
    const auto wanted = std::min(bytes.size(), kMagicBytes - head_.size());
    head_ += bytes.substr(0, wanted);
    if (head_.size() < kMagicBytes) return {};
    const auto head = std::exchange(head_, {});
    if (is_gzip(head)) {
      inflateReset(&stream_);
      part_ = Part::kMember;
      (void)inflate_some(head);
    } else {
      part_ = Part::kPadding;
      take_padding(head);
    }
    return bytes.substr(wanted);
  }

  void take_padding(std::string_view bytes) {
    padding_ += bytes.size();
    padded_with_zeros_ = padded_with_zeros_ && only_zeros(bytes);
  }

  [[noreturn]] void fail() const {
    throw InputError(file_ + ": the gzip data is corrupt (" + (stream_.msg == nullptr ? "error" : stream_.msg) +
                     "); fetch or write the file again");
  }

  std::string file_;
  ByteSink sink_;
  z_stream stream_{};
  std::vector<Bytef> piece_;
  Part part_ = Part::kMember;
  std::string head_;  // of what follows a member
  size_t padding_ = 0;
  bool padded_with_zeros_ = true;
};

GzipReader::GzipReader(std::string file, ByteSink sink)
    : state_(std::make_unique<State>(std::move(file), std::move(sink))) {}
GzipReader::~GzipReader() = default;
void GzipReader::take(std::string_view bytes) { state_->take(bytes); }
void GzipReader::finish() { state_->finish(); }

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

void inflate_gzip(std::string_view bytes, const std::string& file, const ByteSink& sink) {
  GzipReader reader(file, sink);
  reader.take(bytes);
  reader.finish();
}

}  // namespace attune
