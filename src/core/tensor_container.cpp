// SPDX-License-Identifier: Apache-2.0
#include "attune/core/tensor_container.hpp"

#include <algorithm>
#include <bit>
#include <set>
#include <utility>

#include "attune/core/error.hpp"
#include "attune/core/json.hpp"
#include "attune/core/nearest_name.hpp"
#include "attune/core/sha256.hpp"
#include "little_endian.hpp"
#include "tensor_header.hpp"

namespace attune {
namespace {

static_assert(std::endian::native == std::endian::little, "tensor bytes are little-endian and used as they are");

constexpr size_t kAlignment = 8;  // bytes; where the first tensor starts

void check_tensor(const TensorView& tensor) {
  const int64_t expected = tensor_bytes(tensor.type, tensor.shape);
  if (expected >= 0 && static_cast<size_t>(expected) == tensor.bytes.size()) return;
  throw ShapeError("tensor \"" + tensor.name + "\": its shape needs " + std::to_string(expected) + " bytes, found " +
                   std::to_string(tensor.bytes.size()));
}

void check_tensors(const std::vector<TensorView>& tensors) {
  std::set<std::string_view> names = {"__metadata__"};
  for (const auto& tensor : tensors) {
    if (!names.insert(tensor.name).second) {
      throw UsageError("tensor \"" + tensor.name + "\": the name is taken; give each tensor its own");
    }
    check_tensor(tensor);
  }
}

/// Wide elements first: since the data starts aligned, every tensor then lies at a multiple of its element's size.
std::vector<const TensorView*> file_order(const std::vector<TensorView>& tensors) {
  std::vector<const TensorView*> order;
  for (const auto& tensor : tensors) order.push_back(&tensor);
  std::stable_sort(order.begin(), order.end(),
                   [](const auto* a, const auto* b) { return element_size(a->type) > element_size(b->type); });
  return order;
}

std::map<const TensorView*, Json> data_offsets(const std::vector<const TensorView*>& order) {
  std::map<const TensorView*, Json> offsets;
  size_t begin = 0;
  for (const auto* tensor : order) {
    offsets[tensor] = {begin, begin + tensor->bytes.size()};
    begin += tensor->bytes.size();
  }
  return offsets;
}

std::string checksum(const std::vector<const TensorView*>& order) {
  Sha256 sha;
  for (const auto* tensor : order) sha.update(tensor->bytes);
  return sha.hex();
}

std::string to_text(const Json& header) {
  try {
    return header.dump();
  } catch (const Json::type_error&) {
    throw UsageError("model file: the name of a tensor or a metadata text is not valid UTF-8: " +
                     header.dump(-1, ' ', false, Json::error_handler_t::replace));
  }
}

std::string header_text(const std::vector<TensorView>& tensors, const std::vector<const TensorView*>& order,
                        const std::map<std::string, std::string>& metadata) {
  Json header = Json::object();
  auto& texts = header["__metadata__"] = metadata;
  texts[std::string(kChecksumKey)] = checksum(order);
  auto offsets = data_offsets(order);
  for (const auto& tensor : tensors) {
    header[tensor.name] = {
        {"dtype", element_name(tensor.type)}, {"shape", tensor.shape}, {"data_offsets", offsets[&tensor]}};
  }
  auto text = to_text(header);
  text.resize((text.size() + kAlignment - 1) / kAlignment * kAlignment, ' ');
  return text;
}

void check_checksum(const TensorHeader& header, const std::filesystem::path& path) {
  const auto expected = header.metadata.find(std::string(kChecksumKey));
  if (expected == header.metadata.end() || expected->second == sha256_hex(header.data)) return;
  throw DamagedFileError(path.string() +
                         ": altered: the SHA-256 of its tensors differs from the one it was saved with");
}

}  // namespace

size_t element_size(ElementType type) {
  switch (type) {
    case ElementType::kFloat64:
    case ElementType::kInt64:
      return 8;
    case ElementType::kFloat32:
    case ElementType::kInt32:
      return 4;
    case ElementType::kUInt8:
      return 1;
  }
  throw TypeError("unknown element type " + std::to_string(static_cast<int>(type)));
}

std::string_view element_name(ElementType type) {
  switch (type) {
    case ElementType::kFloat32:
      return "F32";
    case ElementType::kFloat64:
      return "F64";
    case ElementType::kInt64:
      return "I64";
    case ElementType::kInt32:
      return "I32";
    case ElementType::kUInt8:
      return "U8";
  }
  throw TypeError("unknown element type " + std::to_string(static_cast<int>(type)));
}

TensorContainer::TensorContainer(std::filesystem::path path, MappedFile file)
    : path_(std::move(path)), file_(std::move(file)) {
  auto header = read_tensor_header(file_.bytes(), path_);
  check_checksum(header, path_);
  tensors_ = std::move(header.tensors);
  metadata_ = std::move(header.metadata);
}

TensorContainer TensorContainer::open(const std::filesystem::path& path) { return {path, MappedFile(path)}; }

void TensorContainer::write(const std::filesystem::path& path, const std::vector<TensorView>& tensors,
                            const std::map<std::string, std::string>& metadata) {
  check_tensors(tensors);
  const auto order = file_order(tensors);
  const auto header = header_text(tensors, order, metadata);
  if (header.size() > kLargestHeader) {
    throw UsageError(path.string() + ": its metadata would be " + std::to_string(header.size()) +
                     " bytes, and no reader takes more than " + std::to_string(kLargestHeader) +
                     "; read fewer or smaller vocabularies");
  }
  AtomicFile file(path);
  file.write(little_endian(uint64_t{header.size()}));
  file.write(header);
  for (const auto* tensor : order) file.write(tensor->bytes);
  file.commit();
}

const TensorView& TensorContainer::tensor(std::string_view name) const {
  const auto found =
      std::find_if(tensors_.begin(), tensors_.end(), [&](const TensorView& tensor) { return tensor.name == name; });
  if (found != tensors_.end()) return *found;
  std::vector<std::string> names;
  for (const auto& tensor : tensors_) names.push_back(tensor.name);
  const auto nearest = nearest_name(name, names);
  throw ModelFileError(path_.string() + ": has no tensor \"" + std::string(name) + "\"" +
                       (nearest.empty() ? "" : "; the nearest is \"" + nearest + "\""));
}

}  // namespace attune
