// SPDX-License-Identifier: Apache-2.0
#include "attune/nn/embedder.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/embedding_bag.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/where.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "attune/core/error.hpp"
#include "attune/core/nearest_name.hpp"
#include "attune/nn/layers.hpp"
#include "attune/nn/specs.hpp"
#include "attune/ops/packing.hpp"

namespace attune {
namespace {

std::shared_ptr<const std::vector<TokenOrigin>> origins_of(const NetworkInput& input, int64_t tokens,
                                                           const std::string& name) {
  if (input.places == nullptr) return nullptr;
  if (static_cast<int64_t>(input.places->size()) != tokens) {
    throw ShapeError(name + ": expected a place for each of the " + std::to_string(tokens) + " tokens, found " +
                     std::to_string(input.places->size()));
  }
  auto origins = std::make_shared<std::vector<TokenOrigin>>();
  for (const auto& place : *input.places) origins->push_back({.input = 0, .place = place});
  return origins;
}

/// Each token's number within its row, at most longest - 1. [N]
Tensor positions_of(const Tensor& offsets, int64_t longest) {
  const auto rows = offsets_view(offsets);
  auto positions = at::empty({rows.back()}, at::TensorOptions(at::kLong));
  auto* out = positions.mutable_data_ptr<int64_t>();
  for (size_t b = 0; b + 1 < rows.size(); ++b) {
    for (int64_t t = rows[b]; t < rows[b + 1]; ++t) out[t] = std::min(t - rows[b], longest - 1);
  }
  return positions;
}

/// [N, W]: sin(p / 10000^(2i/W)) in even, cos in odd channels. Vaswani et al. 2017, section 3.5.
Tensor sinusoids(const Tensor& positions, int64_t width, at::ScalarType type) {
  auto waves = at::empty({positions.size(0), width}, at::TensorOptions(at::kFloat));
  auto* out = waves.mutable_data_ptr<float>();
  const auto* position = positions.const_data_ptr<int64_t>();
  for (int64_t t = 0; t < positions.size(0); ++t) {
    for (int64_t c = 0; c < width; ++c) {
      const double angle = static_cast<double>(position[t]) /
                           std::pow(10000.0, static_cast<double>(c - c % 2) / static_cast<double>(width));
      out[t * width + c] = static_cast<float>(c % 2 == 0 ? std::sin(angle) : std::cos(angle));
    }
  }
  return waves.to(type);
}

void check_ids(const Tensor& ids, int64_t rows, const std::string& what) {
  if (!ids.defined() || ids.scalar_type() != at::kLong) throw TypeError(what + ": expected int64 ids");
  if (ids.dim() != 1) throw ShapeError(what + ": expected ids [N], found " + c10::str(ids.sizes()));
  const auto contiguous = ids.contiguous();
  const auto* id = contiguous.const_data_ptr<int64_t>();
  const auto* wrong = std::find_if(id, id + ids.numel(), [=](int64_t i) { return i < 0 || i >= rows; });
  if (wrong == id + ids.numel()) return;
  throw UsageError(what + ": expected ids from 0 to " + std::to_string(rows - 1) + ", found " + std::to_string(*wrong));
}

class IdsEmbedder : public Embedder {
 public:
  IdsEmbedder(const IdsSpec& spec, int64_t width, const ParameterScope& scope) : spec_(spec), name_(scope.name()) {
    if (spec.unknown >= spec.vocabulary) {
      throw UsageError(name_ + ", field \"unknown\": expected an id below the vocabulary's " +
                       std::to_string(spec.vocabulary) + ", found " + std::to_string(spec.unknown));
    }
    table_ = scope.add("table", {spec.vocabulary, width}, Init::kEmbedding);
    if (spec.vector_width > 0) add_vectors(width, scope);
    if (spec.vector_width == 0 && spec.vectors_frozen) {
      throw UsageError(name_ + ", field \"vectors_frozen\": expected false where vector_width is 0, found true");
    }
    if (spec.further > 0) further_ = scope.add("further", {spec.further, width}, Init::kEmbedding);
    if (spec.positions == "learned") positions_ = scope.add("positions", {spec.longest, width}, Init::kEmbedding);
  }

  Tokens operator()(const NetworkInput& input, const ForwardContext& context) const override {
    const auto* in = std::get_if<IdsInput>(&input.encoding);
    if (in == nullptr) throw TypeError(name_ + ": expected ids, found numbers");
    check_ids(in->ids, spec_.vocabulary, name_);
    (void)offsets_view(in->offsets, in->ids.size(0));

    const auto ids = with_unknowns(*in, context);  // [N]
    auto values = at::embedding(table_, ids);      // [N, W]
    if (projection_) values = values + (*projection_)(at::embedding(vectors_, ids));
    if (in->further_offsets.defined()) values = values + further_means(*in);
    if (spec_.positions != "none") values = values + position_vectors(in->offsets);
    const auto mask =
        token_mask(in->offsets, spec_.token_mask, values.scalar_type(), context, name_ + ".mask");  // [N, 1]
    if (mask.defined()) values = values * mask;
    return {.values = values, .offsets = in->offsets, .origins = origins_of(input, values.size(0), name_)};
  }

 private:
  /// Zeros until they are read from a file of word vectors or of a model. No bias: an id whose vector is 0 has its own
  /// embedding alone.
  void add_vectors(int64_t width, const ParameterScope& scope) {
    vectors_ = scope.add("vectors", {spec_.vocabulary, spec_.vector_width}, Init::kZeros, !spec_.vectors_frozen);
    projection_.emplace(scope.in("projection"), spec_.vector_width, width, /*bias=*/false);
  }

