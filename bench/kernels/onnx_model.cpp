// SPDX-License-Identifier: Apache-2.0
#include "onnx_model.hpp"

#include <cstring>

namespace attune::bench {
namespace {

/// A message of protocol buffers (protobuf.dev/programming-guides/encoding): fields of a number, a kind and a value.
class Message {
 public:
  Message& add(int field, int64_t number) {
    tag(field, 0);
    varint(static_cast<uint64_t>(number));
    return *this;
  }
  Message& add(int field, float number) {
    tag(field, 5);
    char four_bytes[sizeof number];
    std::memcpy(four_bytes, &number, sizeof number);
    bytes_.append(four_bytes, sizeof number);
    return *this;
  }
  Message& add(int field, const std::string& text) {
    tag(field, 2);
    varint(text.size());
    bytes_ += text;
    return *this;
  }
  Message& add(int field, const Message& message) { return add(field, message.bytes_); }

  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  void tag(int field, int kind) { varint(static_cast<uint64_t>(field << 3 | kind)); }
  void varint(uint64_t number) {
    for (; number >= 128; number >>= 7) bytes_ += static_cast<char>(number | 128);
    bytes_ += static_cast<char>(number);
  }

  std::string bytes_;
};

/// ValueInfoProto: a name, and a type that is a tensor of fixed dimensions.
Message value_info(const std::string& name, OnnxModel::Type type, const std::vector<int64_t>& shape) {
  Message dimensions;
  for (const int64_t size : shape) dimensions.add(1, Message().add(1, size));
  const auto tensor = Message().add(1, static_cast<int64_t>(type)).add(2, dimensions);
  return Message().add(1, name).add(2, Message().add(1, tensor));
}

/// AttributeProto
Message attribute(const OnnxModel::Attribute& given) {
  constexpr int64_t kFloat = 1, kInt = 2;
  Message message;
  message.add(1, given.first);
  if (const auto* number = std::get_if<float>(&given.second)) return message.add(2, *number).add(20, kFloat);
  return message.add(3, std::get<int64_t>(given.second)).add(20, kInt);
}

}  // namespace

void OnnxModel::add_input(const std::string& name, Type type, const std::vector<int64_t>& shape) {
  graph_ += Message().add(11, value_info(name, type, shape)).bytes();
}

void OnnxModel::add_output(const std::string& name, const std::vector<int64_t>& shape) {
  graph_ += Message().add(12, value_info(name, Type::kFloat, shape)).bytes();
}

void OnnxModel::add_constant(const std::string& name, const std::vector<int64_t>& numbers) {
  Message tensor;
  tensor.add(1, static_cast<int64_t>(numbers.size())).add(2, static_cast<int64_t>(Type::kInt64));
  for (const int64_t number : numbers) tensor.add(7, number);
  graph_ += Message().add(5, tensor.add(8, name)).bytes();
}

void OnnxModel::add_node(const Node& node) {
  Message message;
  for (const auto& input : node.inputs) message.add(1, input);
  for (const auto& output : node.outputs) message.add(2, output);
  message.add(4, node.operation);
  for (const auto& given : node.attributes) message.add(5, attribute(given));
  graph_ += Message().add(1, message.add(7, node.domain)).bytes();
}

std::string OnnxModel::encoded() const {
  constexpr int64_t kFormat = 8, kOperators = 17, kMicrosoft = 1;
  const auto operators = Message().add(1, std::string()).add(2, kOperators);
  const auto microsoft = Message().add(1, std::string("com.microsoft")).add(2, kMicrosoft);
  const auto graph = graph_ + Message().add(2, std::string("attention")).bytes();
  return Message().add(1, kFormat).add(8, operators).add(8, microsoft).add(7, graph).bytes();
}

}  // namespace attune::bench
