// SPDX-License-Identifier: Apache-2.0
#include "operator_problem.hpp"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "attune/ops/packing.hpp"

namespace attune::testing {

using reference::Score;

std::string name_of(PairMask mask) {
  static const char* const names[] = {"NoMask", "Causal", "Shared", "PerHead", "EmptyQuery", "CausalAndShared"};
  return names[static_cast<int>(mask)];
}

std::string name_of(Form form) {
  static const char* const names[] = {"Packed", "PackedSliced", "Dense", "DensePermuted", "DenseSliced"};
  return names[static_cast<int>(form)];
}

namespace {

/// As make_executor() has it in the program. LibTorch's own threads would wait on each other in every small operation:
/// ten times as long on a busy machine.
[[maybe_unused]] const bool single_threaded = [] {
  at::set_num_threads(1);
  return true;
}();

MaskKind kind_of(PairMask mask) {
  if (mask == PairMask::kNone) return MaskKind::kNone;
  if (mask == PairMask::kCausal) return MaskKind::kCausal;
  return mask == PairMask::kEmptyQuery ? MaskKind::kEmptyQuery : MaskKind::kBoolean;
}

AttentionCase reference_case(const OperatorCase& c) {
  return {.score = c.score,
          .H = c.H,
          .Hkv = c.Hkv,
          .D = c.D,
          .Dv = c.Dv,
          .query_lengths = c.query_lengths,
          .key_lengths = c.key_lengths,
          .mask = kind_of(c.mask),
          .layout = Layout::kContiguous};
}

void round_to_float(StridedBuffer& buffer) {
  for (double* place : buffer.places()) *place = static_cast<float>(*place);
}

/// The tensor's numbers in the middle of a larger one that holds NaN.
Tensor sliced(const Tensor& tensor) {
  std::vector<int64_t> larger;
  for (const int64_t size : tensor.sizes()) larger.push_back(size + 2);
  auto cut = at::full(larger, std::numeric_limits<double>::quiet_NaN(), tensor.options());
  for (int64_t d = 0; d < tensor.dim(); ++d) cut = cut.narrow(d, 1, tensor.size(d));
  return cut.copy_(tensor);
}

/// Packed [N, heads, width] in the form asked for.
Tensor in_form(const Tensor& packed, int64_t rows, Form form) {
  if (form == Form::kPacked) return packed;
  if (form == Form::kPackedSliced) return sliced(packed);
  const int64_t length = rows == 0 ? 0 : packed.size(0) / rows;
  const auto permuted = packed.view({rows, length, packed.size(1), packed.size(2)}).transpose(1, 2);
  if (form == Form::kDensePermuted) return permuted;
  return form == Form::kDense ? permuted.contiguous() : sliced(permuted);
}

int64_t longest(const std::vector<int64_t>& lengths) {
  return lengths.empty() ? 0 : *std::max_element(lengths.begin(), lengths.end());
}

/// Calls visit(place in the per-pair array, row, head, query, key) in the order of that array.
template <class Visit>
void for_each_pair(const OperatorProblem& problem, int64_t heads, Visit visit) {
  size_t place = 0;
  for (int64_t b = 0; b < problem.rows(); ++b) {
    for (int64_t h = 0; h < heads; ++h) {
      for (int64_t i = 0; i < problem.query_length(b); ++i) {
        for (int64_t j = 0; j < problem.key_length(b); ++j) visit(place++, b, h, i, j);
      }
    }
  }
}

Tensor mask_tensor(const OperatorProblem& problem) {
  const auto& in = problem.reference.in;
  if (in.mask == nullptr) return {};
  const std::vector<double> numbers(in.mask, in.mask + pair_index(in, in.mask_heads, in.sizes.B, 0, 0, 0));
  return pad_pairs(problem, numbers, in.mask_heads).to(at::kBool);
}

Tensor parameter_of(const OperatorProblem& problem) {
  const auto& [score, H, Hkv, D, Dv, query_lengths, key_lengths, mask, type] = problem.c;
  if (score == Score::kAdditive) return tensor_of(problem.reference.u.values(), {H, D}).to(type);
  if (score == Score::kMultiplicative) return tensor_of(problem.reference.matrix.values(), {H, D, D}).to(type);
  return {};
}

}  // namespace

OperatorProblem::OperatorProblem(const OperatorCase& of) : c(of), reference(reference_case(of)) {
  if (c.mask == PairMask::kShared || c.mask == PairMask::kCausalAndShared) reference.in.mask_heads = 1;
  if (c.mask == PairMask::kCausalAndShared) reference.in.causal = true;
  if (c.type == at::kDouble) return;
  for (auto* buffer : {&reference.query, &reference.key, &reference.value, &reference.u, &reference.matrix}) {
    round_to_float(*buffer);
  }
}

int64_t OperatorProblem::longest_query() const { return longest(c.query_lengths); }
int64_t OperatorProblem::longest_key() const { return longest(c.key_lengths); }

OperatorCall make_call(const OperatorProblem& problem, Form form, bool requires_grad) {
  const auto& c = problem.c;
  OperatorCall call;
  call.in.query = like_query(problem, problem.reference.query, c.D, form).to(c.type);
  call.in.key = like_key(problem, problem.reference.key, c.Hkv, c.D, form).to(c.type);
  call.in.value = like_key(problem, problem.reference.value, c.Hkv, c.Dv, form).to(c.type);
  if (form == Form::kPackedSliced || form == Form::kDenseSliced) {  // a change of type makes a new tensor
    for (Tensor* tensor : {&call.in.query, &call.in.key, &call.in.value}) *tensor = sliced(*tensor);
  }
  if (is_packed(form)) {
    call.in.query_offsets = offsets_tensor(c.query_lengths);
    call.in.key_offsets = offsets_tensor(c.key_lengths);
  }
  call.in.mask = mask_tensor(problem);
  call.in.causal = problem.reference.in.causal;
  call.parameter = parameter_of(problem);
  if (!requires_grad) return call;
  for (Tensor* leaf : {&call.in.query, &call.in.key, &call.in.value, &call.parameter}) {
    if (leaf->defined()) leaf->requires_grad_(true);
  }
  return call;
}

Allocation allocate(Score score, const OperatorCall& call, const AttentionOptions& options) {
  switch (score) {
    case Score::kAdditive:
      return additive_attention(call.in, call.parameter, options);
    case Score::kDot:
      return dot_attention(call.in, options);
    case Score::kMultiplicative:
      return multiplicative_attention(call.in, call.parameter, options);
    case Score::kScaledDot:
      return scaled_dot_attention(call.in, {}, options);
  }
  throw std::logic_error("no such score");
}

Tensor like_query(const OperatorProblem& problem, const StridedBuffer& buffer, int64_t width, Form form) {
  return in_form(tensor_of(buffer.values(), {problem.reference.Nq, problem.c.H, width}), problem.rows(), form);
}

Tensor like_key(const OperatorProblem& problem, const StridedBuffer& buffer, int64_t heads, int64_t width, Form form) {
  return in_form(tensor_of(buffer.values(), {problem.reference.Nk, heads, width}), problem.rows(), form);
}

Tensor pad_pairs(const OperatorProblem& problem, const std::vector<double>& per_pair, int64_t heads) {
  auto padded = at::zeros({problem.rows(), heads, problem.longest_query(), problem.longest_key()}, at::kDouble);
  auto to = padded.accessor<double, 4>();
  for_each_pair(problem, heads,
                [&](size_t place, int64_t b, int64_t h, int64_t i, int64_t j) { to[b][h][i][j] = per_pair.at(place); });
  return padded;
}

std::vector<double> unpad_pairs(const OperatorProblem& problem, const Tensor& padded) {
  std::vector<double> per_pair(static_cast<size_t>(problem.reference.pairs));
  const auto numbers = padded.to(at::kDouble);
  const auto from = numbers.accessor<double, 4>();
  for_each_pair(problem, problem.c.H, [&](size_t place, int64_t b, int64_t h, int64_t i, int64_t j) {
    per_pair.at(place) = from[b][h][i][j];
  });
  return per_pair;
}

Allocation expected_allocation(const OperatorProblem& problem, Form form) {
  const auto& c = problem.c;
  const auto result = run_attention(problem.reference, Layout::kContiguous);
  return {.context = like_query(problem, result.context, c.Dv, form),
          .log_sum_exp = like_query(problem, result.log_sum_exp, 1, form).squeeze(-1),
          .entropy = like_query(problem, result.entropy, 1, form).squeeze(-1),
          .received = like_key(problem, result.received, c.H, 1, form).squeeze(-1),
          .weights = pad_pairs(problem, result.weights.values(), c.H)};
}

OperatorGradients gradients_of(const OperatorCall& call, const Tensor& context, const Tensor& d_context) {
  std::vector<Tensor> leaves = {call.in.query, call.in.key, call.in.value};
  if (call.parameter.defined()) leaves.push_back(call.parameter);
  auto gradients = torch::autograd::grad({context}, leaves, {d_context.to(context.scalar_type())}, std::nullopt, false,
                                         /*allow_unused=*/true);
  for (size_t n = 0; n < leaves.size(); ++n) {
    gradients[n] = gradients[n].defined() ? gradients[n].to(at::kDouble) : at::zeros(leaves[n].sizes(), at::kDouble);
  }
  return {gradients[0], gradients[1], gradients[2], leaves.size() > 3 ? gradients[3] : Tensor()};
}

std::vector<double> numbers_of(const Tensor& tensor) {
  const auto numbers = tensor.detach().to(at::kDouble).contiguous();
  const auto* first = numbers.const_data_ptr<double>();
  return {first, first + numbers.numel()};
}

Tensor tensor_of(const std::vector<double>& numbers, at::IntArrayRef shape) {
  auto tensor = at::empty({static_cast<int64_t>(numbers.size())}, at::kDouble);
  std::copy(numbers.begin(), numbers.end(), tensor.mutable_data_ptr<double>());
  return tensor.view(shape);
}

Tensor offsets_tensor(const std::vector<int64_t>& lengths) { return make_offsets(offsets_of(lengths)); }

Tensor random_tensor(at::IntArrayRef shape, uint64_t seed, at::ScalarType type) {
  std::mt19937_64 random(seed);
  auto tensor = at::empty(shape, at::kDouble);
  auto* numbers = tensor.mutable_data_ptr<double>();
  for (int64_t n = 0; n < tensor.numel(); ++n) numbers[n] = uniform(random);
  return tensor.to(type);
}

}  // namespace attune::testing
