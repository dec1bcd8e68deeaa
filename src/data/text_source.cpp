// SPDX-License-Identifier: Apache-2.0
#include "text_source.hpp"

#include "attune/core/error.hpp"
#include "encoding_conversion.hpp"
#include "foreign_file.hpp"
#include "gzip.hpp"
#include "temporary_file.hpp"

namespace attune {
namespace {

MappedFile decompressed(MappedFile file, const std::filesystem::path& path) {
  if (!is_gzip(file.bytes())) {
    if (path.extension() != ".gz" || file.bytes().empty()) return file;
    throw InputError(path.string() + ": named .gz, but its content is not gzip; rename it or compress it");
  }
  TemporaryFile temporary;
  inflate_gzip(file.bytes(), path.string(), [&](std::string_view piece) { temporary.write(piece); });
  return temporary.map(path);
}

MappedFile converted(MappedFile file, const std::filesystem::path& path, const std::string& encoding) {
  refuse_foreign_file(file.bytes(), path.string());
  if (is_utf8_name(encoding)) return file;
  TemporaryFile temporary;
  convert_to_utf8(file.bytes(), encoding, [&](std::string_view piece) { temporary.write(piece); });
  return temporary.map(path);
}

std::string_view without_byte_order_mark(std::string_view text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  return text;
}

}  // namespace

TextSource::TextSource(const std::filesystem::path& path, const std::string& encoding)
    : file_(converted(decompressed(MappedFile(path), path), path, encoding)),
      text_(without_byte_order_mark(file_.bytes())) {}

}  // namespace attune
