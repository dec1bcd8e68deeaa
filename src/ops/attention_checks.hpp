// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "attune/ops/attention.hpp"

namespace attune {

/// The sizes of one attention call, after its arguments were checked.
struct AttentionSizes {
  bool packed = false;
  int64_t batch = 0, heads = 0, key_heads = 0;
  int64_t longest_query = 0, longest_key = 0;  // Tq, Tk: of the longest row
  int64_t width = 0, key_width = 0;            // D of query and key; they differ only for multiplicative attention
};

/// @param mechanism for messages. @throws ShapeError, TypeError, UsageError naming argument, expected and found.
[[nodiscard]] AttentionSizes check_attention(std::string_view mechanism, const AttentionInputs& in,
                                             const AttentionOptions& options, bool key_width_may_differ = false);

/// `tensor` must be [expected..]; `symbolic` says it in letters. @throws ShapeError.
void check_shape(std::string_view argument, const Tensor& tensor, std::string_view symbolic, at::IntArrayRef expected);

/// `tensor` must be of the element type of `like`. @throws TypeError.
void check_type(std::string_view argument, const Tensor& tensor, const Tensor& like, std::string_view like_name);

/// A mechanism's parameter: of that shape, and of the query's type.
void check_parameter(std::string_view argument, const Tensor& tensor, std::string_view symbolic,
                     at::IntArrayRef expected, const Tensor& query);

/// Given weights must be [expected..] when the intervention takes them, and are refused when it does not.
void check_given(std::string_view argument, const Intervention& intervention, std::string_view symbolic,
                 at::IntArrayRef expected);

/// The attention operators run on the CPU. @throws TypeError.
void check_on_cpu(std::string_view argument, const Tensor& tensor);

}  // namespace attune
