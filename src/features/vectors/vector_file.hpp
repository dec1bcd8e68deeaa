// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "vectors/kept_words.hpp"

namespace attune {

/// A line or a word longer than this is none.
constexpr size_t kLongestLine = size_t{1} << 20;

/// What a first line `400000 300` says.
struct VectorHeader {
  int64_t words = 0;
  int64_t width = 0;
};

/// A file of word vectors in one of the formats, taken in pieces. Errors are InputErrors that name file and place.
class VectorFile {
 public:
  virtual ~VectorFile() = default;
  [[nodiscard]] virtual std::string format() const = 0;
  /// Takes whole entries from the front of the bytes and returns how many bytes they had. @param last nothing follows
  virtual size_t take(std::string_view bytes, bool last) = 0;
  /// Called when all is taken. Returns what a person should know, or nothing.
  [[nodiscard]] virtual std::string finish() = 0;
  [[nodiscard]] virtual int64_t width() const = 0;
};

/// Lines of a word and its numbers; with a header, which is the file's first line and taken already.
[[nodiscard]] std::unique_ptr<VectorFile> make_text_vectors(std::string file, std::optional<VectorHeader> header,
                                                            KeptWords& kept);
/// What follows the header of word2vec's binary form.
[[nodiscard]] std::unique_ptr<VectorFile> make_binary_vectors(std::string file, VectorHeader header, KeptWords& kept);

/// The first line as a header: two whole numbers. @throws InputError when they are too large.
[[nodiscard]] std::optional<VectorHeader> parse_header(std::string_view line, const std::string& file);

/// @throws InputError when `width` is not from 1 to kWidestVector; `where` is file and line.
void check_width(int64_t width, const std::string& where);

/// Recognises the format and takes the rest as it. Null while the bytes are too few to tell; else `used` is how many of
/// them are done with.
[[nodiscard]] std::unique_ptr<VectorFile> recognise_vectors(const std::string& file, std::string_view bytes, bool last,
                                                            KeptWords& kept, size_t& used);

}  // namespace attune
