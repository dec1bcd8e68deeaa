// SPDX-License-Identifier: Apache-2.0
#include "attune/data/byte_stream.hpp"

#include <optional>

#include "attune/core/files.hpp"
#include "attune/core/sha256.hpp"
#include "gzip.hpp"

namespace attune {

std::string stream_file(const std::filesystem::path& path, const ByteSink& sink) {
  Sha256 hash;
  std::optional<GzipReader> gzip;
  bool begun = false;
  read_in_pieces(path, [&](std::string_view piece) {
    hash.update(piece);
    if (!begun && is_gzip(piece)) gzip.emplace(path.string(), sink);
    begun = true;
    if (gzip) {
      gzip->take(piece);
    } else {
      sink(piece);
    }
  });
  if (gzip) gzip->finish();
  return hash.hex();
}

}  // namespace attune
