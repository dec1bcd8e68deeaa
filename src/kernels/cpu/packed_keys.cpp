// SPDX-License-Identifier: Apache-2.0
#include "attune/kernels/cpu/packed_keys.hpp"

#include <algorithm>
#include <optional>

#include "attune/core/error.hpp"
#include "cpu/check.hpp"
#include "cpu/choose_isa.hpp"
#include "cpu/packed_panels.hpp"
#include "cpu/packing.hpp"

namespace attune::cpu {
namespace {

constexpr const char* kPacked = "cpu::attention: \"packed_keys\" were packed ";
constexpr const char* kWayOut = "; pack the keys again";

const char* name_of(Score score) { return score == Score::kAdditive ? "additive scores" : "products"; }

/// Rows without queries that have these keys.
AttentionInputs without_queries(const KeyInputs& in, const std::vector<int64_t>& no_queries) {
  AttentionInputs call;
  call.score = in.score;
  call.sizes = {.B = in.B, .H = in.score == Score::kAdditive ? in.H : in.Hkv, .Hkv = in.Hkv, .D = in.D, .Dv = 1};
  call.key = in.key;
  call.query = call.value = {in.key.data, 0, 0, 0};  // whatever may be pointed to
  call.query_offsets = no_queries.data();
  call.key_offsets = in.key_offsets;
  call.u = in.u;
  return call;
}

void check_size(int64_t found, int64_t packed, const char* name) {
  if (found == packed) return;
  throw ShapeError(std::string(kPacked) + "with " + name + " = " + std::to_string(packed) + ", found " +
                   std::to_string(found) + kWayOut);
}

}  // namespace

PackedKeys::Panels::Panels(const KeyInputs& in, Executor* executor)
    : score_(in.score), B_(in.B), H_(in.H), Hkv_(in.Hkv), D_(in.D) {
  const std::vector<int64_t> no_queries(static_cast<size_t>(std::max<int64_t>(in.B, 0) + 1), 0);
  const auto call = without_queries(in, no_queries);
  cpu::check(call);
  choose_isa();
  key_offsets_.assign(in.key_offsets, in.key_offsets + in.B + 1);
  for (int64_t f = 0; in.u != nullptr && f < in.H * in.D; ++f) negative_.push_back(in.u[f] < 0);
  isa_ = used_isa();
  pack(call, executor);
}

void PackedKeys::Panels::pack(const AttentionInputs& in, Executor* executor) {
  const auto& kernel = packed_keys_kernel(in.score);
  Packing packing(in);
  for (int64_t b = 0; b < in.sizes.B; ++b) {
    for (int64_t h = 0; h < in.sizes.H; h += heads_a_packing(in)) begins_.push_back(packing.add(b, h, kernel));
  }
  floats_ = packing.floats();
  panels_ = allocate_floats(floats_);
  std::optional<AdditiveFold> fold;
  if (in.score == Score::kAdditive) fold.emplace(in);
  packing.run({in, AttentionOutputs(), fold ? &*fold : nullptr}, panels_.get(), executor);
}

int64_t PackedKeys::Panels::at(const AttentionInputs& in, int64_t b, int64_t h) const {
  const int64_t shared = heads_a_packing(in);
  return begins_[static_cast<size_t>(b * (in.sizes.H / shared) + h / shared)];
}

void PackedKeys::Panels::check(const AttentionInputs& in) const {
  if (in.score != score_) {
    throw UsageError(std::string(kPacked) + "for " + name_of(score_) + ", but the call is for " + name_of(in.score) +
                     kWayOut);
  }
  check_sizes(in);
  for (size_t f = 0; f < negative_.size(); ++f) {
    if ((in.u[f] < 0) == negative_[f]) continue;
    throw UsageError(std::string(kPacked) + "with a \"u\" of other signs" + kWayOut);
  }
  if (isa_ != used_isa())
    throw UsageError(std::string(kPacked) + "for " + isa_ + ", but " + used_isa() + " is in use" + kWayOut);
}

void PackedKeys::Panels::check_sizes(const AttentionInputs& in) const {
  check_size(in.sizes.B, B_, "B");
  if (score_ == Score::kAdditive) check_size(in.sizes.H, H_, "H");
  check_size(in.sizes.Hkv, Hkv_, "Hkv");
  check_size(in.sizes.D, D_, "D");
  for (size_t b = 0; b < key_offsets_.size(); ++b) {
    if (in.key_offsets[b] == key_offsets_[b]) continue;
    throw ShapeError(std::string(kPacked) + "for \"key_offsets\" with " + std::to_string(key_offsets_[b]) + " at " +
                     std::to_string(b) + ", found " + std::to_string(in.key_offsets[b]) + kWayOut);
  }
}

PackedKeys::PackedKeys(const KeyInputs& in, Executor* executor)
    : panels_(std::make_unique<const Panels>(in, executor)) {}
PackedKeys::~PackedKeys() = default;

int64_t PackedKeys::bytes() const { return panels_->bytes(); }

}  // namespace attune::cpu
