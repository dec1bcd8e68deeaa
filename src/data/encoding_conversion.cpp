// SPDX-License-Identifier: Apache-2.0
#include "encoding_conversion.hpp"

#include <unicode/ucnv.h>
#include <unicode/ucnv_err.h>

#include <array>
#include <memory>
#include <set>
#include <vector>

#include "attune/core/error.hpp"
#include "attune/core/nearest_name.hpp"

namespace attune {
namespace {

constexpr size_t kPieceUnits = size_t{1} << 15;
constexpr size_t kPieceBytes = size_t{1} << 24;  // ICU takes less than 2 GB at a time

struct CloseConverter {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};
using Converter = std::unique_ptr<UConverter, CloseConverter>;

/// Every name of every converter.
std::vector<std::string> known_encodings() {
  std::set<std::string> names;
  for (int32_t i = 0; i < ucnv_countAvailable(); ++i) {
    const char* converter = ucnv_getAvailableName(i);
    UErrorCode status = U_ZERO_ERROR;
    const auto aliases = ucnv_countAliases(converter, &status);
    for (uint16_t j = 0; U_SUCCESS(status) && j < aliases; ++j) names.insert(ucnv_getAlias(converter, j, &status));
  }
  return {names.begin(), names.end()};
}

[[noreturn]] void unknown_encoding(const std::string& encoding) {
  const auto nearest = nearest_name(encoding, known_encodings());
  throw UsageError("--encoding " + encoding + ": unknown encoding" +
                   (nearest.empty() ? " (for instance utf-8, latin1, windows-1252, utf-16, gb18030, shift_jis)"
                                    : did_you_mean(encoding, nearest)));
}

Converter open_converter(const std::string& encoding) {
  UErrorCode status = U_ZERO_ERROR;
  // An empty name would mean the locale's encoding, which must not decide how a file reads.
  Converter converter(encoding.empty() ? nullptr : ucnv_open(encoding.c_str(), &status));
  if (converter == nullptr || U_FAILURE(status)) unknown_encoding(encoding);
  ucnv_setToUCallBack(converter.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
  return converter;
}

/// True when the converter met bytes that are not of its encoding; it has passed over them.
bool is_unconvertible(UErrorCode status) {
  return status == U_ILLEGAL_CHAR_FOUND || status == U_INVALID_CHAR_FOUND || status == U_TRUNCATED_CHAR_FOUND ||
         status == U_ILLEGAL_ESCAPE_SEQUENCE || status == U_UNSUPPORTED_ESCAPE_SEQUENCE;
}

void check_conversion(UErrorCode status, const std::string& encoding) {
  if (U_SUCCESS(status) || status == U_BUFFER_OVERFLOW_ERROR || is_unconvertible(status)) return;
  throw InputError("--encoding " + encoding + ": the conversion failed: " + u_errorName(status));
}

/// Pieces of UTF-16 in, UTF-8 out; keeps a surrogate pair that a piece's end cuts in two.
class Utf8Writer {
 public:
  explicit Utf8Writer(const ByteSink& sink) : sink_(sink), converter_(open_converter("UTF-8")) {}

  void write(const UChar* begin, const UChar* end) {
    while (true) {
      char* target = bytes_.data();
      UErrorCode status = U_ZERO_ERROR;
      ucnv_fromUnicode(converter_.get(), &target, bytes_.data() + bytes_.size(), &begin, end, nullptr, false, &status);
      sink_({bytes_.data(), static_cast<size_t>(target - bytes_.data())});
      if (status != U_BUFFER_OVERFLOW_ERROR) return;
    }
  }

  void write_unconvertible() { sink_({&kUnconvertible, 1}); }

 private:
  const ByteSink& sink_;
  Converter converter_;
  std::array<char, 3 * kPieceUnits> bytes_;
};

}  // namespace

bool is_utf8_name(const std::string& encoding) {
  UErrorCode status = U_ZERO_ERROR;
  const auto converter = open_converter(encoding);
  return std::string_view(ucnv_getName(converter.get(), &status)) == "UTF-8";
}

void convert_to_utf8(std::string_view bytes, const std::string& encoding, const ByteSink& sink) {
  const auto converter = open_converter(encoding);
  const auto writer = std::make_unique<Utf8Writer>(sink);
  std::vector<UChar> units(kPieceUnits);
  for (bool done = bytes.empty(); !done;) {
    const auto piece = bytes.substr(0, kPieceBytes);
    const bool last = piece.size() == bytes.size();
    const char* source = piece.data();
    UChar* target = units.data();
    UErrorCode status = U_ZERO_ERROR;
    ucnv_toUnicode(converter.get(), &target, units.data() + units.size(), &source, piece.data() + piece.size(), nullptr,
                   last, &status);
    writer->write(units.data(), target);
    if (is_unconvertible(status)) writer->write_unconvertible();
    check_conversion(status, encoding);
    bytes.remove_prefix(static_cast<size_t>(source - piece.data()));
    done = last && U_SUCCESS(status);
  }
}

}  // namespace attune
