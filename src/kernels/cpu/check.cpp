// SPDX-License-Identifier: Apache-2.0
#include "cpu/check.hpp"

#include <initializer_list>
#include <string>

#include "attune/core/checked_product.hpp"
#include "attune/core/error.hpp"

namespace attune::cpu {
namespace {

void check_at_least(int64_t size, int64_t least, const char* name) {
  if (size >= least) return;
  throw ShapeError(std::string("cpu::attention: size ") + name + " must be at least " + std::to_string(least) +
                   ", found " + std::to_string(size));
}

void check_product(const char* names, std::initializer_list<int64_t> sizes) {
  if (is_countable({sizes.begin(), sizes.size()})) return;
  std::string found;
  for (const int64_t size : sizes) found += (found.empty() ? "" : " * ") + std::to_string(size);
  throw ShapeError(std::string("cpu::attention: ") + names + " must be at most " + std::to_string(kMostNumbers) +
                   ", found " + found);
}

void check_offsets(const int64_t* offsets, int64_t B, const char* name) {
  check_given(offsets != nullptr, name, "[B+1]");
  for (int64_t b = 0; b <= B; ++b) {
    const int64_t before = b == 0 ? 0 : offsets[b - 1];
    if (offsets[b] >= before && (b > 0 || offsets[b] == 0)) continue;
    throw ShapeError(std::string("cpu::attention: \"") + name + "\" must begin with 0 and not fall, found " +
                     std::to_string(offsets[b]) + " at " + std::to_string(b));
  }
}

}  // namespace

void check_given(bool given, const char* name, const char* shape) {
  if (given) return;
  throw UsageError(std::string("cpu::attention: \"") + name + "\" is null, expected an array " + shape);
}

void check(const AttentionInputs& in) {
  const auto& [B, H, Hkv, D, Dv] = in.sizes;
  check_at_least(B, 0, "B");
  check_at_least(H, 1, "H");
  check_at_least(Hkv, 1, "Hkv");
  check_at_least(D, 1, "D");
  check_at_least(Dv, 1, "Dv");
  if (H % Hkv != 0) {
    throw ShapeError("cpu::attention: Hkv must divide H, found Hkv = " + std::to_string(Hkv) +
                     " and H = " + std::to_string(H));
  }
  check_offsets(in.query_offsets, B, "query_offsets");
  check_offsets(in.key_offsets, B, "key_offsets");
  const int64_t Nq = in.query_offsets[B], Nk = in.key_offsets[B];
  check_product("Nq * H * D", {Nq, H, D});
  check_product("Nq * H * Dv", {Nq, H, Dv});
  check_product("Nk * H * D", {Nk, H, D});
  check_product("Nk * H * Dv", {Nk, H, Dv});
  for (int64_t b = 0; b < B; ++b) {
    check_product("H * Tq * Tk",
                  {H, in.query_offsets[b + 1] - in.query_offsets[b], in.key_offsets[b + 1] - in.key_offsets[b]});
  }
  check_given(in.query.data != nullptr || in.query_offsets[B] == 0, "query", "[Nq, H, D]");
  check_given(in.key.data != nullptr || in.key_offsets[B] == 0, "key", "[Nk, Hkv, D]");
  check_given(in.value.data != nullptr || in.key_offsets[B] == 0, "value", "[Nk, Hkv, Dv]");
  if ((in.u != nullptr) != (in.score == Score::kAdditive)) {
    throw UsageError(in.u == nullptr ? "cpu::attention: \"u\" is null, expected an array [H, D] for additive scores"
                                     : "cpu::attention: \"u\" belongs to additive scores; leave it out");
  }
  if (!(in.dropout.rate >= 0 && in.dropout.rate < 1)) {
    throw UsageError("cpu::attention: the rate of dropout must be in [0, 1), found " + std::to_string(in.dropout.rate));
  }
}

}  // namespace attune::cpu
