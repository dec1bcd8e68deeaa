// SPDX-License-Identifier: Apache-2.0
#include "attention_fused.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/autocast_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/repeat_interleave.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <array>

#include "attune/core/error.hpp"
#include "attune/kernels/cpu/attention.hpp"
#include "attune/ops/packing.hpp"
#include "contiguous_vectors.hpp"
#include "packed_keys.hpp"

namespace attune {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

/// What the kernels need; each says what is the matter where it does not hold.
struct Constraint {
  const char* reason;
  bool (*holds)(const AttentionInputs& in, const AttentionOptions& options);
  /// Only a statistic is missing: the context is still theirs, since asking must not change it by a bit.
  bool of_statistics = false;
};
constexpr std::array kConstraints = {
    Constraint{"the numbers are not float32",
               [](const AttentionInputs& in, const AttentionOptions&) { return in.query.scalar_type() == at::kFloat; }},
    Constraint{"a width is 0", [](const AttentionInputs& in,
                                  const AttentionOptions&) { return in.key.size(-1) > 0 && in.value.size(-1) > 0; }},
    Constraint{"an intervention sets the weights",
               [](const AttentionInputs&, const AttentionOptions& options) {
                 return options.intervention.weights == Intervention::Weights::kComputed;
               }},
    Constraint{"all weights are wanted",
               [](const AttentionInputs&, const AttentionOptions& options) { return !options.wanted.weights; },
               /*of_statistics=*/true},
};

/// [N, H, W] or [B, H, T, W] as the kernels take it; W may be left out, which is a width of 1.
template <class Element>
HeadArray<Element> head_array(Element* data, const Tensor& tensor, bool packed) {
  if (packed) return {data, tensor.stride(0), tensor.stride(1)};
  return {data, tensor.stride(2), tensor.stride(1), tensor.stride(0)};
}
HeadArray<const float> read(const Tensor& tensor, bool packed) {
  return head_array(tensor.const_data_ptr<float>(), tensor, packed);
}
HeadArray<float> write(const Tensor& tensor, bool packed) {
  if (!tensor.defined()) return {};
  return head_array(tensor.mutable_data_ptr<float>(), tensor, packed);
}

/// 0, T, 2 T, ..
std::vector<int64_t> even_offsets(int64_t batch, int64_t length) {
  std::vector<int64_t> offsets(static_cast<size_t>(batch + 1));
  for (int64_t b = 0; b <= batch; ++b) offsets[static_cast<size_t>(b)] = b * length;
  return offsets;
}

/// One call: tensors that outlive it, and the kernel's inputs that point into them.
class FusedCall {
 public:
  FusedCall(const AttentionInputs& in, const FusedScore& score, const AttentionDropout& dropout, Executor* executor)
      : packed_(in.query_offsets.defined()),
        query_(with_contiguous_vectors(in.query)),
        key_(with_contiguous_vectors(in.key)),
        value_(with_contiguous_vectors(in.value)),
        mask_(in.mask),
        u_(score.u.defined() && score.u.numel() > 0 ? score.u.contiguous() : Tensor()),
        row_ids_(dropout.row_ids.defined() ? dropout.row_ids.contiguous() : Tensor()),
        packed_keys_(in.packed_keys == nullptr ? nullptr : &in.packed_keys->of(in.key)),
        executor_(executor) {
    set_offsets(in);
    const int64_t last = packed_ ? 2 : 3, heads = 1;
    inputs_.score = u_.defined() ? cpu::Score::kAdditive : cpu::Score::kScaledDot;
    inputs_.sizes.H = query_.size(heads);
    inputs_.sizes.Hkv = key_.size(heads);
    inputs_.sizes.D = query_.size(last);
    inputs_.sizes.Dv = value_.size(last);
    inputs_.query = read(query_, packed_);
    inputs_.key = read(key_, packed_);
    inputs_.value = read(value_, packed_);
    inputs_.u = u_.defined() ? u_.const_data_ptr<float>() : nullptr;
    inputs_.scale = static_cast<float>(score.scale);
    inputs_.causal = in.causal;
    if (mask_.defined()) set_mask();
    inputs_.dropout = {dropout.rate, dropout.key, row_ids_.defined() ? row_ids_.const_data_ptr<int64_t>() : nullptr};
  }
  FusedCall(const FusedCall&) = delete;
  FusedCall& operator=(const FusedCall&) = delete;

  struct Results {
    Tensor context, log_sum_exp, log_sum_exp_remainder, entropy;
  };
  [[nodiscard]] Results forward(bool wants_entropy) const {
    auto shape = query_.sizes().vec();
    shape.back() = inputs_.sizes.Dv;
    Results results;
    results.context = at::empty(shape, query_.options());
    shape.pop_back();
    results.log_sum_exp = at::empty(shape, query_.options());
    results.log_sum_exp_remainder = at::empty(shape, query_.options());
    if (wants_entropy) results.entropy = at::empty(shape, query_.options());
    const cpu::AttentionOutputs outputs{.context = write(results.context, packed_),
                                        .log_sum_exp = write(results.log_sum_exp, packed_),
                                        .entropy = write(results.entropy, packed_),
                                        .log_sum_exp_remainder = write(results.log_sum_exp_remainder, packed_)};
    if (packed_keys_ == nullptr) {
      cpu::attention(inputs_, outputs, executor_);
    } else {
      cpu::attention(inputs_, *packed_keys_, outputs, executor_);
    }
    return results;
  }