  Tensor with_unknowns(const IdsInput& in, const ForwardContext& context) const {
    const auto kept = token_mask(in.offsets, spec_.unknown_rate, at::kFloat, context, name_ + ".unknown");
    return kept.defined() ? in.ids.masked_fill(kept.squeeze(-1).eq(0.0), spec_.unknown) : in.ids;
  }

  Tensor further_means(const IdsInput& in) const {
    if (!further_.defined()) throw UsageError(name_ + ": found further ids, but the description says further = 0");
    check_ids(in.further, spec_.further, name_ + ", further");
    const auto tokens = static_cast<int64_t>(offsets_view(in.further_offsets, in.further.size(0)).size()) - 1;
    if (tokens != in.ids.size(0)) {
      throw ShapeError(name_ + ", further_offsets: expected [N+1] = [" + std::to_string(in.ids.size(0) + 1) +
                       "], found " + c10::str(in.further_offsets.sizes()));
    }
    const auto first = in.further_offsets.slice(0, 0, in.ids.size(0));
    constexpr int64_t kMean = 1;
    return std::get<0>(at::embedding_bag(further_, in.further, first, /*scale_grad_by_freq=*/false, kMean));
  }

  Tensor position_vectors(const Tensor& offsets) const {
    const bool learned = positions_.defined();
    const auto positions = positions_of(offsets, learned ? spec_.longest : std::numeric_limits<int64_t>::max());
    return learned ? at::embedding(positions_, positions) : sinusoids(positions, table_.size(1), table_.scalar_type());
  }

  IdsSpec spec_;
  std::string name_;
  Tensor table_, further_, positions_;  // [vocabulary, W], [further, W], [longest, W]
  Tensor vectors_;                      // [vocabulary, vector_width]
  std::optional<Linear> projection_;    // to W
};

class ScalarsEmbedder : public Embedder {
 public:
  ScalarsEmbedder(const ScalarsSpec& spec, int64_t width, const ParameterScope& scope)
      : spec_(spec),
        name_(scope.name()),
        weight_(scope.add("weight", {spec.columns, width}, Init::kEmbedding)),
        bias_(scope.add("bias", {spec.columns, width}, Init::kEmbedding)),
        missing_(scope.add("missing", {spec.columns, width}, Init::kEmbedding)) {}

  Tokens operator()(const NetworkInput& input, const ForwardContext& context) const override {
    const auto* in = std::get_if<ScalarsInput>(&input.encoding);
    if (in == nullptr) throw TypeError(name_ + ": expected numbers, found ids");
    if (!at::isFloatingType(in->values.scalar_type())) {
      throw TypeError(name_ + ": expected a floating type, found " + c10::toString(in->values.scalar_type()));
    }
    if (in->values.dim() != 2 || in->values.size(1) != spec_.columns) {
      throw ShapeError(name_ + ": expected " + std::to_string(spec_.columns) + " numbers a row, found " +
                       c10::str(in->values.sizes()));
    }
    const auto numbers = in->values.to(weight_.scalar_type()).unsqueeze(-1);  // [B, K, 1]
    const auto absent = numbers.isnan();
    const auto known = numbers.masked_fill(absent, 0.0) * weight_ + bias_;  // [B, K, W]
    auto values = at::where(absent, missing_, known).view({-1, weight_.size(1)});
    const auto offsets = at::arange(in->values.size(0) + 1, at::TensorOptions(at::kLong)) * spec_.columns;
    const auto mask = token_mask(offsets, spec_.token_mask, values.scalar_type(), context, name_ + ".mask");
    if (mask.defined()) values = values * mask;
    return {.values = values, .offsets = offsets, .origins = origins_of(input, values.size(0), name_)};
  }

 private:
  ScalarsSpec spec_;
  std::string name_;
  Tensor weight_, bias_, missing_;  // each [K, W]
};

template <class E, class Spec>
std::unique_ptr<const Embedder> make(const Json& fields, int64_t width, const ParameterScope& scope) {
  Spec spec;
  from_json(fields, scope.name(), spec);
  return std::make_unique<E>(spec, width, scope);
}

struct Entry {
  const char* kind;
  std::unique_ptr<const Embedder> (*make)(const Json&, int64_t, const ParameterScope&);
};

// A new kind of encoding is a row here.
constexpr std::array kEmbedders = {
    Entry{"ids", make<IdsEmbedder, IdsSpec>},
    Entry{"scalars", make<ScalarsEmbedder, ScalarsSpec>},
};

}  // namespace

std::unique_ptr<const Embedder> make_embedder(const Json& description, int64_t width, const ParameterScope& scope) {
  if (!description.is_object() || !description.contains("kind") || !description["kind"].is_string()) {
    throw UsageError(scope.name() + ": expected a JSON object with a \"kind\" that is a string");
  }
  auto fields = description;
  const auto kind = fields["kind"].get<std::string>();
  fields.erase("kind");
  std::vector<std::string> kinds;
  for (const auto& entry : kEmbedders) {
    if (kind == entry.kind) return entry.make(fields, width, scope);
    kinds.emplace_back(entry.kind);
  }
  throw UsageError(scope.name() + ": unknown kind of input \"" + kind + "\"" + suggestion(kind, kinds));
}

}  // namespace attune
