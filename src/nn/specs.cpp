// SPDX-License-Identifier: Apache-2.0
#include "attune/nn/specs.hpp"

#include "attune/nn/head.hpp"
#include "attune/nn/layers.hpp"
#include "attune/nn/mixer.hpp"
#include "attune/nn/pool.hpp"

namespace attune {
namespace {

// Larger sizes than these are mistakes, or a model file that was tampered with; they are refused before memory is
// taken.
constexpr double kMostRows = 1 << 26;
constexpr double kWidest = 1 << 16;

FieldInfo size(const char* name, const char* help, double minimum, double maximum) {
  return {.name = name, .help = help, .minimum = minimum, .maximum = maximum};
}
FieldInfo rate(const char* name, const char* help) {
  return {.name = name, .help = help, .minimum = 0.0, .maximum = 0.95};
}
FieldInfo flag(const char* name, const char* help) { return {.name = name, .help = help}; }
FieldInfo choice(const char* name, const char* help, std::vector<std::string> choices) {
  return {.name = name, .help = help, .choices = std::move(choices)};
}

}  // namespace

void AttentionSpec::visit_fields(FieldVisitor& v) {
  v.field(choice("mechanism", "how attention is computed", allocation_names()), mechanism);
  v.field(size("heads", "query heads H", 1, 1024), heads);
  v.field(size("key_width", "key width per head, D (A for additive)", 1, kWidest), key_width);
  v.field(size("value_width", "value width per head, Dv", 1, kWidest), value_width);
  v.field(flag("projections", "project tokens to query, key, value and back"), projections);
  v.field(flag("causal", "a token sees itself and earlier ones only"), causal);
  v.field(rate("dropout", "dropout on the weights"), dropout);
  v.field(size("reaches", "split: width of each branch in tokens", 1, 255), reaches);
  v.field(size("groups", "split: channel groups", 1, kWidest), groups);
  v.field(size("gate_width", "split: hidden width of the gate", 1, kWidest), gate_width);
}

void BlockSpec::visit_fields(FieldVisitor& v) {
  v.field(flag("attention", "the block has an attention part"), attention);
  v.field(flag("feed_forward", "the block has a feed-forward part"), feed_forward);
  v.field(size("feed_forward_width", "hidden width of the feed-forward part", 1, kWidest), feed_forward_width);
  v.field(choice("activation", "of the feed-forward part", activations()), activation);
  v.field(flag("norm", "layer normalisation before each part"), norm);
  v.field(flag("residual", "each part is added to its input"), residual);
  v.field(rate("dropout", "dropout on each part's output"), dropout);
}

void PoolSpec::visit_fields(FieldVisitor& v) {
  v.field(choice("kind", "how a row's tokens become one vector", pool_kinds()), kind);
}

void IdsSpec::visit_fields(FieldVisitor& v) {
  v.field(size("vocabulary", "rows of the table of ids", 1, kMostRows), vocabulary);
  v.field(size("further", "rows of the table of further ids", 0, kMostRows), further);
  v.field(size("unknown", "the id of what the vocabulary lacks", 0, kMostRows), unknown);
  v.field(size("vector_width", "numbers of each id's pretrained vector; 0 for none", 0, kWidest), vector_width);
  v.field(flag("vectors_frozen", "pretrained vectors are not trained"), vectors_frozen);
  v.field(choice("positions", "position vectors", {"none", "sinusoidal", "learned"}), positions);
  v.field(size("longest", "rows of the table of learned positions", 1, kMostRows), longest);
  v.field(rate("token_mask", "training: share of tokens whose vector becomes 0"), token_mask);
  v.field(rate("unknown_rate", "training: share of tokens whose id becomes the unknown one"), unknown_rate);
}

void ScalarsSpec::visit_fields(FieldVisitor& v) {
  v.field(size("columns", "numbers per row", 1, kWidest), columns);
  v.field(rate("token_mask", "training: share of numbers whose vector becomes 0"), token_mask);
}

void HeadSpec::visit_fields(FieldVisitor& v) {
  v.field(choice("kind", "what the head predicts", head_kinds()), kind);
  v.field(size("classes", "number of classes", 1, kMostRows), classes);
  v.field(size("hidden", "widths of the hidden layers", 1, kWidest), hidden);
  v.field(choice("activation", "of the hidden layers", activations()), activation);
  v.field(rate("dropout", "dropout on the pooled vector and each hidden layer"), dropout);
  v.field({.name = "label_smoothing",
           .help = "share of the target spread over all classes",
           .minimum = 0.0,
           .maximum = 0.5},
          label_smoothing);
  v.field(choice("loss", "of a value head", {"squared", "huber"}), loss);
}

void BackboneSpec::visit_fields(FieldVisitor& v) {
  v.field(size("width", "model width W", 1, kWidest), width);
  v.field(rate("embedding_dropout", "dropout on embedded tokens"), embedding_dropout);
  v.field(size("convolution", "tokens that a convolution before the blocks sees", 0, 255), convolution);
  v.field(flag("final_norm", "layer normalisation after the last block"), final_norm);
}

}  // namespace attune
