// SPDX-License-Identifier: Apache-2.0
#include "protobuf_message.hpp"

#include <bit>

#include "little_endian.hpp"

namespace attune {

ProtobufMessage& ProtobufMessage::integer(uint32_t field, uint64_t value) {
  key(field, Wire::kVarint);
  varint(value);
  return *this;
}

ProtobufMessage& ProtobufMessage::real(uint32_t field, double value) {
  key(field, Wire::kFixed64);
  text_ += little_endian(std::bit_cast<uint64_t>(value));
  return *this;
}

ProtobufMessage& ProtobufMessage::single(uint32_t field, float value) {
  key(field, Wire::kFixed32);
  text_ += little_endian(std::bit_cast<uint32_t>(value));
  return *this;
}

ProtobufMessage& ProtobufMessage::bytes(uint32_t field, std::string_view value) {
  key(field, Wire::kLength);
  varint(value.size());
  text_ += value;
  return *this;
}

void ProtobufMessage::key(uint32_t field, Wire wire) { varint(uint64_t{field} << 3 | static_cast<uint64_t>(wire)); }

/// Seven bits a byte, the lowest first; the eighth says that there are more.
void ProtobufMessage::varint(uint64_t value) {
  for (; value >= 0x80; value >>= 7) text_ += static_cast<char>(value | 0x80);
  text_ += static_cast<char>(value);
}

}  // namespace attune
