// SPDX-License-Identifier: Apache-2.0
#include "split_problem.hpp"

#include <stdexcept>

#include "attention_problem.hpp"

namespace attune::testing {
namespace {

void require_untouched(std::initializer_list<const StridedBuffer*> buffers) {
  for (const StridedBuffer* buffer : buffers) {
    if (!buffer->rest_untouched()) throw std::logic_error("split attention wrote outside its outputs");
  }
}

}  // namespace

SplitProblem::SplitProblem(const SplitCase& c)
    : offsets(offsets_of(c.lengths)),
      values(offsets.back(), c.R, c.W, c.layout),
      hidden_weight(c.hidden, 1, c.W),
      hidden_bias(c.hidden, 1, 1),
      logit_weight(c.R * c.G, 1, c.hidden),
      logit_bias(c.R * c.G, 1, 1),
      given_weights(static_cast<int64_t>(c.lengths.size()), c.R, c.G) {
  std::mt19937_64 random(2019);
  for (StridedBuffer* buffer : {&values, &hidden_weight, &hidden_bias, &logit_weight, &logit_bias, &given_weights}) {
    buffer->fill([&] { return uniform(random); });
  }
  const auto view = values.view();
  in = {.sizes = {static_cast<int64_t>(c.lengths.size()), c.R, c.W, c.G, c.hidden},
        .values = view.data,
        .token_stride = view.token_stride,
        .branch_stride = view.head_stride,
        .offsets = offsets.data(),
        .hidden_weight = hidden_weight.data(),
        .hidden_bias = hidden_bias.data(),
        .logit_weight = logit_weight.data(),
        .logit_bias = logit_bias.data()};
}

SplitResult::SplitResult(const SplitProblem& p)
    : context(p.offsets.back(), 1, p.in.sizes.W, Layout::kGapped),
      weights(p.in.sizes.B, p.in.sizes.R, p.in.sizes.G),
      log_sum_exp(p.in.sizes.B, 1, p.in.sizes.G),
      entropy(p.in.sizes.B, 1, p.in.sizes.G) {}

SplitResult run_split(const SplitProblem& problem) {
  SplitResult result(problem);
  split_attention(problem.in, {.context = result.context.data(),
                               .context_stride = result.context.view().token_stride,
                               .weights = result.weights.data(),
                               .log_sum_exp = result.log_sum_exp.data(),
                               .entropy = result.entropy.data()});
  require_untouched({&result.context, &result.weights, &result.log_sum_exp, &result.entropy});
  return result;
}

SplitGradientResult::SplitGradientResult(const SplitProblem& p)
    : values(p.offsets.back(), p.in.sizes.R, p.in.sizes.W, Layout::kHeadsFirst),
      hidden_weight(p.hidden_weight.size(), 1, 1),
      hidden_bias(p.hidden_bias.size(), 1, 1),
      logit_weight(p.logit_weight.size(), 1, 1),
      logit_bias(p.logit_bias.size(), 1, 1) {}

SplitGradientResult run_split_backward(const SplitProblem& problem, const StridedBuffer& d_context) {
  SplitGradientResult result(problem);
  const auto d_values = result.values.array();
  split_attention_backward(problem.in, d_context.data(), d_context.view().token_stride,
                           {.values = d_values.data,
                            .token_stride = d_values.token_stride,
                            .branch_stride = d_values.head_stride,
                            .hidden_weight = result.hidden_weight.data(),
                            .hidden_bias = result.hidden_bias.data(),
                            .logit_weight = result.logit_weight.data(),
                            .logit_bias = result.logit_bias.data()});
  require_untouched(
      {&result.values, &result.hidden_weight, &result.hidden_bias, &result.logit_weight, &result.logit_bias});
  return result;
}

}  // namespace attune::testing
