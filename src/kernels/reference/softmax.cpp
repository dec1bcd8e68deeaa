// SPDX-License-Identifier: Apache-2.0
#include "reference/softmax.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace attune::reference {

Softmax softmax(std::span<const double> scores) {
  const double greatest = *std::max_element(scores.begin(), scores.end());
  Softmax result;
  double total = 0;
  for (const double score : scores) {
    result.weights.push_back(std::exp(score - greatest));
    total += result.weights.back();
  }
  for (double& weight : result.weights) weight /= total;
  result.log_sum_exp = greatest + std::log(total);
  return result;
}

std::vector<double> softmax_backward(std::span<const double> weights, std::span<const double> d_weights) {
  const double mean = dot(weights, d_weights);
  std::vector<double> d_scores(weights.size());
  for (size_t j = 0; j < weights.size(); ++j) d_scores[j] = weights[j] * (d_weights[j] - mean);
  return d_scores;
}

double entropy(std::span<const double> weights) {
  double sum = 0;
  for (const double weight : weights) {
    if (weight != 0) sum -= weight * std::log(weight);
  }
  return sum;
}

double dot(std::span<const double> a, std::span<const double> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

}  // namespace attune::reference
