// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "attune/core/error.hpp"
#include "attune/core/files.hpp"

namespace attune {

/// A file that is not as it was written: cut off, or changed since. Who knows where it came from adds the way out.
class DamagedFileError : public ModelFileError {
 public:
  using ModelFileError::ModelFileError;
};

enum class ElementType { kFloat32, kFloat64, kInt64, kInt32, kUInt8 };

/// Size in bytes, and the safetensors name ("F32", "F64", "I64", "I32", "U8").
[[nodiscard]] size_t element_size(ElementType type);
[[nodiscard]] std::string_view element_name(ElementType type);

/// One named tensor: contiguous, row-major, little-endian; `bytes` is borrowed.
struct TensorView {
  std::string name;
  ElementType type = ElementType::kFloat32;
  std::vector<int64_t> shape;
  std::string_view bytes;
};

/// A safetensors file (https://github.com/huggingface/safetensors, format section) with string metadata.
/// What stands in the metadata under "attune.sha256" is the SHA-256 of all tensor bytes in file order; write adds it
/// and open checks it when it is there.
class TensorContainer {
 public:
  /// Reads the header and checks every size and offset against the file's length before anything is allocated.
  /// @throws ModelFileError naming the file and what is wrong: not a safetensors file, truncated, overlapping or
  /// out-of-range offsets, holes, a header over 100 MB, invalid JSON, two tensors of one name, another element type,
  /// checksum differs (DamagedFileError: truncated, or a checksum differs). InputError when it cannot be opened.
  static TensorContainer open(const std::filesystem::path& path);

  /// Writes atomically (AtomicFile). Tensors are listed in the order given; their bytes start 8-byte aligned and lie
  /// widest element first, so that each tensor is aligned to its element (in a file of another writer it may not be).
  /// @throws IoError; UsageError for a name given twice, text that is not UTF-8 or a header over 100 MB; ShapeError
  /// when shape and bytes disagree.
  static void write(const std::filesystem::path& path, const std::vector<TensorView>& tensors,
                    const std::map<std::string, std::string>& metadata);

  /// In the order of the header; the bytes live as long as this object, also when it is moved.
  [[nodiscard]] const std::vector<TensorView>& tensors() const { return tensors_; }
  /// @throws ModelFileError when there is none of that name.
  [[nodiscard]] const TensorView& tensor(std::string_view name) const;
  [[nodiscard]] const std::map<std::string, std::string>& metadata() const { return metadata_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  TensorContainer(std::filesystem::path path, MappedFile file);
  std::filesystem::path path_;
  MappedFile file_;
  std::vector<TensorView> tensors_;
  std::map<std::string, std::string> metadata_;
};

}  // namespace attune
