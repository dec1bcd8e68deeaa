// SPDX-License-Identifier: Apache-2.0
#include "attune/nn/head.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/huber_loss.h>
#include <ATen/ops/mse_loss.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "attune/core/error.hpp"
#include "attune/core/nearest_name.hpp"
#include "attune/nn/layers.hpp"

namespace attune {
namespace {

constexpr int64_t kNoReduction = 0;
constexpr int64_t kNoClass = -1;

/// Rows must agree, or LibTorch would broadcast one row's target to all of them.
void check_rows(const Tensor& scores, const HeadTarget& target) {
  for (const auto& [name, tensor] : {std::pair{"values", &target.values}, std::pair{"weights", &target.weights}}) {
    if (tensor->dim() == 1 && tensor->size(0) == scores.size(0)) continue;
    throw ShapeError("target " + std::string(name) + ": expected [B] = [" + std::to_string(scores.size(0)) +
                     "], found " + c10::str(tensor->sizes()));
  }
}

void check_classes(const Tensor& labels, int64_t classes) {
  if (labels.scalar_type() != at::kLong) {
    throw TypeError("target values: expected int64 classes, found " + std::string(c10::toString(labels.scalar_type())));
  }
  const auto contiguous = labels.contiguous();
  const std::span<const int64_t> all(contiguous.const_data_ptr<int64_t>(), static_cast<size_t>(labels.numel()));
  const auto wrong = std::find_if(all.begin(), all.end(), [=](int64_t c) { return c < kNoClass || c >= classes; });
  if (wrong == all.end()) return;
  throw UsageError("target values: expected classes from 0 to " + std::to_string(classes - 1) +
                   ", or -1 for none, found " + std::to_string(*wrong));
}

/// Hidden layers on the pooled vector, then `outputs` scores.
class Dense {
 public:
  Dense(const HeadSpec& spec, int64_t width, int64_t outputs, const ParameterScope& scope)
      : spec_(spec), name_(scope.name()) {
    for (size_t i = 0; i < spec.hidden.size(); ++i) {
      hidden_.emplace_back(scope.in("hidden_" + std::to_string(i)), width, spec.hidden[i]);
      width = spec.hidden[i];
    }
    scores_.emplace(scope.in("scores"), width, outputs);
  }

  Tensor operator()(Tensor x, const ForwardContext& context) const {  // [B, W] -> [B, outputs]
    x = dropped(x, context, "input");
    for (size_t i = 0; i < hidden_.size(); ++i) {
      x = dropped(activate(spec_.activation, hidden_[i](x)), context, "hidden_" + std::to_string(i));
    }
    return (*scores_)(x);
  }

 private:
  /// Each row is a token of its own.
  Tensor dropped(const Tensor& x, const ForwardContext& context, const std::string& site) const {
    if (!context.training || spec_.dropout == 0.0) return x;
    const auto one_each = at::arange(x.size(0) + 1, at::TensorOptions(at::kLong));
    return dropout(x, one_each, spec_.dropout, context, name_ + "." + site);
  }

  HeadSpec spec_;
  std::string name_;
  std::vector<Linear> hidden_;
  std::optional<Linear> scores_;
};

class ClassHead : public Head {
 public:
  ClassHead(const HeadSpec& spec, int64_t width, const ParameterScope& scope)
      : smoothing_(spec.label_smoothing), dense_(spec, width, spec.classes, scope) {}
  Tensor forward(const Hidden& hidden, const ForwardContext& context) const override {
    return dense_(hidden.pooled(), context);
  }
  Tensor loss(const Tensor& scores, const HeadTarget& target) const override {
    check_rows(scores, target);
    check_classes(target.values, scores.size(1));
    const auto losses = at::cross_entropy_loss(scores, target.values, {}, kNoReduction, kNoClass, smoothing_);  // [B]
    return losses.dot(target.weights);
  }

 private:
  double smoothing_;
  Dense dense_;
};

class ValueHead : public Head {
 public:
  ValueHead(const HeadSpec& spec, int64_t width, const ParameterScope& scope)
      : huber_(spec.loss == "huber"), dense_(spec, width, 1, scope) {}
  Tensor forward(const Hidden& hidden, const ForwardContext& context) const override {
    return dense_(hidden.pooled(), context);
  }
  Tensor loss(const Tensor& scores, const HeadTarget& target) const override {
    check_rows(scores, target);
    const auto predicted = scores.squeeze(-1);  // [B]
    const auto losses = huber_ ? at::huber_loss(predicted, target.values, kNoReduction)
                               : at::mse_loss(predicted, target.values, kNoReduction);
    return losses.dot(target.weights);
  }

 private:
  bool huber_;
  Dense dense_;
};

template <class H>
std::unique_ptr<const Head> make(const HeadSpec& spec, int64_t width, const ParameterScope& scope) {
  return std::make_unique<H>(spec, width, scope);
}

struct Entry {
  const char* kind;
  std::unique_ptr<const Head> (*make)(const HeadSpec&, int64_t, const ParameterScope&);
};

// A new kind of output is a row here.
constexpr std::array kHeads = {Entry{"class", make<ClassHead>}, Entry{"value", make<ValueHead>}};

}  // namespace

const Tensor& Hidden::pooled() const {
  if (!pooled_.defined()) pooled_ = (*pool_)(tokens_, *context_);
  return pooled_;
}

std::vector<std::string> head_kinds() {
  std::vector<std::string> kinds;
  for (const auto& entry : kHeads) kinds.emplace_back(entry.kind);
  return kinds;
}

std::unique_ptr<const Head> make_head(const HeadSpec& spec, int64_t width, const ParameterScope& scope) {
  for (const auto& entry : kHeads) {
    if (spec.kind == entry.kind) return entry.make(spec, width, scope);
  }
  throw UsageError(scope.name() + ": unknown kind of output \"" + spec.kind + "\"" +
                   suggestion(spec.kind, head_kinds()));
}

}  // namespace attune
