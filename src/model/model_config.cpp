// SPDX-License-Identifier: Apache-2.0
#include "attune/model/model_config.hpp"

#include "attune/nn/layers.hpp"
#include "attune/nn/mixer.hpp"
#include "attune/nn/pool.hpp"

namespace attune {

void ModelConfig::visit_fields(FieldVisitor& v) {
  const auto rate = [](const char* name, const char* help) {
    return FieldInfo{.name = name, .help = help, .minimum = 0, .maximum = 0.95};
  };
  const auto size = [](const char* name, const char* help, double minimum, double maximum = 4096) {
    return FieldInfo{.name = name, .help = help, .minimum = minimum, .maximum = maximum};
  };
  v.field(size("width", "model width W: length of every token's vector", 1), width);
  v.field(size("convolution", "tokens seen by a convolution before the blocks; odd, 0 for none", 0, 255), convolution);
  v.field({.name = "positions",
           .help = "position vectors added to text tokens",
           .choices = {"none", "sinusoidal", "learned"}},
          positions);
  v.field({.name = "vectors",
           .help = "file of pretrained word vectors (GloVe, word2vec, fastText .vec; gzip or not) for text inputs of "
                   "words or characters; none: no vectors"},
          vectors);
  v.field({.name = "vectors_frozen",
           .help = "keep those vectors as they are; only how they are projected to the model's width is learned"},
          vectors_frozen);

  v.field(size("blocks", "blocks of attention and feed-forward", 0, 64), blocks);
  v.field({.name = "mechanism", .help = "how the blocks' attention is computed", .choices = allocation_names()},
          mechanism);
  v.field(size("heads", "attention heads in the blocks (split has none)", 1, 256), heads);
  v.field(size("key_width", "key and value width per head; 0 for width / heads", 0), key_width);
  v.field({.name = "projections",
           .help = "project tokens to query, key and value",
           .off = "attend with the tokens themselves, without projections to query, key and value"},
          projections);
  v.field({.name = "causal", .help = "a token attends to itself and earlier ones only"}, causal);
  v.field(size("reaches", "split: how many tokens wide each branch sees (odd)", 1, 255), reaches);
  v.field(size("groups", "split: channel groups that are weighed apart", 1), groups);
  v.field({.name = "attention", .help = "blocks have an attention part", .off = "blocks without an attention part"},
          attention);
  v.field(
      {.name = "feed_forward", .help = "blocks have a feed-forward part", .off = "blocks without a feed-forward part"},
      feed_forward);
  v.field(size("feed_forward_width", "hidden width of the feed-forward part; 0 for 2 * width", 0, 65536),
          feed_forward_width);
  v.field({.name = "activation", .help = "of the feed-forward part", .choices = activations()}, activation);
  v.field({.name = "norm",
           .help = "layer normalisation before each part and after the last block",
           .off = "no layer normalisation"},
          norm);
  v.field({.name = "residual",
           .help = "each part of a block is added to its input",
           .off = "the parts of a block are not added to their inputs"},
          residual);

  v.field({.name = "pool", .help = "how a row's tokens become one vector", .choices = pool_kinds()}, pool);
  v.field({.name = "pool_mechanism", .help = "of pool = attention", .choices = allocation_names()}, pool_mechanism);
  v.field(size("pool_heads", "heads of pool = attention", 1, 256), pool_heads);

  v.field(size("dense", "widths of hidden layers between the pool and the scores; empty for none", 1), dense);
  v.field({.name = "dense_activation", .help = "of those layers", .choices = activations()}, dense_activation);

  v.field(rate("dropout", "share of values dropped in training: embeddings, blocks, dense layers"), dropout);
  v.field(rate("attention_dropout", "share of attention weights dropped in training"), attention_dropout);
  v.field(rate("token_mask", "share of tokens blanked in training"), token_mask);
  v.field(rate("unknown_rate", "share of text units replaced by the unknown one in training"), unknown_rate);
  v.field({.name = "label_smoothing",
           .help = "share of a class target spread over all classes",
           .minimum = 0,
           .maximum = 0.5},
          label_smoothing);
  v.field({.name = "value_loss", .help = "loss of number outputs", .choices = {"squared", "huber"}}, value_loss);
  v.field(
      {.name = "linear",
       .help = "add to the scores of classes those of a logistic regression over n-grams, categories and numbers, as "
               "much as the validation rows ask for",
       .off = "the scores of classes are those of the network alone"},
      linear);
}

}  // namespace attune
