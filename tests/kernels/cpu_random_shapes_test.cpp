// SPDX-License-Identifier: Apache-2.0
// Shapes, forms, strides, offsets, masks and amplitudes drawn at random, against the reference.
// ATTUNE_KERNEL_FUZZ=COUNT draws more, and ATTUNE_KERNEL_FUZZ_SEED=SEED begins with another: a case that fails names
// its own.
#include <gtest/gtest.h>

#include <cstdlib>

#include "cpu_cases.hpp"
#include "cpu_expectation.hpp"

namespace attune::testing {
namespace {

using reference::Score;

class Draw {
 public:
  explicit Draw(uint64_t seed) : random_(seed) {}

  int64_t below(int64_t count) { return static_cast<int64_t>(random_() % static_cast<uint64_t>(count)); }
  bool one_in(int64_t count) { return below(count) == 0; }
  template <class Element, size_t N>
  Element of(const Element (&all)[N]) {
    return all[below(N)];
  }
  /// Mostly small, at times around and beyond tiles.
  int64_t length() { return one_in(12) ? below(700) : one_in(3) ? below(140) : below(30); }
  int64_t width() { return 1 + (one_in(5) ? below(140) : below(33)); }

  CpuCase problem();

 private:
  std::mt19937_64 random_;
};

CpuCase Draw::problem() {
  constexpr int64_t kMostWork = 2'000'000;  // products or tanh
  constexpr double kAmplitudes[] = {1, 1, 1e-3, 0.1, 4, 15, 40};
  constexpr int64_t kGroups[] = {1, 1, 2, 3};
  constexpr Layout kLayouts[] = {Layout::kContiguous, Layout::kGapped, Layout::kHeadsFirst};
  constexpr Form kForms[] = {Form::kPacked, Form::kDenseTokens, Form::kDenseHeads};
  CpuCase c;
  auto& shape = c.shape;
  shape.score = one_in(2) ? Score::kAdditive : one_in(2) ? Score::kDot : Score::kScaledDot;
  shape.Hkv = 1 + below(2);
  shape.H = shape.Hkv * of(kGroups);
  shape.D = width(), shape.Dv = width();
  shape.mask = of(kMasks);
  shape.layout = of(kLayouts);
  shape.query_lengths.clear(), shape.key_lengths.clear();
  int64_t work = 0;
  for (int64_t b = 1 + below(5); b > 0; --b) {
    int64_t Tq = length();
    const int64_t Tk = one_in(3) ? Tq : length();
    while (work + shape.H * Tq * Tk * (shape.D + shape.Dv) > kMostWork) Tq /= 2;
    work += shape.H * Tq * Tk * (shape.D + shape.Dv);
    shape.query_lengths.push_back(Tq), shape.key_lengths.push_back(Tk);
  }
  c.form = of(kForms);
  c.amplitude = of(kAmplitudes);
  if (one_in(3)) c.dropout = static_cast<double>(below(95)) / 100;
  c.transposed_mask = one_in(2);
  c.seed = random_();
  return c;
}

uint64_t number_of(const char* variable, uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(CpuRandomShapes, AreAsExactAsThePlainComposition) {
  const uint64_t first = number_of("ATTUNE_KERNEL_FUZZ_SEED", 1), count = number_of("ATTUNE_KERNEL_FUZZ", 200);
  Executor executor(3);
  int64_t done = 0;
  for (uint64_t seed = first; seed < first + count; ++seed, ++done) {
    Draw draw(seed);
    const CpuCase c = draw.problem();
    SCOPED_TRACE("ATTUNE_KERNEL_FUZZ_SEED=" + std::to_string(seed) + " ATTUNE_KERNEL_FUZZ=1: " + name_of(c) +
                 ", amplitude " + std::to_string(c.amplitude) + ", dropout " + std::to_string(c.dropout) + ", " +
                 std::to_string(c.shape.query_lengths.size()) + " rows");
    const CpuProblem problem(c);
    const CpuExpectation expectation(problem);
    for_each_isa([&] {
      const CpuResult fused = run_cpu(problem, seed % 2 == 0 ? &executor : nullptr);
      expectation.expect_forward(fused);
      expectation.expect_backward(run_cpu_backward(problem, fused, seed % 2 == 0 ? &executor : nullptr));
      const cpu::PackedKeys keys(keys_of(problem), seed % 3 == 0 ? &executor : nullptr);
      expectation.expect_forward(run_cpu_packed(problem, keys, seed % 2 == 0 ? &executor : nullptr));
    });
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_GT(done, 0);
}

}  // namespace
}  // namespace attune::testing
