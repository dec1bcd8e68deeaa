// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cmath>

#include "attune/core/error.hpp"
#include "attune/core/wording.hpp"
#include "vectors/blank_separated.hpp"
#include "vectors/vector_file.hpp"

namespace attune {
namespace {

constexpr size_t kMostShown = 40;  // bytes of a field in a message

bool is_blank(char c) { return kFieldBlanks.find(c) != std::string_view::npos; }

/// Reads a number at the front of [at, end), and returns where it ends; null when there is none.
const char* read_number(const char* at, const char* end, double& number) {
  if (end - at > 1 && at[0] == '+' && at[1] != '-') ++at;
  const auto [stop, error] = std::from_chars(at, end, number);
  return error == std::errc() ? stop : nullptr;
}

bool is_number(std::string_view field) {
  double number = 0;
  return read_number(field.data(), field.data() + field.size(), number) == field.data() + field.size();
}

/// Whether the word and the numbers of a line as nearly all are, a blank between any two, could be read. What cannot
/// is looked at again, field by field.
bool read_plain_line(std::string_view line, std::string_view& word, std::vector<float>& numbers) {
  const auto* at = std::find_if(line.data(), line.data() + line.size(), is_blank);
  const auto* end = line.data() + line.find_last_not_of(kFieldBlanks) + 1;
  word = line.substr(0, static_cast<size_t>(at - line.data()));
  if (word.empty()) return false;
  for (auto& number : numbers) {
    double value = 0;
    if (at >= end || !is_blank(*at)) return false;
    at = read_number(at + 1, end, value);
    number = static_cast<float>(value);
    if (at == nullptr || !std::isfinite(number)) return false;
  }
  return at == end;
}

class TextVectors final : public VectorFile {
 public:
  TextVectors(std::string file, std::optional<VectorHeader> header, KeptWords& kept)
      : file_(std::move(file)), header_(header), kept_(kept) {
    if (!header) return;
    line_ = 1;
    set_width(header->width);
  }

  [[nodiscard]] std::string format() const override { return header_ ? "text with a first line" : "text"; }
  [[nodiscard]] int64_t width() const override { return std::ssize(numbers_); }

  size_t take(std::string_view bytes, bool last) override {
    size_t at = 0;
    for (;;) {
      auto end = bytes.find('\n', at);
      if (end == std::string_view::npos && (!last || at == bytes.size())) break;
      end = std::min(end, bytes.size());
      take_line(bytes.substr(at, end - at));
      at = std::min(end + 1, bytes.size());
    }
    if (bytes.size() - at > kLongestLine) {
      ++line_;
      fail("expected a word and its numbers, found no end of the line within 1 MiB");
    }
    return at;
  }

  [[nodiscard]] std::string finish() override {
    if (!header_ || header_->words == kept_.words()) return {};
    return "its first line promises " + counted(header_->words, "word") + ", it holds " + with_commas(kept_.words()) +
           (kept_.words() < header_->words ? "; it may be truncated" : "");
  }

 private:
  void take_line(std::string_view line) {
    ++line_;
    if (line.find_first_not_of(kFieldBlanks) == std::string_view::npos) return;
    std::string_view word;
    if (numbers_.empty()) set_width(width_of(blank_separated(line)));
    if (!read_plain_line(line, word, numbers_)) word = read_fields(line);
    kept_.add(word, numbers_);
  }

  void set_width(int64_t width) {
    check_width(width, place());
    numbers_.resize(static_cast<size_t>(width));
    width_line_ = line_;
  }

  /// As many numbers as stand at the end of the line, but for the word, which may be one itself.
  int64_t width_of(const std::vector<std::string_view>& fields) const {
    const auto numbers = std::find_if_not(fields.rbegin(), fields.rend(), is_number) - fields.rbegin();
    const auto width = std::min<int64_t>(numbers, std::ssize(fields) - 1);
    if (width == 0) fail("expected a word and its numbers, found \"" + shortened(fields.back(), kMostShown) + "\"");
    const auto rest = std::span(fields).first(fields.size() - static_cast<size_t>(width));
    // A word of several parts, one of them a number, is less likely in the first line than a broken number.
    if (std::any_of(rest.begin() + 1, rest.end(), is_number)) fail_number(rest.size() - 2, "a number", rest.back());
    return width;
  }

  /// Returns the word, which may hold blanks.
  std::string_view read_fields(std::string_view line) {
    const auto fields = blank_separated(line);
    const auto width = numbers_.size();
    if (fields.size() == width && is_blank(line.front())) {  // the word is a blank
      read_numbers(fields);
      return {};
    }
    if (fields.size() <= width) fail_count(fields.size() - 1);
    const auto numbers = std::span(fields).last(width);
    const auto& before = fields[fields.size() - width - 1];  // the word, or its last part
    if (fields.size() > width + 1 && is_number(before)) fail_count(fields.size() - 1);
    read_numbers(numbers);
    const auto* begin = fields.front().data();
    return {begin, static_cast<size_t>(before.data() + before.size() - begin)};
  }

  void read_numbers(std::span<const std::string_view> fields) {
    for (size_t i = 0; i < fields.size(); ++i) {
      double value = 0;
      const auto* end = fields[i].data() + fields[i].size();
      if (read_number(fields[i].data(), end, value) != end) fail_number(i, "a number", fields[i]);
      numbers_[i] = static_cast<float>(value);
      if (!std::isfinite(numbers_[i])) fail_number(i, "a finite number", fields[i]);
    }
  }

  [[noreturn]] void fail_count(size_t found) const {
    fail("expected " + counted(width(), "number") +
         (header_ ? " as line 1 says" : " as in line " + std::to_string(width_line_)) + ", found " +
         std::to_string(found));
  }
  [[noreturn]] void fail_number(size_t index, const char* expected, std::string_view found) const {
    throw InputError(place() + ", number " + std::to_string(index + 1) + ": expected " + expected + ", found \"" +
                     shortened(found, kMostShown) + "\"");
  }
  [[noreturn]] void fail(const std::string& what) const { throw InputError(place() + ": " + what); }
  std::string place() const { return file_ + ", line " + std::to_string(line_); }

  std::string file_;
  std::optional<VectorHeader> header_;
  KeptWords& kept_;
  std::vector<float> numbers_;  // of the line being read, [width]
  int64_t line_ = 0, width_line_ = 0;
};

}  // namespace

std::unique_ptr<VectorFile> make_text_vectors(std::string file, std::optional<VectorHeader> header, KeptWords& kept) {
  return std::make_unique<TextVectors>(std::move(file), header, kept);
}

}  // namespace attune
