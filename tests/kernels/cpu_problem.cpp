// SPDX-License-Identifier: Apache-2.0
#include "cpu_problem.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "attune/kernels/cpu/isa.hpp"

namespace attune::testing {
namespace {

using reference::Score;

void round_to_float(StridedBuffer& buffer, double factor, std::mt19937_64& random) {
  buffer.fill([&] { return static_cast<double>(static_cast<float>(factor * uniform(random))); });
}

float scale_of(const reference::AttentionInputs& in) {
  if (in.score != Score::kScaledDot) return 1;
  return in.scale ? static_cast<float>(*in.scale) : 1 / std::sqrt(static_cast<float>(in.sizes.D));
}

int64_t longest_of(const std::vector<int64_t>& lengths) {
  return lengths.empty() ? 0 : *std::max_element(lengths.begin(), lengths.end());
}

/// The dropout of `in`, as multipliers per pair.
void give_multipliers(const cpu::AttentionInputs& in, AttentionProblem& exact) {
  const double keep = 1 - in.dropout.rate;
  for (int64_t b = 0; b < exact.in.sizes.B; ++b) {
    const int64_t first = pair_index(exact.in, exact.in.sizes.H, b, 0, 0, 0);
    std::vector<float> row(pair_index(exact.in, exact.in.sizes.H, b + 1, 0, 0, 0) - first);
    const auto id = static_cast<uint64_t>(in.dropout.row_ids == nullptr ? b : in.dropout.row_ids[b]);
    in.dropout.key.with(id).fill_dropout(row, 0, keep, static_cast<float>(1 / keep));
    for (size_t n = 0; n < row.size(); ++n) exact.dropout.at(first + static_cast<int64_t>(n)) = row[n];
  }
  exact.in.dropout = exact.dropout.data();
}

cpu::AttentionOutputs outputs_of(CpuResult& result) {
  return {.context = result.context.array(),
          .log_sum_exp = result.log_sum_exp.array(),
          .entropy = result.entropy.array(),
          .log_sum_exp_remainder = result.log_sum_exp_remainder.array()};
}

void throw_if_touched(const CpuResult& result) {
  for (const CpuArray* array : {&result.context, &result.log_sum_exp, &result.log_sum_exp_remainder, &result.entropy}) {
    if (!array->rest_untouched()) throw std::logic_error("cpu::attention wrote outside its outputs");
  }
}

}  // namespace

CpuProblem::CpuProblem(const CpuCase& c)
    : exact(c.shape),
      query(exact.query_offsets, c.shape.H, c.shape.D, c.form, c.shape.layout),
      key(exact.key_offsets, c.shape.Hkv, c.shape.D, c.form, c.shape.layout),
      value(exact.key_offsets, c.shape.Hkv, c.shape.Dv, c.form, c.shape.layout),
      d_context(exact.query_offsets, c.shape.H, c.shape.Dv, c.form, c.shape.layout),
      form(c.form),
      layout(c.shape.layout) {
  std::mt19937_64 random(c.seed);
  for (StridedBuffer* buffer : {&exact.query, &exact.key}) round_to_float(*buffer, c.amplitude, random);
  for (StridedBuffer* buffer : {&exact.value, &exact.u}) round_to_float(*buffer, 1, random);
  for (float* place : d_context.places()) *place = static_cast<float>(uniform(random));

  in.score = c.shape.score == Score::kAdditive ? cpu::Score::kAdditive : cpu::Score::kScaledDot;
  in.sizes = {exact.in.sizes.B, c.shape.H, c.shape.Hkv, c.shape.D, c.shape.Dv};
  in.query = query.view();
  in.key = key.view();
  in.value = value.view();
  in.query_offsets = exact.query_offsets.data();
  in.key_offsets = exact.key_offsets.data();
  in.scale = scale_of(exact.in);
  if (c.shape.score == Score::kScaledDot) exact.in.scale = in.scale;
  in.causal = exact.in.causal;
  copy_numbers();
  copy_mask(c.transposed_mask);

  for (int64_t b = 0; b < exact.in.sizes.B; ++b) row_ids.push_back(1000 - 7 * b);
  in.dropout = {.rate = c.dropout, .key = RandomKey(c.seed), .row_ids = row_ids.data()};
  if (c.dropout > 0) give_multipliers(in, exact);
}

void CpuProblem::copy_numbers() {
  query.fill(exact.query.values());
  key.fill(exact.key.values());
  value.fill(exact.value.values());
  const auto numbers = exact.u.values();
  u.assign(numbers.begin(), numbers.end());
  in.u = u.empty() ? nullptr : u.data();
}

void CpuProblem::copy_mask(bool transposed) {
  if (exact.in.mask == nullptr) return;
  const int64_t heads = exact.in.mask_heads;
  std::vector<int64_t> query_lengths = {1}, key_lengths = {1};
  for (int64_t b = 0; b < in.sizes.B; ++b) {
    query_lengths.push_back(in.query_offsets[b + 1] - in.query_offsets[b]);
    key_lengths.push_back(in.key_offsets[b + 1] - in.key_offsets[b]);
  }
  const int64_t Tq = longest_of(query_lengths) + 2, Tk = longest_of(key_lengths) + 3;
  in.mask = {.row_stride = heads * Tq * Tk,
             .head_stride = heads == 1 ? 0 : Tq * Tk,
             .query_stride = transposed ? 1 : Tk,
             .key_stride = transposed ? Tq : 1};
  mask.assign(in.sizes.B * heads * Tq * Tk, 1);
  for (int64_t b = 0; b < in.sizes.B; ++b) {
    for (int64_t h = 0; h < heads; ++h) {
      for (int64_t i = 0; i < query_lengths[b + 1]; ++i) {
        for (int64_t j = 0; j < key_lengths[b + 1]; ++j) {
          const bool may = exact.in.mask[pair_index(exact.in, heads, b, h, i, j)] != 0;
          const int64_t at = b * in.mask.row_stride + h * Tq * Tk + i * in.mask.query_stride + j * in.mask.key_stride;
          mask[at] = may ? static_cast<uint8_t>(1 + at % 255) : 0;  // any nonzero byte
        }
      }
    }
  }
  in.mask.data = mask.data();
}

CpuResult::CpuResult(const CpuProblem& p)
    : context(p.exact.query_offsets, p.in.sizes.H, p.in.sizes.Dv, p.form, p.layout),
      log_sum_exp(p.exact.query_offsets, p.in.sizes.H, 1, p.form, p.layout),
      log_sum_exp_remainder(p.exact.query_offsets, p.in.sizes.H, 1, p.form, p.layout),
      entropy(p.exact.query_offsets, p.in.sizes.H, 1, p.form, p.layout) {}

CpuGradients::CpuGradients(const CpuProblem& p)
    : query(p.exact.query_offsets, p.in.sizes.H, p.in.sizes.D, p.form, p.layout),
      key(p.exact.key_offsets, p.in.sizes.Hkv, p.in.sizes.D, p.form, p.layout),
      value(p.exact.key_offsets, p.in.sizes.Hkv, p.in.sizes.Dv, p.form, p.layout),
      u(p.u.empty() ? 0 : p.in.sizes.H, 1, p.in.sizes.D) {}

cpu::KeyInputs keys_of(const CpuProblem& problem) {
  const auto& [B, H, Hkv, D, Dv] = problem.in.sizes;
  return {.score = problem.in.score,
          .B = B,
          .H = H,
          .Hkv = Hkv,
          .D = D,
          .key = problem.in.key,
          .key_offsets = problem.in.key_offsets,
          .u = problem.in.u};
}

CpuResult run_cpu(const CpuProblem& problem, Executor* executor) {
  CpuResult result(problem);
  cpu::attention(problem.in, outputs_of(result), executor);
  throw_if_touched(result);
  return result;
}

CpuResult run_cpu_packed(const CpuProblem& problem, const cpu::PackedKeys& keys, Executor* executor) {
  CpuResult result(problem);
  cpu::attention(problem.in, keys, outputs_of(result), executor);
  throw_if_touched(result);
  return result;
}

CpuGradients run_cpu_backward(const CpuProblem& problem, const CpuResult& forward, Executor* executor) {
  CpuGradients result(problem);
  cpu::attention_backward(problem.in, forward.view(), problem.d_context.view(),
                          {.query = result.query.array(),
                           .key = result.key.array(),
                           .value = result.value.array(),
                           .u = problem.u.empty() ? nullptr : result.u.data()},
                          executor);
  for (const CpuArray* array : {&result.query, &result.key, &result.value}) {
    if (!array->rest_untouched()) throw std::logic_error("cpu::attention_backward wrote outside its gradients");
  }
  if (!result.u.rest_untouched()) throw std::logic_error("cpu::attention_backward wrote outside the gradient of u");
  return result;
}

AttentionGradientResult run_exact_backward(const CpuProblem& problem) {
  StridedBuffer d_context(problem.exact.Nq, problem.in.sizes.H, problem.in.sizes.Dv);
  const auto numbers = problem.d_context.values();
  d_context.fill(std::vector<double>(numbers.begin(), numbers.end()));
  return run_attention_backward(problem.exact, d_context);
}

void for_each_isa(const std::function<void()>& test) {
  struct Restore {
    std::string isa = cpu::isa();
    ~Restore() { cpu::force_isa(isa); }
  } restore;
  for (const std::string& isa : cpu::supported_isas()) {
    SCOPED_TRACE(isa);
    cpu::force_isa(isa);
    test();
  }
}

}  // namespace attune::testing
