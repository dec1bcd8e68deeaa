// SPDX-License-Identifier: Apache-2.0
#include "site_rerun.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/softmax.h>

#include <algorithm>
#include <utility>

#include "attune/explain/attention_mass.hpp"
#include "attune/model/row_parts.hpp"
#include "row_copies.hpp"

namespace attune {
namespace {

bool has_classes(const Subject& subject) { return subject.question().of_class.has_value(); }

/// [C] undefined without a linear part
Tensor linear_scores(const Subject& subject) {
  if (subject.linear() == nullptr) return {};
  const double weight = subject.model().linear_weight(subject.question().output);
  const auto opinion = subject.linear()->log_probabilities(subject.cells());
  auto scores = at::empty({std::ssize(opinion)}, at::TensorOptions(at::kDouble));
  std::transform(opinion.begin(), opinion.end(), scores.mutable_data_ptr<double>(),
                 [&](float log_probability) { return weight * log_probability; });
  return scores;
}

}  // namespace

SiteRerun::SiteRerun(const Subject& subject, std::string site)
    : subject_(subject), site_(std::move(site)), linear_(linear_scores(subject)) {
  const at::NoGradGuard no_gradients;
  original_ = answers({}, 1);
}

Tensor SiteRerun::weights() const { return weights_under({}); }

Tensor SiteRerun::allowed() const { return weights_under({.weights = Intervention::Weights::kUniform}).gt(0); }

Tensor SiteRerun::weights_under(const Intervention& intervention) const {
  const at::NoGradGuard no_gradients;
  Tensor weights;
  auto context = context_with(intervention);
  context.wanted = [&](std::string_view site) { return Wanted{.weights = site == site_}; };
  context.observer = [&](std::string_view site, const Allocation& allocation) {
    if (site == site_) weights = allocation.weights.squeeze(0).to(at::kFloat);
  };
  (void)hidden(1, context).pooled();
  return weights;
}

ForwardContext SiteRerun::context_with(const Intervention& intervention) const {
  auto context = subject_.model().forward_context();
  context.kernels = Kernels::kAutomatic;  // the fused ones compute their own weights, and keep them
  context.intervention = [own = std::move(context.intervention), this, &intervention](std::string_view site) {
    auto change = own ? own(site) : Intervention{};
    if (site != site_) return change;
    auto asked = intervention;
    asked.head_gates = change.head_gates;
    return asked;
  };
  return context;
}

Hidden SiteRerun::hidden(int64_t copies, const ForwardContext& context) const {
  const auto& network = subject_.model().network();
  return site_ == kPoolSite ? network.hidden_of(row_copies(subject_.hidden(), copies), context)
                            : network.hidden(row_copies(subject_.embedded(), copies), context);
}

Tensor SiteRerun::answers(const Intervention& intervention, int64_t copies) const {
  const auto& model = subject_.model();
  const auto context = context_with(intervention);
  const auto state = hidden(copies, context);
  auto logits = model.network().head(subject_.question().output).forward(state, context).to(at::kDouble);
  if (!has_classes(subject_)) return logits;  // [copies, 1]
  auto scores = logits / model.temperature(subject_.question().output);
  if (linear_.defined()) scores = scores + linear_;
  return scores.softmax(1);
}

Tensor SiteRerun::change(const Intervention& intervention, int64_t copies) const {
  const auto moved = (answers(intervention, copies) - original_).abs().sum(1);
  return has_classes(subject_) ? moved / 2 : moved;
}

bool fits(const Subject& subject, const std::string& site, int64_t copies) {
  const auto tokens = std::ssize(subject.tokens()), queries = site == kPoolSite ? 1 : tokens;
  return copies * queries * tokens <= kMostPairs;
}

}  // namespace attune
