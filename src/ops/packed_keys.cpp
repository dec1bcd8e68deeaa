// SPDX-License-Identifier: Apache-2.0
#include "packed_keys.hpp"

#include <c10/core/InferenceMode.h>

#include <string>

#include "attention_checks.hpp"
#include "attune/core/error.hpp"
#include "attune/ops/keys.hpp"
#include "attune/ops/packing.hpp"
#include "contiguous_vectors.hpp"

namespace attune {
namespace {

/// A tensor of inference mode does not count its changes in place: a copy that does.
Tensor counting_changes(const Tensor& key) {
  if (!key.is_inference()) return key;
  const c10::InferenceMode counted(false);
  return key.clone();
}

cpu::KeyInputs inputs_of(const Tensor& key, const Tensor& offsets, const Tensor& u) {
  const auto begins = offsets_view(offsets, key.size(0));
  return {.score = u.defined() ? cpu::Score::kAdditive : cpu::Score::kScaledDot,
          .B = static_cast<int64_t>(begins.size()) - 1,
          .H = u.defined() ? u.size(0) : key.size(1),
          .Hkv = key.size(1),
          .D = key.size(2),
          .key = {key.const_data_ptr<float>(), key.stride(0), key.stride(1)},
          .key_offsets = begins.data(),
          .u = u.defined() ? u.const_data_ptr<float>() : nullptr};
}

void check_u(const Tensor& u, const Tensor& key) {
  const int64_t heads = key.size(1), width = key.size(2);
  if (!u.defined() || u.dim() != 2 || u.size(1) != width || u.size(0) == 0 || u.size(0) % heads != 0) {
    throw ShapeError("u: expected [H, A] with H a multiple of Hkv = " + std::to_string(heads) +
                     " and A = " + std::to_string(width) + " as key " + c10::str(key.sizes()) + ", found " +
                     (u.defined() ? c10::str(u.sizes()) : "nothing"));
  }
  check_on_cpu("u", u);
  check_type("u", u, key, "key");
}

void check_packable(const Tensor& key) {
  if (key.size(1) > 0 && key.size(2) > 0) return;
  throw ShapeError("key: expected [Nk, Hkv, D] with Hkv and D at least 1, found " + c10::str(key.sizes()));
}

/// @param u [H, A], contiguous; undefined: for products
Keys pack(Keys keys, const Tensor& u, Executor* executor) {
  check_on_cpu("key", keys.key);
  if (keys.key.scalar_type() != at::kFloat) return keys;
  keys.key = counting_changes(keys.key);
  keys.packed = std::make_shared<const PackedKeys>(keys.key, keys.offsets, u, executor);
  return keys;
}

}  // namespace

PackedKeys::PackedKeys(const Tensor& key, const Tensor& offsets, const Tensor& u, Executor* executor)
    : key_(key), version_(key._version()), panels_(inputs_of(with_contiguous_vectors(key), offsets, u), executor) {}

const cpu::PackedKeys& PackedKeys::of(const Tensor& key) const {
  if (!key.is_same(key_))
    throw UsageError("packed_keys: packed from another tensor than key; attend_to() hands on what belongs together");
  if (key._version() != version_)
    throw UsageError("packed_keys: key was changed in place since it was packed; pack the keys again");
  return panels_;
}

Keys pack_for_products(const Keys& keys, Executor* executor) {
  const auto checked = prepare(keys.key, keys.value, keys.offsets);
  check_packable(checked.key);
  return pack(checked, {}, executor);
}

Keys pack_for_additive(const Keys& keys, const Tensor& u, Executor* executor) {
  const auto checked = prepare(keys.key, keys.value, keys.offsets);
  check_packable(checked.key);
  check_u(u, checked.key);
  return pack(checked, u.contiguous(), executor);
}

}  // namespace attune
