// SPDX-License-Identifier: Apache-2.0
#include "cpu_plain_attention.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace attune::testing {
namespace {

float squared(float x) { return x * x; }

/// A query of a head, and where its row's keys begin.
struct Query {
  int64_t b, h, i, Tq, Tk, first_query, first_key, key_head;
};

class Plain {
 public:
  explicit Plain(const CpuProblem& problem) : cpu_(problem), p_(problem.exact), sizes_(problem.exact.in.sizes) {
    const auto numbers = [](int64_t count) { return std::vector<float>(static_cast<size_t>(count), 0.0F); };
    out_.context = out_.context_magnitude = numbers(p_.Nq * sizes_.H * sizes_.Dv);
    out_.log_sum_exp = out_.entropy = numbers(p_.Nq * sizes_.H);
    out_.d = {numbers(p_.query.size()), numbers(p_.key.size()), numbers(p_.value.size()), numbers(p_.u.size())};
    out_.magnitude = out_.d;
    d_context_ = problem.d_context.values();
  }

  PlainResult run() {
    for (int64_t b = 0; b < sizes_.B; ++b) {
      const int64_t first_query = p_.query_offsets[b], first_key = p_.key_offsets[b];
      const int64_t Tq = p_.query_offsets[b + 1] - first_query, Tk = p_.key_offsets[b + 1] - first_key;
      for (int64_t h = 0; h < sizes_.H; ++h) {
        for (int64_t i = 0; i < Tq; ++i) attend({b, h, i, Tq, Tk, first_query, first_key, h / (sizes_.H / sizes_.Hkv)});
      }
    }
    for (auto* squares : {&out_.context_magnitude, &out_.magnitude.query, &out_.magnitude.key, &out_.magnitude.value,
                          &out_.magnitude.u}) {
      for (float& square : *squares) square = std::sqrt(square);
    }
    return out_;
  }

 private:
  void attend(const Query& q) {
    scores_.assign(q.Tk, -std::numeric_limits<float>::infinity());
    tanh_.assign(q.Tk * sizes_.D, 0.0F);
    for (int64_t j = 0; j < q.Tk; ++j) {
      if (may(q, j)) scores_[j] = score(q, j);
    }
    normalise(q);
    add_values(q);
    add_gradients(q);
  }

  bool may(const Query& q, int64_t j) const {
    if (p_.in.causal && j > q.i + q.Tk - q.Tq) return false;
    const int64_t heads = p_.in.mask_heads;
    return p_.in.mask == nullptr || p_.in.mask[pair_index(p_.in, heads, q.b, heads == 1 ? 0 : q.h, q.i, j)] != 0;
  }
  float multiplier(const Query& q, int64_t j) const {
    if (p_.in.dropout == nullptr) return 1;
    return static_cast<float>(p_.in.dropout[pair_index(p_.in, sizes_.H, q.b, q.h, q.i, j)]);
  }
  float query(const Query& q, int64_t f) const { return static_cast<float>(p_.query.at(q.first_query + q.i, q.h, f)); }
  float key(const Query& q, int64_t j, int64_t f) const {
    return static_cast<float>(p_.key.at(q.first_key + j, q.key_head, f));
  }
  float value(const Query& q, int64_t j, int64_t c) const {
    return static_cast<float>(p_.value.at(q.first_key + j, q.key_head, c));
  }
  int64_t place(const Query& q) const { return (q.first_query + q.i) * sizes_.H + q.h; }

  float score(const Query& q, int64_t j) {
    const bool additive = p_.in.score == reference::Score::kAdditive;
    float sum = 0, magnitude = 0;
    for (int64_t f = 0; f < sizes_.D; ++f) {
      float term = query(q, f) * key(q, j, f);
      if (additive) {
        tanh_[j * sizes_.D + f] = std::tanh(query(q, f) + key(q, j, f));
        term = cpu_.u[q.h * sizes_.D + f] * tanh_[j * sizes_.D + f];
      }
      sum += term;
      magnitude += std::abs(additive ? cpu_.u[q.h * sizes_.D + f] : term);
    }
    out_.score_magnitude = std::max(out_.score_magnitude, magnitude * std::abs(cpu_.in.scale));
    return sum * cpu_.in.scale;
  }

