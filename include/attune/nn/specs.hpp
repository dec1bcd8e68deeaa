// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "attune/core/fields.hpp"

namespace attune {

/// The architecture as data: what a network consists of, as JSON (docs/architecture.md, "The description of a
/// network"). Each struct below is one object of it; sizes are resolved numbers, never "automatic".

/// An attention call, in a block, a pool or a decoder. Split attention has branches instead of heads and keys: of the
/// fields it reads only its own, marked "split".
struct AttentionSpec {
  std::string mechanism = "scaled_dot";  ///< a name of `mechanisms()`, or split
  int64_t heads = 1;                     ///< H
  int64_t key_width = 16;                ///< D (A for additive), per head
  int64_t value_width = 16;              ///< Dv, per head
  bool projections = true;               ///< false: query, key and value are the tokens themselves, cut into heads
  bool causal = false;
  double dropout = 0.0;                      ///< on the weights
  std::vector<int64_t> reaches = {1, 3, 5};  ///< split in a block: how many tokens wide each branch sees
  int64_t groups = 1;                        ///< split: channel groups G
  int64_t gate_width = 16;                   ///< split: hidden width E of the gate
  void visit_fields(FieldVisitor& v);
};

/// One block: attention, then feed-forward, each optional.
struct BlockSpec {
  bool attention = true;
  bool feed_forward = true;
  int64_t feed_forward_width = 128;
  std::string activation = "gelu";
  bool norm = true;      ///< layer normalisation before each part
  bool residual = true;  ///< each part is added to its input
  double dropout = 0.0;  ///< on each part's output
  AttentionSpec allocation = {};
  void visit_fields(FieldVisitor& v);
};

/// Tokens to one vector per row.
struct PoolSpec {
  std::string kind = "mean";  ///< mean, max, first, attention
  AttentionSpec allocation =
      {};  ///< of kind attention: a learned query attends to the row (or split weighs the others)
  void visit_fields(FieldVisitor& v);
};

/// An embedder of ids: a vector per id, plus its pretrained vector (of a width of its own, hence through a learned
/// projection to W), plus the mean of the vectors of its further ids, plus its position's.
struct IdsSpec {
  int64_t vocabulary = 2;
  int64_t further = 0;             ///< rows of the table of further ids; 0: none
  int64_t unknown = 0;             ///< the id of what the vocabulary lacks
  int64_t vector_width = 0;        ///< numbers of the pretrained vector that each id has besides; 0: none
  bool vectors_frozen = false;     ///< those vectors stay as they are; only their projection is trained
  std::string positions = "none";  ///< none, sinusoidal, learned
  int64_t longest = 512;           ///< rows of the table of learned positions; later tokens share the last
  double token_mask = 0.0;         ///< training: share of tokens whose vector becomes 0
  double unknown_rate = 0.0;       ///< training: share of tokens whose id becomes the unknown one
  void visit_fields(FieldVisitor& v);
};

/// An embedder of numbers: token c of a row is value * weight_c + bias_c, or a vector of its own where missing.
struct ScalarsSpec {
  int64_t columns = 1;
  double token_mask = 0.0;
  void visit_fields(FieldVisitor& v);
};

/// An output: hidden layers, then the scores.
struct HeadSpec {
  std::string kind = "class";  ///< class, value
  int64_t classes = 2;
  std::vector<int64_t> hidden = {};
  std::string activation = "relu";
  double dropout = 0.0;          ///< on the pooled vector and each hidden layer
  double label_smoothing = 0.0;  ///< class: share of the target spread over all classes
  std::string loss = "squared";  ///< value: squared, huber
  void visit_fields(FieldVisitor& v);
};

/// Everything before and after the blocks that has no object of its own.
struct BackboneSpec {
  int64_t width = 64;  ///< W
  double embedding_dropout = 0.0;
  int64_t convolution = 0;  ///< tokens that a convolution before the blocks sees (odd; 0: none)
  bool final_norm = false;  ///< layer normalisation after the last block
  void visit_fields(FieldVisitor& v);
};

}  // namespace attune
