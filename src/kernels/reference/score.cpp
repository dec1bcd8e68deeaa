// SPDX-License-Identifier: Apache-2.0
#include "reference/score.hpp"

#include <cmath>

namespace attune::reference {
namespace {

void add(double* target, int64_t index, double term) {
  if (target) target[index] += term;
}

double dot_factor(const AttentionInputs& in) {
  if (in.score == Score::kDot) return 1;
  return in.scale.value_or(1 / std::sqrt(static_cast<double>(in.sizes.D)));
}

double additive_score(const double* u, const double* query, const double* key, int64_t D) {
  double sum = 0;
  for (int64_t a = 0; a < D; ++a) sum += u[a] * std::tanh(query[a] + key[a]);
  return sum;
}

double dot_score(const double* query, const double* key, int64_t D) {
  double sum = 0;
  for (int64_t a = 0; a < D; ++a) sum += query[a] * key[a];
  return sum;
}

double multiplicative_score(const double* matrix, const double* query, const double* key, int64_t D) {
  double sum = 0;
  for (int64_t a = 0; a < D; ++a) sum += query[a] * dot_score(matrix + a * D, key, D);
  return sum;
}

void add_additive_gradients(const double* u, const double* query, const double* key, int64_t D, double d_score,
                            const ScoreGradients& to, double* d_u) {
  for (int64_t a = 0; a < D; ++a) {
    const double t = std::tanh(query[a] + key[a]);
    const double d_sum = d_score * u[a] * (1 - t * t);
    add(to.query, a, d_sum);
    add(to.key, a, d_sum);
    add(d_u, a, d_score * t);
  }
}

void add_dot_gradients(const double* query, const double* key, int64_t D, double d_dot, const ScoreGradients& to) {
  for (int64_t a = 0; a < D; ++a) {
    add(to.query, a, d_dot * key[a]);
    add(to.key, a, d_dot * query[a]);
  }
}

void add_multiplicative_gradients(const double* matrix, const double* query, const double* key, int64_t D,
                                  double d_score, const ScoreGradients& to, double* d_matrix) {
  for (int64_t a = 0; a < D; ++a) {
    for (int64_t c = 0; c < D; ++c) {
      add(to.query, a, d_score * matrix[a * D + c] * key[c]);
      add(to.key, c, d_score * matrix[a * D + c] * query[a]);
      add(d_matrix, a * D + c, d_score * query[a] * key[c]);
    }
  }
}

}  // namespace

double score(const AttentionInputs& in, int64_t head, const double* query, const double* key) {
  const int64_t D = in.sizes.D;
  switch (in.score) {
    case Score::kAdditive:
      return additive_score(in.u + head * D, query, key, D);
    case Score::kMultiplicative:
      return multiplicative_score(in.matrix + head * D * D, query, key, D);
    case Score::kDot:
    case Score::kScaledDot:
      break;
  }
  return dot_score(query, key, D) * dot_factor(in);
}

void add_score_gradients(const AttentionInputs& in, int64_t head, const double* query, const double* key,
                         double d_score, const ScoreGradients& to) {
  const int64_t D = in.sizes.D;
  switch (in.score) {
    case Score::kAdditive:
      return add_additive_gradients(in.u + head * D, query, key, D, d_score, to, to.u ? to.u + head * D : nullptr);
    case Score::kMultiplicative:
      return add_multiplicative_gradients(in.matrix + head * D * D, query, key, D, d_score, to,
                                          to.matrix ? to.matrix + head * D * D : nullptr);
    case Score::kDot:
    case Score::kScaledDot:
      return add_dot_gradients(query, key, D, d_score * dot_factor(in), to);
  }
}

}  // namespace attune::reference
