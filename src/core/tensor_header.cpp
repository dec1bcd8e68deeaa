// SPDX-License-Identifier: Apache-2.0
#include "tensor_header.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <set>

#include "attune/core/error.hpp"
#include "attune/core/json.hpp"

namespace attune {
namespace {

constexpr std::string_view kMetadata = "__metadata__";

constexpr std::array kElementTypes = {ElementType::kFloat32, ElementType::kFloat64, ElementType::kInt64,
                                      ElementType::kInt32, ElementType::kUInt8};

/// Reads one file's header; knows the file's name for messages.
class HeaderReader {
 public:
  HeaderReader(std::string_view file, const std::filesystem::path& path) : file_(file), path_(path) {}

  TensorHeader read() {
    const std::string_view text = split_file();
    const Json json = parse(text);
    if (!json.is_object()) fail("its header is not a JSON object");
    for (const auto& item : json.items()) {
      if (item.key() == kMetadata) {
        read_metadata(item.value());
      } else {
        header_.tensors.push_back(read_tensor(item.key(), item.value()));
      }
    }
    check_that_tensors_tile_the_data();
    return std::move(header_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw ModelFileError(path_.string() + ": " + what); }

  [[noreturn]] void fail_truncated(const std::string& what) const {
    throw DamagedFileError(path_.string() + ": truncated: " + what);
  }

  [[noreturn]] void fail(const std::string& tensor, const std::string& what) const {
    fail("tensor \"" + tensor + "\": " + what);
  }

  /// File: 8 bytes with the header's length (little-endian), the header, the tensor bytes.
  std::string_view split_file() {
    constexpr size_t kPrefix = 8;
    if (file_.size() < kPrefix) {
      fail("not a model file: expected at least 8 bytes, found " + std::to_string(file_.size()));
    }
    uint64_t length = 0;
    for (size_t i = 0; i < kPrefix; ++i) length |= uint64_t{static_cast<unsigned char>(file_[i])} << (8 * i);
    if (length > kLargestHeader) {
      fail("not a model file: its header would be " + std::to_string(length) + " bytes long, at most " +
           std::to_string(kLargestHeader) + " are allowed");
    }
    if (length > file_.size() - kPrefix) {
      fail_truncated("the header needs " + std::to_string(length) + " bytes, the file has " +
                     std::to_string(file_.size() - kPrefix) + " after its first 8");
    }
    header_.data = file_.substr(kPrefix + length);
    return file_.substr(kPrefix, length);
  }

  Json parse(std::string_view text) const {
    std::set<std::string> names;
    // Depth 0: the object itself; 1: tensors; 2: their fields; 3: the lists in these. Nothing real is deeper, and a
    // hostile header of brackets would cost many times its size in memory.
    const auto guard = [&](int depth, Json::parse_event_t event, Json& value) {
      if (depth > 3) fail("its header is nested too deeply");
      const bool is_name = event == Json::parse_event_t::key && depth == 1;
      if (is_name && !names.insert(value.get<std::string>()).second) {
        fail("two tensors are called " + value.dump(-1, ' ', false, Json::error_handler_t::replace));
      }
      return true;
    };
    try {
      return Json::parse(text, guard);
    } catch (const Json::parse_error& error) {
      // The parser's own words quote the file's raw bytes.
      fail("not a model file: its header is not valid JSON at byte " + std::to_string(error.byte));
    } catch (const Json::exception&) {  // a number beyond all range, for one
      fail("not a model file: its header is not valid JSON");
    }
  }

  void read_metadata(const Json& json) {
    if (!json.is_object()) fail("its metadata is not a JSON object");
    for (const auto& item : json.items()) {
      if (!item.value().is_string()) fail("its metadata \"" + item.key() + "\" is not a text");
      header_.metadata[item.key()] = item.value().get<std::string>();
    }
  }

  TensorView read_tensor(const std::string& name, const Json& json) const {
    const bool complete = json.is_object() && json.contains("dtype") && json["dtype"].is_string() &&
                          json.contains("shape") && json.contains("data_offsets");
    if (!complete) fail(name, "expected dtype, shape and data_offsets");
    TensorView tensor;
    tensor.name = name;
    tensor.type = read_type(name, json["dtype"].get<std::string>());
    tensor.shape = read_numbers(name, "shape", json["shape"]);
    tensor.bytes = read_bytes(name, json["data_offsets"]);
    check_size(tensor);
    return tensor;
  }

  ElementType read_type(const std::string& name, const std::string& dtype) const {
    const auto* found = std::find_if(kElementTypes.begin(), kElementTypes.end(),
                                     [&](ElementType type) { return element_name(type) == dtype; });
    if (found == kElementTypes.end()) {
      fail(name, "element type \"" + dtype + "\" is not one of F32, F64, I64, I32, U8");
    }
    return *found;
  }

  std::vector<int64_t> read_numbers(const std::string& name, const std::string& field, const Json& json) const {
    if (!json.is_array()) fail(name, field + " is not a list");
    std::vector<int64_t> numbers;
    for (const auto& element : json) {
      const bool fits = element.is_number_unsigned() &&
                        element.get<uint64_t>() <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
      if (!fits) fail(name, field + " has an entry that is not a whole number from 0 to 2^63 - 1");
      numbers.push_back(element.get<int64_t>());
    }
    return numbers;
  }

  std::string_view read_bytes(const std::string& name, const Json& json) const {
    const auto offsets = read_numbers(name, "data_offsets", json);
    if (offsets.size() != 2 || offsets[0] > offsets[1]) fail(name, "data_offsets are not [begin, end]");
    const auto begin = static_cast<uint64_t>(offsets[0]);
    const auto end = static_cast<uint64_t>(offsets[1]);
    if (end > header_.data.size()) {
      fail_truncated("tensor \"" + name + "\" ends at byte " + std::to_string(end) + " of the data, the file has " +
                     std::to_string(header_.data.size()));
    }
    return header_.data.substr(begin, end - begin);
  }

  void check_size(const TensorView& tensor) const {
    const int64_t expected = tensor_bytes(tensor.type, tensor.shape);
    if (expected < 0) fail(tensor.name, "its shape is larger than any file");
    if (static_cast<uint64_t>(expected) == tensor.bytes.size()) return;
    fail(tensor.name, "its shape needs " + std::to_string(expected) + " bytes, its offsets span " +
                          std::to_string(tensor.bytes.size()));
  }

  /// Neither overlap nor hole: the format demands it, so that nothing can hide in a file.
  void check_that_tensors_tile_the_data() const {
    std::vector<const TensorView*> order;
    for (const auto& tensor : header_.tensors) order.push_back(&tensor);
    const auto begin = [](const TensorView* t) { return t->bytes.data(); };
    const auto end = [](const TensorView* t) { return t->bytes.data() + t->bytes.size(); };
    std::sort(order.begin(), order.end(),
              [&](const auto* a, const auto* b) { return std::pair(begin(a), end(a)) < std::pair(begin(b), end(b)); });
    const char* expected = header_.data.data();
    for (const auto* tensor : order) {
      if (begin(tensor) < expected) fail(tensor->name, "its bytes overlap those of another tensor");
      if (begin(tensor) > expected) fail(tensor->name, "bytes that belong to no tensor lie before it");
      expected = end(tensor);
    }
    const auto rest = static_cast<size_t>(header_.data.data() + header_.data.size() - expected);
    if (rest > 0) fail(std::to_string(rest) + " bytes after the last tensor belong to none");
  }

  std::string_view file_;
  const std::filesystem::path& path_;
  TensorHeader header_;
};

}  // namespace

TensorHeader read_tensor_header(std::string_view file, const std::filesystem::path& path) {
  return HeaderReader(file, path).read();
}

int64_t tensor_bytes(ElementType type, const std::vector<int64_t>& shape) {
  auto at_least = static_cast<int64_t>(element_size(type));  // with zeros counted as ones, for strides are products too
  bool empty = false;
  for (const int64_t dimension : shape) {
    if (dimension < 0) return -1;
    empty = empty || dimension == 0;
    if (__builtin_mul_overflow(at_least, std::max<int64_t>(1, dimension), &at_least)) return -1;
  }
  return empty ? 0 : at_least;
}

}  // namespace attune