  /// Scores -> weights.
  void normalise(const Query& q) {
    const float most =
        q.Tk == 0 ? -std::numeric_limits<float>::infinity() : *std::max_element(scores_.begin(), scores_.end());
    float sum = 0, entropy = 0;
    for (float& score : scores_) {
      score = std::isinf(most) ? 0.0F : std::exp(score - most);
      sum += score;
    }
    for (float& weight : scores_) {
      if (sum > 0) weight /= sum;
      if (weight > 0) entropy -= weight * std::log(weight);
    }
    out_.log_sum_exp[place(q)] = most + std::log(sum);
    out_.entropy[place(q)] = entropy;
  }

  void add_values(const Query& q) {
    for (int64_t j = 0; j < q.Tk; ++j) {
      for (int64_t c = 0; c < sizes_.Dv; ++c) {
        const float term = scores_[j] * multiplier(q, j) * value(q, j, c);
        out_.context[place(q) * sizes_.Dv + c] += term;
        out_.context_magnitude[place(q) * sizes_.Dv + c] += squared(term);
      }
    }
  }

  void add_gradients(const Query& q) {
    std::vector<float> d_weights(q.Tk), magnitudes(q.Tk);
    float mean = 0, mean_magnitude = 0;
    for (int64_t j = 0; j < q.Tk; ++j) {
      const float m = multiplier(q, j);
      for (int64_t c = 0; c < sizes_.Dv; ++c) {
        const float d = d_context_[place(q) * sizes_.Dv + c], term = d * value(q, j, c) * m;
        d_weights[j] += term;
        magnitudes[j] += std::abs(term);
        const int64_t at = ((q.first_key + j) * sizes_.Hkv + q.key_head) * sizes_.Dv + c;
        out_.d.value[at] += scores_[j] * m * d;
        out_.magnitude.value[at] += squared(scores_[j] * m * d);
      }
      mean += scores_[j] * d_weights[j];
      mean_magnitude += scores_[j] * magnitudes[j];
    }
    for (int64_t j = 0; j < q.Tk; ++j)
      add_score_gradient(q, j, scores_[j] * (d_weights[j] - mean), scores_[j] * (magnitudes[j] + mean_magnitude));
  }

  void add_score_gradient(const Query& q, int64_t j, float d_score, float magnitude) {
    const int64_t query_at = place(q) * sizes_.D;
    const int64_t key_at = ((q.first_key + j) * sizes_.Hkv + q.key_head) * sizes_.D;
    for (int64_t f = 0; f < sizes_.D; ++f) {
      float of_query = key(q, j, f) * cpu_.in.scale, of_key = query(q, f) * cpu_.in.scale;
      if (!cpu_.u.empty()) {
        const int64_t u_at = q.h * sizes_.D + f;
        const float tanh = tanh_[j * sizes_.D + f];
        of_query = of_key = cpu_.u[u_at] * (1 - tanh * tanh);
        out_.d.u[u_at] += d_score * tanh;
        out_.magnitude.u[u_at] += squared(magnitude);  // tanh is exact to a share of 1, not of itself
      }
      out_.d.query[query_at + f] += d_score * of_query;
      out_.d.key[key_at + f] += d_score * of_key;
      // Likewise 1 - tanh^2.
      const bool additive = !cpu_.u.empty();
      const float largest = additive ? cpu_.u[q.h * sizes_.D + f] : 0;
      out_.magnitude.query[query_at + f] += squared(magnitude * (additive ? largest : of_query));
      out_.magnitude.key[key_at + f] += squared(magnitude * (additive ? largest : of_key));
    }
  }

  const CpuProblem& cpu_;
  const AttentionProblem& p_;
  const reference::AttentionSizes& sizes_;
  std::vector<float> d_context_, scores_, tanh_;
  PlainResult out_;
};

}  // namespace

PlainResult plain_attention(const CpuProblem& problem) { return Plain(problem).run(); }

}  // namespace attune::testing
