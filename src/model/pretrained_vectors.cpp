// SPDX-License-Identifier: Apache-2.0
#include "pretrained_vectors.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "attune/core/error.hpp"

namespace attune {
namespace {

/// The mean length of vectors [rows, width]; 1 when all are 0, or there are none.
double mean_norm(std::span<const float> values, size_t width) {
  double sum = 0;
  for (size_t begin = 0; begin < values.size(); begin += width) {
    double squares = 0;
    for (const float number : values.subspan(begin, width)) squares += static_cast<double>(number) * number;
    sum += std::sqrt(squares);
  }
  return sum > 0 ? sum * static_cast<double>(width) / static_cast<double>(values.size()) : 1.0;
}

/// A projection [W, V] drawn with Init::kXavier has numbers of variance 2 / (V + W), and so multiplies lengths by
/// sqrt(2 W / (V + W)) on average.
double lengthened_by_projection(int64_t vector_width, int64_t width) {
  return std::sqrt(2.0 * static_cast<double>(width) / static_cast<double>(vector_width + width));
}

}  // namespace

PretrainedVectors::PretrainedVectors(const ModelConfig& config,
                                     const std::vector<std::shared_ptr<const InputFeature>>& inputs,
                                     const std::function<bool()>& should_stop)
    : file_(config.vectors), frozen_(config.vectors_frozen), width_(config.width) {
  std::vector<VectorWords> wanted;
  for (size_t i = 0; i < inputs.size(); ++i) {
    auto words = inputs[i]->vector_words();
    if (!words) continue;
    wanted.push_back(*words);
    inputs_.push_back({.number = i, .words = std::move(*words)});
  }
  if (wanted.empty()) {
    throw UsageError("--vectors " + file_ +
                     " has no meaning here: no input is text of words or characters; leave it out, or make one with "
                     "--input COLUMN:text:unit=words");
  }
  vectors_ = read_word_vectors(file_, wanted, should_stop);
}

void PretrainedVectors::describe(Json& network) const {
  for (const auto& input : inputs_) {
    auto& description = network.at("inputs").at(input.number);
    description["vector_width"] = vectors_.width;
    description["vectors_frozen"] = frozen_;
  }
}

ParameterSource PretrainedVectors::into(ParameterSource drawn) const {
  return [this, drawn = std::move(drawn)](const std::string& name, const std::vector<int64_t>& shape, Init init) {
    auto values = drawn(name, shape, init);
    for (size_t i = 0; i < inputs_.size(); ++i) {
      const auto part = "input." + std::to_string(inputs_[i].number);
      if (name == part + ".vectors") fill_vectors(i, values);
      if (name == part + ".table") clear_embeddings(i, values);
    }
    return values;
  };
}

double PretrainedVectors::scale(size_t input) const {
  const auto norm = mean_norm(vectors_.inputs[input].values, static_cast<size_t>(vectors_.width));
  return 1.0 / (norm * lengthened_by_projection(vectors_.width, width_));
}

void PretrainedVectors::fill_vectors(size_t input, Tensor& table) const {
  const auto& [rows, values, covered, covered_tokens] = vectors_.inputs[input];
  const auto factor = scale(input);
  auto* to = table.mutable_data_ptr<float>() + inputs_[input].words.first_id * vectors_.width;
  for (const auto row : rows) {
    if (row >= 0) {
      const auto* from = values.data() + row * vectors_.width;
      std::transform(from, from + vectors_.width, to, [=](float x) { return static_cast<float>(factor * x); });
    }
    to += vectors_.width;
  }
}

void PretrainedVectors::clear_embeddings(size_t input, Tensor& table) const {
  auto* to = table.mutable_data_ptr<float>() + inputs_[input].words.first_id * width_;
  for (const auto row : vectors_.inputs[input].rows) {
    if (row >= 0) std::fill_n(to, width_, 0.0F);
    to += width_;
  }
}

Json PretrainedVectors::record() const {
  Json inputs = Json::array();
  for (size_t i = 0; i < inputs_.size(); ++i) {
    const auto& words = inputs_[i].words;
    inputs.push_back({{"column", words.column},
                      {"words", words.forms.size()},
                      {"words_covered", vectors_.inputs[i].covered},
                      {"tokens", words.tokens},
                      {"tokens_covered", vectors_.inputs[i].covered_tokens}});
  }
  return {
      {"file", file_},           {"sha256", vectors_.sha256}, {"format", vectors_.format},   {"words", vectors_.words},
      {"width", vectors_.width}, {"frozen", frozen_},         {"inputs", std::move(inputs)}, {"notes", vectors_.notes}};
}

}  // namespace attune
