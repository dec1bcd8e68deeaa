// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "attune/core/tensor_container.hpp"

namespace attune {

/// Key of the checksum in the metadata.
inline constexpr std::string_view kChecksumKey = "attune.sha256";

/// Bytes of a header; the limit of the safetensors library.
inline constexpr uint64_t kLargestHeader = 100'000'000;

/// What a safetensors file says of its tensors.
struct TensorHeader {
  std::vector<TensorView> tensors;  ///< in the order of the header, bytes pointing into the file
  std::map<std::string, std::string> metadata;
  std::string_view data;  ///< all tensor bytes, in file order
};

/// Checks everything that the file's first bytes claim against its length. `path` is for messages.
/// @throws ModelFileError.
[[nodiscard]] TensorHeader read_tensor_header(std::string_view file, const std::filesystem::path& path);

/// Bytes of a tensor of that shape; -1 when a dimension is negative or the product (zeros aside) leaves 63 bits.
[[nodiscard]] int64_t tensor_bytes(ElementType type, const std::vector<int64_t>& shape);

}  // namespace attune
