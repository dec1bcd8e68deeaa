// SPDX-License-Identifier: Apache-2.0
#include "attention_problem.hpp"

#include <stdexcept>

namespace attune::testing {

using reference::Score;

std::string name_of(Score score) {
  switch (score) {
    case Score::kAdditive:
      return "Additive";
    case Score::kDot:
      return "Dot";
    case Score::kMultiplicative:
      return "Multiplicative";
    case Score::kScaledDot:
      return "ScaledDot";
  }
  throw std::logic_error("no such score");
}

std::string name_of(MaskKind mask) {
  switch (mask) {
    case MaskKind::kNone:
      return "NoMask";
    case MaskKind::kCausal:
      return "Causal";
    case MaskKind::kBoolean:
      return "Boolean";
    case MaskKind::kEmptyQuery:
      return "EmptyQuery";
  }
  throw std::logic_error("no such mask");
}

double uniform(std::mt19937_64& random) { return static_cast<double>(random() >> 11) * 0x1.0p-52 - 1; }

std::vector<int64_t> offsets_of(const std::vector<int64_t>& lengths) {
  std::vector<int64_t> offsets = {0};
  for (const int64_t length : lengths) offsets.push_back(offsets.back() + length);
  return offsets;
}

namespace {

/// Three of five may attend, independently per head.
std::vector<uint8_t> random_mask(int64_t pairs, std::mt19937_64& random) {
  std::vector<uint8_t> mask(pairs);
  for (uint8_t& may : mask) may = random() % 5 < 3;
  return mask;
}

void forbid_first_query(const reference::AttentionInputs& in, std::vector<uint8_t>& mask) {
  if (in.query_offsets[1] == 0) return;
  for (int64_t h = 0; h < in.mask_heads; ++h) {
    for (int64_t j = 0; j < in.key_offsets[1]; ++j) mask[pair_index(in, in.mask_heads, 0, h, 0, j)] = 0;
  }
}

}  // namespace

AttentionProblem::AttentionProblem(const AttentionCase& c)
    : query_offsets(offsets_of(c.query_lengths)),
      key_offsets(offsets_of(c.key_lengths)),
      Nq(query_offsets.back()),
      Nk(key_offsets.back()),
      query(Nq, c.H, c.D, c.layout),
      key(Nk, c.Hkv, c.D, c.layout),
      value(Nk, c.Hkv, c.Dv, c.layout) {
  std::mt19937_64 random(2015);
  const auto next = [&] { return uniform(random); };
  in.score = c.score;
  in.sizes = {static_cast<int64_t>(c.query_lengths.size()), c.H, c.Hkv, c.D, c.Dv};
  in.query_offsets = query_offsets.data();
  in.key_offsets = key_offsets.data();
  for (StridedBuffer* buffer : {&query, &key, &value}) buffer->fill(next);
  in.query = query.view();
  in.key = key.view();
  in.value = value.view();

  if (c.score == Score::kAdditive) {
    u = StridedBuffer(c.H, 1, c.D);
    u.fill(next);
    in.u = u.data();
  }
  if (c.score == Score::kMultiplicative) {
    matrix = StridedBuffer(c.H, c.D, c.D);
    matrix.fill(next);
    in.matrix = matrix.data();
  }

  pairs = pair_index(in, c.H, in.sizes.B, 0, 0, 0);
  in.causal = c.mask == MaskKind::kCausal;
  if (c.mask == MaskKind::kBoolean || c.mask == MaskKind::kEmptyQuery) {
    in.mask_heads = c.H;
    mask = random_mask(pairs, random);
    if (c.mask == MaskKind::kEmptyQuery) forbid_first_query(in, mask);
    in.mask = mask.data();
  }

  dropout = StridedBuffer(pairs, 1, 1);
  dropout.fill([&] { return random() % 4 == 0 ? 0.0 : 4.0 / 3; });
  given_weights = StridedBuffer(pairs, 1, 1);
  given_weights.fill([&] { return uniform(random) / 2 + 0.5; });
  head_gate = StridedBuffer(c.H, 1, 1);
  head_gate.fill(next);
}

AttentionResult::AttentionResult(const AttentionProblem& p, Layout layout)
    : context(p.Nq, p.in.sizes.H, p.in.sizes.Dv, layout),
      log_sum_exp(p.Nq, p.in.sizes.H, 1),
      entropy(p.Nq, p.in.sizes.H, 1),
      received(p.Nk, p.in.sizes.H, 1),
      weights(p.pairs, 1, 1) {}

bool AttentionResult::rest_untouched() const {
  return context.rest_untouched() && log_sum_exp.rest_untouched() && entropy.rest_untouched() &&
         received.rest_untouched() && weights.rest_untouched();
}

AttentionResult run_attention(const AttentionProblem& problem, Layout layout) {
  AttentionResult result(problem, layout);
  attention(problem.in, {.context = result.context.array(),
                         .log_sum_exp = result.log_sum_exp.data(),
                         .entropy = result.entropy.data(),
                         .received = result.received.data(),
                         .weights = result.weights.data()});
  if (!result.rest_untouched()) throw std::logic_error("attention wrote outside its outputs");
  return result;
}

AttentionGradientResult::AttentionGradientResult(const AttentionProblem& p, Layout layout)
    : query(p.Nq, p.in.sizes.H, p.in.sizes.D, layout),
      key(p.Nk, p.in.sizes.Hkv, p.in.sizes.D, layout),
      value(p.Nk, p.in.sizes.Hkv, p.in.sizes.Dv, layout),
      u(p.u.size(), 1, 1),
      matrix(p.matrix.size(), 1, 1),
      head_gate(p.in.sizes.H, 1, 1) {}

bool AttentionGradientResult::rest_untouched() const {
  return query.rest_untouched() && key.rest_untouched() && value.rest_untouched() && u.rest_untouched() &&
         matrix.rest_untouched() && head_gate.rest_untouched();
}

AttentionGradientResult run_attention_backward(const AttentionProblem& p, const StridedBuffer& d_context,
                                               Layout layout) {
  AttentionGradientResult result(p, layout);
  attention_backward(p.in, d_context.view(),
                     {.query = result.query.array(),
                      .key = result.key.array(),
                      .value = result.value.array(),
                      .u = p.in.u ? result.u.data() : nullptr,
                      .matrix = p.in.matrix ? result.matrix.data() : nullptr,
                      .head_gate = result.head_gate.data()});
  if (!result.rest_untouched()) throw std::logic_error("attention_backward wrote outside its gradients");
  return result;
}

}  // namespace attune::testing
