// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <cmath>
#include <cstring>

#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "vectors/vector_file.hpp"

namespace attune {
namespace {

static_assert(std::endian::native == std::endian::little, "word2vec's binary form is little-endian");

constexpr size_t kLongestWord = 4096;  // bytes; word2vec itself writes at most 2000

/// Words, each followed by a blank and float32 numbers; word2vec puts a line end behind them, gensim does not.
class BinaryVectors final : public VectorFile {
 public:
  BinaryVectors(std::string file, VectorHeader header, KeptWords& kept)
      : file_(std::move(file)), header_(header), kept_(kept), numbers_(static_cast<size_t>(header.width)) {}

  [[nodiscard]] std::string format() const override { return "word2vec binary"; }
  [[nodiscard]] int64_t width() const override { return header_.width; }

  size_t take(std::string_view bytes, bool last) override {
    size_t at = 0;
    while (const auto size = take_entry(bytes.substr(at))) at += size;
    if (last && at < bytes.size()) fail_truncated();
    return at;
  }

  [[nodiscard]] std::string finish() override {
    if (kept_.words() < header_.words) fail_truncated();
    return {};
  }

 private:
  /// Returns its bytes; 0 when it is not there as a whole.
  size_t take_entry(std::string_view bytes) {
    const auto begin = bytes.find_first_not_of('\n');
    if (begin == std::string_view::npos) return bytes.size();
    if (kept_.words() == header_.words) {
      fail("found more than the " + counted(header_.words, "word") + " that the first line promises");
    }
    const auto blank = bytes.find(' ', begin);
    if (blank == std::string_view::npos ? bytes.size() - begin > kLongestWord : blank - begin > kLongestWord) {
      fail(
          "expected a word and a blank within 4,096 bytes, found none; the file is not word2vec's binary form, or "
          "altered");
    }
    const auto size = numbers_.size() * sizeof(float);
    if (blank == std::string_view::npos || bytes.size() - blank - 1 < size) return 0;
    std::memcpy(numbers_.data(), bytes.data() + blank + 1, size);
    check_numbers();
    kept_.add(bytes.substr(begin, blank - begin), numbers_);
    return blank + 1 + size;
  }

  void check_numbers() const {
    for (size_t i = 0; i < numbers_.size(); ++i) {
      if (std::isfinite(numbers_[i])) continue;
      throw InputError(place() + ", number " + std::to_string(i + 1) + ": expected a finite number, found " +
                       std::to_string(numbers_[i]));
    }
  }

  [[noreturn]] void fail_truncated() const {
    fail("expected " + counted(header_.words, "word") +
         " as line 1 says, found the end of the file; it is truncated: "
         "fetch or write it again");
  }
  [[noreturn]] void fail(const std::string& what) const { throw InputError(place() + ": " + what); }
  std::string place() const { return file_ + ", word " + std::to_string(kept_.words() + 1); }

  std::string file_;
  VectorHeader header_;
  KeptWords& kept_;
  std::vector<float> numbers_;  // of the word being read, [width]
};

}  // namespace

std::unique_ptr<VectorFile> make_binary_vectors(std::string file, VectorHeader header, KeptWords& kept) {
  return std::make_unique<BinaryVectors>(std::move(file), header, kept);
}

}  // namespace attune
