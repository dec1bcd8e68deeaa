// SPDX-License-Identifier: Apache-2.0
#include "linear_file.hpp"

#include <cstring>
#include <span>

#include "attune/core/error.hpp"

namespace attune {
namespace {

constexpr const char* kNgrams = "ngrams";
constexpr const char* kFrequencies = "inverse_frequencies";
constexpr const char* kWeights = "weights";

std::string name_of(size_t output, const char* part) { return "linear." + std::to_string(output) + "." + part; }

template <class Number>
TensorView view_of(const std::string& name, ElementType type, const std::vector<Number>& numbers, int64_t columns) {
  const auto rows = columns == 0 ? 0 : std::ssize(numbers) / columns;
  return {.name = name,
          .type = type,
          .shape = {rows, columns},
          .bytes = {reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(Number)}};
}

template <class Number>
std::vector<Number> numbers_of(const TensorContainer& file, const std::string& name, ElementType type) {
  const auto& tensor = file.tensor(name);
  if (tensor.type != type || tensor.shape.size() != 2)
    throw ModelFileError("tensor \"" + name + "\" is not a matrix of " + std::string(element_name(type)));
  std::vector<Number> numbers(tensor.bytes.size() / sizeof(Number));
  if (!numbers.empty()) std::memcpy(numbers.data(), tensor.bytes.data(), tensor.bytes.size());
  return numbers;
}

}  // namespace

std::vector<TensorView> LinearFile::tensors() const {
  return {view_of(name_of(output_, kNgrams), ElementType::kInt32, stored_.ngrams, 2),
          view_of(name_of(output_, kFrequencies), ElementType::kFloat32, stored_.inverse_frequencies, 1),
          view_of(name_of(output_, kWeights), ElementType::kFloat32, stored_.weights, columns_)};
}

std::vector<std::string> LinearFile::tensor_names(size_t output) {
  return {name_of(output, kNgrams), name_of(output, kFrequencies), name_of(output, kWeights)};
}

std::shared_ptr<const LinearClassifier> LinearFile::load(const TensorContainer& file, size_t output, const Json& fields,
                                                         const Schema& schema, int64_t classes) {
  const LinearClassifier::Stored stored{
      .fields = fields,
      .ngrams = numbers_of<int32_t>(file, name_of(output, kNgrams), ElementType::kInt32),
      .inverse_frequencies = numbers_of<float>(file, name_of(output, kFrequencies), ElementType::kFloat32),
      .weights = numbers_of<float>(file, name_of(output, kWeights), ElementType::kFloat32)};
  return std::make_shared<const LinearClassifier>(schema, classes, stored);
}

}  // namespace attune
