// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace attune::bench {

/// A model in the ONNX format (onnx.proto3, opset 17), of the few things that the benchmark needs: written down by
/// itself, so that no library of protocol buffers is needed.
class OnnxModel {
 public:
  enum class Type { kFloat = 1, kInt32 = 6, kInt64 = 7 };  // TensorProto.DataType
  using Attribute = std::pair<std::string, std::variant<int64_t, float>>;
  struct Node {
    std::string operation;
    std::vector<std::string> inputs, outputs;
    std::vector<Attribute> attributes = {};
    std::string domain = {};
  };

  void add_input(const std::string& name, Type type, const std::vector<int64_t>& shape);
  void add_output(const std::string& name, const std::vector<int64_t>& shape);
  /// [numbers.size()] int64
  void add_constant(const std::string& name, const std::vector<int64_t>& numbers);
  void add_node(const Node& node);

  /// The bytes of a file.
  [[nodiscard]] std::string encoded() const;

 private:
  std::string graph_;
};

}  // namespace attune::bench
