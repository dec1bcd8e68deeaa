// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace attune {

/// A protocol buffers message written field by field (protobuf.dev/programming-guides/encoding). By hand, since the
/// library would meet the copy of it that libtorch_cpu exports, and a few fields are all that is written.
class ProtobufMessage {
 public:
  ProtobufMessage& integer(uint32_t field, uint64_t value);  ///< int64 of at least 0, enum
  ProtobufMessage& real(uint32_t field, double value);       ///< double
  ProtobufMessage& single(uint32_t field, float value);      ///< float
  ProtobufMessage& bytes(uint32_t field, std::string_view value);
  ProtobufMessage& message(uint32_t field, const ProtobufMessage& value) { return bytes(field, value.text()); }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  enum class Wire : uint8_t { kVarint = 0, kFixed64 = 1, kLength = 2, kFixed32 = 5 };
  void key(uint32_t field, Wire wire);
  void varint(uint64_t value);

  std::string text_;
};

}  // namespace attune