  struct Gradients {
    Tensor query, key, value, u;  ///< undefined: not wanted
  };
  void backward(const Results& forward, const Tensor& d_context_any, Gradients& to) const {
    const auto d_context = with_contiguous_vectors(d_context_any);
    cpu::attention_backward(inputs_,
                            {.context = read(forward.context, packed_),
                             .log_sum_exp = read(forward.log_sum_exp, packed_),
                             .log_sum_exp_remainder = read(forward.log_sum_exp_remainder, packed_)},
                            read(d_context, packed_),
                            {.query = write(to.query, packed_),
                             .key = write(to.key, packed_),
                             .value = write(to.value, packed_),
                             .u = to.u.defined() ? to.u.mutable_data_ptr<float>() : nullptr},
                            executor_);
  }

 private:
  void set_offsets(const AttentionInputs& in) {
    if (packed_) {
      inputs_.query_offsets = offsets_view(in.query_offsets).data();
      inputs_.key_offsets = offsets_view(in.key_offsets).data();
      offsets_ = {in.query_offsets, in.key_offsets};
      inputs_.sizes.B = in.query_offsets.size(0) - 1;
      return;
    }
    inputs_.sizes.B = query_.size(0);
    query_offsets_ = even_offsets(query_.size(0), query_.size(2));
    key_offsets_ = even_offsets(key_.size(0), key_.size(2));
    inputs_.query_offsets = query_offsets_.data();
    inputs_.key_offsets = key_offsets_.data();
  }

  void set_mask() {
    const auto* bytes = static_cast<const uint8_t*>(mask_.const_data_ptr());
    inputs_.mask = {bytes, mask_.stride(0), mask_.size(1) == 1 ? 0 : mask_.stride(1), mask_.stride(2), mask_.stride(3)};
  }

  bool packed_;
  Tensor query_, key_, value_, mask_, u_, row_ids_;
  const cpu::PackedKeys* packed_keys_;  // null: none
  std::array<Tensor, 2> offsets_;
  std::vector<int64_t> query_offsets_, key_offsets_;
  Executor* executor_;
  cpu::AttentionInputs inputs_;
};

/// What backward needs and autograd does not keep as a tensor.
struct CallState : torch::CustomClassHolder {
  AttentionInputs rest;  ///< without query, key and value
  double scale = 1;
  AttentionDropout dropout;
  Executor* executor = nullptr;
};

/// Gradients of gradients would need kernels of their own: what the first hang on is made to depend on a node that says
/// so.
struct RefuseSecond : Function<RefuseSecond> {
  static variable_list forward(AutogradContext*, at::TensorList gradients, at::TensorList /*causes*/) {
    variable_list same;
    for (const auto& gradient : gradients) same.push_back(gradient.alias());
    return same;
  }
  static variable_list backward(AutogradContext*, const variable_list&) {
    throw UsageError(
        "attention by fused kernels has no second derivative; choose Kernels::kComposed (--kernels composed) for it");
  }

  /// Undefined gradients stay so.
  static void link(const std::array<Tensor*, 4>& gradients, const variable_list& causes) {
    variable_list given, defined_causes;
    for (const auto* gradient : gradients) {
      if (gradient->defined()) given.push_back(*gradient);
    }
    for (const auto& cause : causes) {
      if (cause.defined()) defined_causes.push_back(cause);
    }
    const auto linked =
        apply(at::TensorList(given), at::TensorList(defined_causes));  // of a vector nothing is recorded
    size_t next = 0;
    for (auto* gradient : gradients) {
      if (gradient->defined()) *gradient = linked[next++];
    }
  }
};

struct FusedAttention : Function<FusedAttention> {
  static variable_list forward(AutogradContext* ctx, const Tensor& query, const Tensor& key, const Tensor& value,
                               const Tensor& u, const c10::intrusive_ptr<CallState>& state, bool wants_entropy) {
    const FusedCall call(inputs(*state, query, key, value), {u, state->scale}, state->dropout, state->executor);
    const auto results = call.forward(wants_entropy);
    state->rest.packed_keys = nullptr;  // backward reads the keys themselves
    ctx->save_for_backward({query, key, value, u, results.context, results.log_sum_exp, results.log_sum_exp_remainder});
    ctx->saved_data["state"] = c10::IValue::make_capsule(state);
    variable_list statistics = {results.log_sum_exp, results.log_sum_exp_remainder};
    if (wants_entropy) statistics.push_back(results.entropy);
    ctx->mark_non_differentiable(statistics);
    statistics.insert(statistics.begin(), results.context);
    return statistics;
  }

