// SPDX-License-Identifier: Apache-2.0
#include "answer_gradient.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty_like.h>

namespace attune {

AnswerGradient answer_gradient(const Subject& subject, const Tensor& logits,
                               const std::vector<std::vector<double>>& log_probabilities) {
  const auto values = logits.detach().contiguous();
  const auto width = static_cast<size_t>(values.size(1));
  const double temperature = subject.model().temperature(subject.question().output);
  AnswerGradient answer;
  answer.by_logits = at::empty_like(values);
  auto* out = answer.by_logits.mutable_data_ptr<float>();
  for (size_t s = 0; s < log_probabilities.size(); ++s) {
    const std::span of_row(values.const_data_ptr<float>() + s * width, width);
    const auto pooled = subject.pooled(of_row, log_probabilities[s]);
    answer.scores.push_back(scored(pooled, subject.question().of_class).score);
    answer.by_pooled.push_back(score_slopes(pooled, subject.question().of_class));
    for (const double slope : answer.by_pooled.back()) *out++ = static_cast<float>(slope / temperature);
  }
  return answer;
}

}  // namespace attune
