// SPDX-License-Identifier: Apache-2.0
// What must not change one bit: the number of threads, statistics asked for, neighbours in a batch, forms and strides.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "cpu_cases.hpp"

namespace attune::testing {
namespace {

using reference::Score;

class CpuBits : public ::testing::TestWithParam<CpuCaseGroup> {};

INSTANTIATE_TEST_SUITE_P(Cases, CpuBits, ::testing::ValuesIn(cpu_cases()), CpuCaseName());

void expect_equal(const CpuResult& found, const CpuResult& expected) {
  ASSERT_FALSE(expected.context.values().empty());
  EXPECT_EQ(found.context.values(), expected.context.values());
  EXPECT_EQ(found.log_sum_exp.values(), expected.log_sum_exp.values());
  EXPECT_EQ(found.log_sum_exp_remainder.values(), expected.log_sum_exp_remainder.values());
  EXPECT_EQ(found.entropy.values(), expected.entropy.values());
}

void expect_equal(const CpuGradients& found, const CpuGradients& expected) {
  EXPECT_EQ(found.query.values(), expected.query.values());
  EXPECT_EQ(found.key.values(), expected.key.values());
  EXPECT_EQ(found.value.values(), expected.value.values());
  EXPECT_EQ(found.u.values(), expected.u.values());
}

/// One row of a problem, as a call of its own.
struct RowAlone {
  RowAlone(const CpuProblem& problem, int64_t row)
      : b(row),
        of_all(problem.in),
        query_offsets{0, of_all.query_offsets[b + 1] - of_all.query_offsets[b]},
        key_offsets{0, of_all.key_offsets[b + 1] - of_all.key_offsets[b]},
        in(of_all) {
    in.sizes.B = 1;
    in.query = queries(of_all.query), in.key = keys(of_all.key), in.value = keys(of_all.value);
    in.query_offsets = query_offsets, in.key_offsets = key_offsets;
    if (in.mask.data != nullptr) in.mask.data += b * in.mask.row_stride;
    in.dropout.row_ids += b;
  }

  template <class Number>
  HeadArray<Number> queries(const HeadArray<Number>& array) const {
    return {array.at(of_all.query_offsets, b, 0, 0), array.token_stride, array.head_stride};
  }
  template <class Number>
  HeadArray<Number> keys(const HeadArray<Number>& array) const {
    return {array.at(of_all.key_offsets, b, 0, 0), array.token_stride, array.head_stride};
  }

