// SPDX-License-Identifier: Apache-2.0
#include "reference/check.hpp"

#include <string>

#include "attune/core/error.hpp"

namespace attune::reference {
namespace {

constexpr const char* kAttention = "reference::attention";
constexpr const char* kSplit = "reference::split_attention";

std::string quoted(const char* name) { return "\"" + std::string(name) + "\""; }

void check_at_least(int64_t size, int64_t least, const char* name, const char* caller) {
  if (size >= least) return;
  throw ShapeError(std::string(caller) + ": size " + name + " must be at least " + std::to_string(least) + ", found " +
                   std::to_string(size));
}

void check_divides(int64_t part, int64_t whole, const char* part_name, const char* whole_name, const char* caller) {
  if (whole % part == 0) return;
  throw ShapeError(std::string(caller) + ": " + part_name + " must divide " + whole_name + ", found " + part_name +
                   " = " + std::to_string(part) + " and " + whole_name + " = " + std::to_string(whole));
}

void check_offsets(const int64_t* offsets, int64_t B, const char* name, const char* caller) {
  check_given(offsets != nullptr, name, "[B+1]", caller);
  if (offsets[0] != 0) {
    throw ShapeError(std::string(caller) + ": " + quoted(name) + " must begin with 0, found " +
                     std::to_string(offsets[0]));
  }
  for (int64_t b = 0; b < B; ++b) {
    if (offsets[b] <= offsets[b + 1]) continue;
    throw ShapeError(std::string(caller) + ": " + quoted(name) + " must not fall, found " + std::to_string(offsets[b]) +
                     " then " + std::to_string(offsets[b + 1]) + " at row " + std::to_string(b));
  }
}

/// A score's parameter is there when the score has one, and only then: nothing is accepted and ignored.
void check_parameter(bool given, bool needed, const char* name, const char* owner) {
  if (given == needed) return;
  throw UsageError(std::string(kAttention) + ": " + quoted(name) + " belongs to the score " + owner + "; " +
                   (given ? "found it with another score, leave it out" : "it is missing, give it"));
}

}  // namespace

void check_given(bool given, const char* name, const char* shape, const char* caller) {
  if (given) return;
  throw UsageError(std::string(caller) + ": " + quoted(name) + " is null, expected an array " + shape);
}

void check(const AttentionInputs& in) {
  const auto& [B, H, Hkv, D, Dv] = in.sizes;
  check_at_least(B, 0, "B", kAttention);
  check_at_least(H, 1, "H", kAttention);
  check_at_least(Hkv, 1, "Hkv", kAttention);
  check_at_least(D, 1, "D", kAttention);
  check_at_least(Dv, 1, "Dv", kAttention);
  check_divides(Hkv, H, "Hkv", "H", kAttention);
  check_offsets(in.query_offsets, B, "query_offsets", kAttention);
  check_offsets(in.key_offsets, B, "key_offsets", kAttention);

  check_given(in.query.data || in.query_offsets[B] == 0, "query", "[Nq, H, D]", kAttention);
  check_given(in.key.data || in.key_offsets[B] == 0, "key", "[Nk, Hkv, D]", kAttention);
  check_given(in.value.data || in.key_offsets[B] == 0, "value", "[Nk, Hkv, Dv]", kAttention);

  check_parameter(in.u != nullptr, in.score == Score::kAdditive, "u", "additive");
  check_parameter(in.matrix != nullptr, in.score == Score::kMultiplicative, "matrix", "multiplicative");
  if (in.score != Score::kScaledDot) check_parameter(in.scale.has_value(), false, "scale", "scaled_dot");

  if (in.mask && in.mask_heads != 1 && in.mask_heads != H) {
    throw ShapeError(std::string(kAttention) + ": mask_heads must be 1 or H = " + std::to_string(H) + ", found " +
                     std::to_string(in.mask_heads));
  }
}

void check(const SplitInputs& in) {
  const auto& [B, R, W, G, hidden] = in.sizes;
  check_at_least(B, 0, "B", kSplit);
  check_at_least(R, 1, "R", kSplit);
  check_at_least(W, 1, "W", kSplit);
  check_at_least(G, 1, "G", kSplit);
  check_at_least(hidden, 1, "hidden", kSplit);
  check_divides(G, W, "G", "W", kSplit);
  check_offsets(in.offsets, B, "offsets", kSplit);
  check_given(in.values || in.offsets[B] == 0, "values", "[N, R, W]", kSplit);
  check_given(in.hidden_weight, "hidden_weight", "[hidden, W]", kSplit);
  check_given(in.hidden_bias, "hidden_bias", "[hidden]", kSplit);
  check_given(in.logit_weight, "logit_weight", "[R * G, hidden]", kSplit);
  check_given(in.logit_bias, "logit_bias", "[R * G]", kSplit);
}

}  // namespace attune::reference
