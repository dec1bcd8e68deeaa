// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>

#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "vectors/blank_separated.hpp"
#include "vectors/vector_file.hpp"

namespace attune {
namespace {

[[noreturn]] void refuse_format(const std::string& file, const std::string& found) {
  throw InputError(file + ": expected word vectors, as text (GloVe, word2vec, fastText .vec) or in word2vec's binary " +
                   "form, found " + found);
}

void refuse_other_formats(const std::string& file, std::string_view bytes) {
  if (bytes.starts_with("PK\x03\x04")) refuse_format(file, "a zip archive; unpack it first");
  const auto line = bytes.substr(0, bytes.find('\n'));
  if (line.find('\0') != std::string_view::npos) {
    refuse_format(file, "binary data of another kind; write a fastText .bin or a saved object as .vec first");
  }
}

std::optional<int64_t> whole_number(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return {};
  return number;
}

bool is_printable(char c) { return (c >= ' ' && c <= '~') || c == '\t' || c == '\r'; }

/// Whether what follows the header is text: after the first word come numbers to be read by people. Four bytes of a
/// float32 are hardly ever printable, many of them never. Nothing while the bytes are too few to tell.
std::optional<bool> is_text(std::string_view bytes, int64_t width, bool last) {
  const auto blank = bytes.find_first_of(" \t");
  const auto wanted = static_cast<size_t>(width) * sizeof(float);
  const bool enough = blank != std::string_view::npos && bytes.size() - blank > wanted;
  if (!enough && !last && bytes.size() < kLongestLine) return {};
  if (blank == std::string_view::npos) return true;
  auto numbers = bytes.substr(blank + 1, wanted);
  if (const auto end = numbers.find('\n'); end != 0) numbers = numbers.substr(0, end);
  return std::all_of(numbers.begin(), numbers.end(), is_printable);
}

}  // namespace

void check_width(int64_t width, const std::string& where) {
  if (width >= 1 && width <= kWidestVector) return;
  throw InputError(where + ": expected vectors of 1 to " + with_commas(kWidestVector) + " numbers, found " +
                   with_commas(width));
}

std::optional<VectorHeader> parse_header(std::string_view line, const std::string& file) {
  const auto fields = blank_separated(line);
  if (fields.size() != 2) return {};
  const auto words = whole_number(fields[0]), width = whole_number(fields[1]);
  if (!words || !width) return {};
  check_width(*width, file + ", line 1");
  return VectorHeader{*words, *width};
}

std::unique_ptr<VectorFile> recognise_vectors(const std::string& file, std::string_view bytes, bool last,
                                              KeptWords& kept, size_t& used) {
  used = bytes.starts_with("\xEF\xBB\xBF") ? 3 : 0;  // byte order mark
  bytes.remove_prefix(used);
  const auto end = bytes.find('\n');
  if (end == std::string_view::npos && !last && bytes.size() <= kLongestLine) return nullptr;
  refuse_other_formats(file, bytes);
  const auto header = parse_header(bytes.substr(0, end), file);
  if (!header) return make_text_vectors(file, {}, kept);
  const auto rest = end == std::string_view::npos ? std::string_view() : bytes.substr(end + 1);
  const auto text = is_text(rest, header->width, last);
  if (!text) return nullptr;
  used += bytes.size() - rest.size();
  return *text ? make_text_vectors(file, header, kept) : make_binary_vectors(file, *header, kept);
}

}  // namespace attune