  int64_t b;
  const cpu::AttentionInputs& of_all;
  int64_t query_offsets[2], key_offsets[2];
  cpu::AttentionInputs in;
};

void expect_bits_for_threads(const CpuProblem& problem) {
  const CpuResult forward = run_cpu(problem);
  const CpuGradients backward = run_cpu_backward(problem, forward);
  for (const int threads : {1, 2, 5}) {
    SCOPED_TRACE(std::to_string(threads) + " threads");
    Executor executor(threads);
    expect_equal(run_cpu(problem, &executor), forward);
    expect_equal(run_cpu_backward(problem, forward, &executor), backward);
  }
}

TEST_P(CpuBits, OfStatisticsAskedForOrNot) {
  for (const CpuCase& c : GetParam().cases) {
    SCOPED_TRACE(name_of(c));
    const CpuProblem problem(c);
    for_each_isa([&] {
      const CpuResult all = run_cpu(problem);
      CpuResult bare(problem), with_entropy(problem);
      cpu::attention(problem.in, {.context = bare.context.array(), .log_sum_exp = bare.log_sum_exp.array()});
      EXPECT_EQ(bare.context.values(), all.context.values());
      EXPECT_EQ(bare.log_sum_exp.values(), all.log_sum_exp.values());
      cpu::attention(problem.in, {.context = with_entropy.context.array(), .entropy = with_entropy.entropy.array()});
      EXPECT_EQ(with_entropy.context.values(), all.context.values());
      EXPECT_EQ(with_entropy.entropy.values(), all.entropy.values());
    });
  }
}

TEST_P(CpuBits, OfGradientsAskedForOneByOne) {
  for (const CpuCase& c : GetParam().cases) {
    SCOPED_TRACE(name_of(c));
    const CpuProblem problem(c);
    const CpuResult forward = run_cpu(problem);
    const CpuGradients all = run_cpu_backward(problem, forward);
    CpuGradients one(problem);
    const auto backward = [&](const cpu::AttentionGradients& wanted) {
      cpu::attention_backward(problem.in, forward.view(), problem.d_context.view(), wanted);
    };
    backward({.query = one.query.array()});
    backward({.key = one.key.array()});
    backward({.value = one.value.array()});
    if (!problem.u.empty()) backward({.u = one.u.data()});
    backward({});
    expect_equal(one, all);
  }
}

TEST_P(CpuBits, OfFormsAndStrides) {
  for (CpuCase c : GetParam().cases) {
    c.form = Form::kPacked, c.shape.layout = Layout::kContiguous;
    const CpuProblem packed(c);
    const CpuResult forward = run_cpu(packed);
    const CpuGradients backward = run_cpu_backward(packed, forward);
    for (const Form form : {Form::kPacked, Form::kDenseTokens, Form::kDenseHeads}) {
      for (const Layout layout : {Layout::kGapped, Layout::kHeadsFirst}) {
        if (form == Form::kDenseHeads && layout == Layout::kHeadsFirst) continue;  // as gapped
        c.form = form, c.shape.layout = layout;
        SCOPED_TRACE(name_of(c));
        const CpuProblem problem(c);
        const CpuResult result = run_cpu(problem);
        expect_equal(result, forward);
        expect_equal(run_cpu_backward(problem, result), backward);
      }
    }
  }
}

TEST_P(CpuBits, OfPackedRowsEachAsIfAlone) {
  for (const CpuCase& c : GetParam().cases) {
    if (c.shape.query_lengths.size() < 2) continue;
    SCOPED_TRACE(name_of(c));
    const CpuProblem problem(c);
    const CpuResult together = run_cpu(problem);
    const CpuGradients gradients = run_cpu_backward(problem, together);
    CpuResult apart(problem);
    CpuGradients gradients_apart(problem);
    bool in_blocks = false;  // rows that are cut for the threads' sake: how many parts depends on the number of rows
    for (int64_t b = 0; b < problem.in.sizes.B; ++b) {
      const RowAlone row(problem, b);
      const cpu::AttentionOutputs out = {row.queries(apart.context.array()), row.queries(apart.log_sum_exp.array()),
                                         row.queries(apart.entropy.array()),
                                         row.queries(apart.log_sum_exp_remainder.array())};
      cpu::attention(row.in, out);
      cpu::attention_backward(row.in,
                              {row.queries(together.context.view()), row.queries(together.log_sum_exp.view()),
                               row.queries(together.log_sum_exp_remainder.view())},
                              row.queries(problem.d_context.view()),
                              {.query = row.queries(gradients_apart.query.array()),
                               .key = row.keys(gradients_apart.key.array()),
                               .value = row.keys(gradients_apart.value.array())});
      in_blocks |= row.key_offsets[1] >= 1024;
    }
    expect_equal(apart, together);
    if (!in_blocks) {
      EXPECT_EQ(gradients_apart.query.values(), gradients.query.values());
    }
    EXPECT_EQ(gradients_apart.key.values(), gradients.key.values());
    EXPECT_EQ(gradients_apart.value.values(), gradients.value.values());
  }
}

/// Enough work for several tasks, with more blocks of keys than one in the backward pass.
TEST(CpuBitsOfThreads, AreThoseOfOne) {
  for (const Score score : {Score::kAdditive, Score::kScaledDot}) {
    for (const MaskKind mask : {MaskKind::kNone, MaskKind::kCausal, MaskKind::kBoolean}) {
      for (const double dropout : {0.0, 0.4}) {
        SCOPED_TRACE(name_of(score) + name_of(mask) + (dropout > 0 ? ", dropout" : ""));
        const CpuProblem problem({.shape = {.score = score,
                                            .H = 2,
                                            .Hkv = 1,
                                            .D = 24,
                                            .Dv = 20,
                                            .query_lengths = {260, 1, 100},
                                            .key_lengths = {1300, 9, 130},
                                            .mask = mask},
                                  .dropout = dropout});
        for_each_isa([&] { expect_bits_for_threads(problem); });
      }
    }
  }
}

TEST(CpuBitsOfThreads, OfManySmallRows) {
  for (const Score score : {Score::kAdditive, Score::kScaledDot}) {
    AttentionCase shape{.score = score, .H = 2, .Hkv = 2, .D = 16, .Dv = 16, .mask = MaskKind::kBoolean};
    shape.query_lengths.assign(300, 25), shape.key_lengths.assign(300, 25);
    expect_bits_for_threads(CpuProblem({.shape = shape}));
  }
}

}  // namespace
}  // namespace attune::testing
