// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "attune/kernels/cpu/attention.hpp"

namespace attune::cpu {

/// One query head of one row: plain pointers and lengths, with offsets, forms and shared key heads resolved.
struct Row {
  Row(const AttentionInputs& in, int64_t row, int64_t query_head)
      : b(row),
        h(query_head),
        key_head(query_head / (in.sizes.H / in.sizes.Hkv)),
        Tq(in.query_offsets[row + 1] - in.query_offsets[row]),
        Tk(in.key_offsets[row + 1] - in.key_offsets[row]),
        query(in.query.at(in.query_offsets, row, 0, query_head)),
        key(in.key.at(in.key_offsets, row, 0, key_head)),
        value(in.value.at(in.key_offsets, row, 0, key_head)) {}

  int64_t b, h, key_head, Tq, Tk;
  const float* query;  ///< [Tq, D], in.query.token_stride apart; likewise the others
  const float* key;    ///< [Tk, D]
  const float* value;  ///< [Tk, Dv]
};

/// Which keys the queries of a row may attend to.
class Allowed {
 public:
  Allowed(const AttentionInputs& in, const Row& row)
      : Tk_(row.Tk),
        shift_(in.causal ? row.Tk - row.Tq + 1 : row.Tk),
        mask_(in.mask),
        bytes_(in.mask.data == nullptr ? nullptr
                                       : in.mask.data + row.b * in.mask.row_stride + row.h * in.mask.head_stride) {
    if (!in.causal) causal_step_ = 0;
  }

  /// Query i may attend to none but the first keys, so many.
  [[nodiscard]] int64_t first_keys(int64_t i) const { return std::clamp<int64_t>(shift_ + causal_step_ * i, 0, Tk_); }
  [[nodiscard]] bool has_mask() const { return bytes_ != nullptr; }
  [[nodiscard]] bool mask_at(int64_t i, int64_t j) const {
    return bytes_[i * mask_.query_stride + j * mask_.key_stride] != 0;
  }
  /// Whether the mask lets any of some queries attend to any of some keys: tiles where it does not are left out.
  [[nodiscard]] bool any(int64_t first_query, int64_t queries, int64_t first_key, int64_t keys) const {
    if (!has_mask()) return true;
    const int64_t distinct = mask_.query_stride == 0 ? std::min<int64_t>(queries, 1) : queries;
    for (int64_t i = first_query; i < first_query + distinct; ++i) {
      for (int64_t j = first_key; j < first_key + keys; ++j) {
        if (mask_at(i, j)) return true;
      }
    }
    return false;
  }

 private:
  int64_t Tk_, shift_, causal_step_ = 1;
  BooleanMask mask_;
  const uint8_t* bytes_;
};

/// The multipliers of a row's weights, drawn as they are needed.
class RowDropout {
 public:
  RowDropout(const Dropout& dropout, const Row& row)
      : keep_(1.0 - dropout.rate), Tk_(row.Tk), first_(row.h * row.Tq * row.Tk) {
    if (!is_on()) return;
    const auto id = dropout.row_ids == nullptr ? row.b : dropout.row_ids[row.b];
    key_ = dropout.key.with(static_cast<uint64_t>(id));
  }
  [[nodiscard]] bool is_on() const { return keep_ < 1.0; }
  /// out [keys]
  void draw(int64_t query, int64_t first_key, int64_t keys, float* out) const {
    key_.fill_dropout({out, static_cast<size_t>(keys)}, static_cast<uint64_t>(first_ + query * Tk_ + first_key), keep_,
                      static_cast<float>(1.0 / keep_));
  }

 private:
  double keep_;
  int64_t Tk_, first_;
  RandomKey key_;
};

}  // namespace attune::cpu