  static variable_list backward(AutogradContext* ctx, const variable_list& d_outputs) {
    if (!d_outputs[0].defined()) return variable_list(6);  // nothing hangs on the context
    const auto saved = ctx->get_saved_variables();
    const auto state = c10::static_intrusive_pointer_cast<CallState>(ctx->saved_data["state"].toCapsule());
    FusedCall::Gradients gradients;
    const std::array<Tensor*, 4> to = {&gradients.query, &gradients.key, &gradients.value, &gradients.u};
    for (size_t i = 0; i < to.size(); ++i) {
      if (ctx->needs_input_grad(i)) *to[i] = at::empty(saved[i].sizes(), saved[i].options());
    }
    {
      const at::NoGradGuard no_gradients;
      const FusedCall call(inputs(*state, saved[0], saved[1], saved[2]), {saved[3], state->scale}, state->dropout,
                           state->executor);
      const FusedCall::Results forward{saved[4], saved[5], saved[6], {}};
      call.backward(forward, d_outputs[0], gradients);
    }
    if (at::GradMode::is_enabled()) RefuseSecond::link(to, {d_outputs[0], saved[0], saved[1], saved[2], saved[3]});
    return {gradients.query, gradients.key, gradients.value, gradients.u, Tensor(), Tensor()};
  }

 private:
  static AttentionInputs inputs(const CallState& state, const Tensor& query, const Tensor& key, const Tensor& value) {
    auto in = state.rest;
    in.query = query, in.key = key, in.value = value;
    return in;
  }
};

/// The context of values of width 1 is a sum of weights times value, so that its derivative by a value, summed over
/// queries, is the mass that the key received. The weights follow from the log-sum-exp, whatever the values are, so
/// that that of the call itself serves.
/// @param forward its log-sum-exp with remainder
Tensor fused_received(const AttentionInputs& in, const AttentionSizes& sizes, const FusedScore& score,
                      FusedCall::Results forward, Executor* executor) {
  const at::NoGradGuard no_gradients;
  auto unit = in;
  unit.packed_keys = nullptr;  // which were packed from other heads
  if (sizes.heads != sizes.key_heads)
    unit.key = in.key.repeat_interleave(sizes.heads / sizes.key_heads, 1);  // a mass for each query head
  auto shape = unit.key.sizes().vec();
  shape.back() = 1;
  unit.value = at::zeros(shape, in.key.options());
  auto context_shape = in.query.sizes().vec();
  context_shape.back() = 1;
  forward.context = at::zeros(context_shape, in.query.options());
  FusedCall::Gradients gradients;
  gradients.value = at::empty(shape, in.key.options());
  FusedCall(unit, score, {}, executor).backward(forward, at::ones_like(forward.context), gradients);
  return gradients.value.squeeze(-1);
}

}  // namespace

bool fused_compute_context(const AttentionInputs& in, const AttentionOptions& options) {
  return std::all_of(kConstraints.begin(), kConstraints.end(), [&](const Constraint& constraint) {
    return constraint.of_statistics || constraint.holds(in, options);
  });
}

std::vector<std::string> fused_refusals(const AttentionInputs& in, const AttentionOptions& options) {
  std::vector<std::string> reasons;
  for (const auto& constraint : kConstraints) {
    if (!constraint.holds(in, options)) reasons.emplace_back(constraint.reason);
  }
  return reasons;
}

Allocation fused_attention(const AttentionInputs& in, const AttentionSizes& sizes, const FusedScore& score,
                           const AttentionOptions& options) {
  if (at::autocast::is_autocast_enabled(at::kCPU)) {
    throw UsageError(
        "attention by fused kernels computes in float32 and takes no part in autocast; leave autocast for it, or "
        "choose Kernels::kComposed");
  }
  const auto state = c10::make_intrusive<CallState>();
  state->rest = in;
  state->rest.query = state->rest.key = state->rest.value = Tensor();
  state->scale = score.scale;
  state->dropout = options.dropout;
  state->executor = options.executor;
  const auto u = score.u.defined() ? score.u : at::empty({0}, in.query.options());  // autograd takes no undefined one
  const auto results = FusedAttention::apply(in.query, in.key, in.value, u, state, options.wanted.entropy);
  Allocation out;
  out.context = results[0];
  if (options.wanted.log_sum_exp) out.log_sum_exp = results[1];
  if (options.wanted.entropy) out.entropy = results[3];
  if (options.wanted.received)
    out.received = fused_received(in, sizes, score, {{}, results[1], results[2], {}}, options.executor);
  if (const auto& gates = options.intervention.head_gates; gates.defined()) {
    const auto by_head = gates.to(out.context.scalar_type());  // [H]
    out.context = out.context * (sizes.packed ? by_head.view({1, -1, 1}) : by_head.view({1, -1, 1, 1}));
  }
  return out;
}
}  // namespace attune
