// SPDX-License-Identifier: Apache-2.0
// Exponentials and tanh in float32, lane by lane. Included once per instruction set (hwy/foreach_target.h).
#if defined(ATTUNE_CPU_MATH_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef ATTUNE_CPU_MATH_INL
#undef ATTUNE_CPU_MATH_INL
#else
#define ATTUNE_CPU_MATH_INL
#endif

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace attune::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Lanes = hn::ScalableTag<float>;
using Vec = hn::Vec<Lanes>;

constexpr float kLog2E = 1.44269504F;
constexpr float kLn2 = 0.693147182F;

/// Min and Max of x86 return the second operand when either is NaN: x stands second, so that NaN stays NaN.
HWY_INLINE Vec at_least(float least, Vec x) { return hn::Max(hn::Set(Lanes(), least), x); }
HWY_INLINE Vec at_most(float most, Vec x) { return hn::Min(hn::Set(Lanes(), most), x); }
/// NaN in x counts for nothing, so that it does not decide how its neighbours are scored: x stands first.
HWY_INLINE Vec largest_size(Vec largest, Vec x) { return hn::Max(hn::Abs(x), largest); }

/// The first numbers of a vector, no others being touched: count <= lanes. Without masked loads (before AVX2), by a
/// copy.
class Part {
 public:
  HWY_INLINE explicit Part(int64_t count) : count_(static_cast<size_t>(count)), mask_(hn::FirstN(Lanes(), count_)) {}

  /// The rest is 0.
  HWY_INLINE Vec load(const float* from) const {
#if HWY_TARGET <= HWY_AVX2
    return hn::MaskedLoad(mask_, Lanes(), from);
#else
    HWY_ALIGN float numbers[HWY_MAX_BYTES / sizeof(float)] = {};
    std::copy_n(from, count_, numbers);
    return hn::Load(Lanes(), numbers);
#endif
  }
  HWY_INLINE void store(Vec v, float* to) const {
#if HWY_TARGET <= HWY_AVX2
    hn::BlendedStore(v, mask_, Lanes(), to);
#else
    HWY_ALIGN float numbers[HWY_MAX_BYTES / sizeof(float)];
    hn::Store(v, Lanes(), numbers);
    std::copy_n(numbers, count_, to);
#endif
  }

 private:
  size_t count_;
  hn::Mask<Lanes> mask_;
};

/// A whole vector, as a Part.
struct Whole {
  HWY_INLINE Vec load(const float* from) const { return hn::LoadU(Lanes(), from); }
  HWY_INLINE void store(Vec v, float* to) const { hn::StoreU(v, Lanes(), to); }
};

/// 2^f for f in [-0.5, 0.5], to 1.6e-7, and exactly 1 for 0, so that a single key has the weight 1 and its score as
/// log-sum-exp: degree 5, fitted for the least relative error (9.3e-8 before rounding) by Lawson's iteration.
HWY_INLINE Vec exp2_of_fraction(Vec f) {
  const Lanes d;
  Vec p = hn::Set(d, 1.3269521296e-03F);
  p = hn::MulAdd(p, f, hn::Set(d, 9.6712913364e-03F));
  p = hn::MulAdd(p, f, hn::Set(d, 5.5507108569e-02F));
  p = hn::MulAdd(p, f, hn::Set(d, 2.4022246897e-01F));
  p = hn::MulAdd(p, f, hn::Set(d, 6.9314700365e-01F));
  return hn::MulAdd(p, f, hn::Set(d, 1.0F));
}

/// 1.5 * 2^23 + 127: a number added to it is rounded to an integer, and the sum's lowest bits are that integer as a
/// float's exponent.
constexpr float kRounder = 12582912.0F + 127.0F;

/// 2^(rounded - kRounder)
HWY_INLINE Vec power_of_two(Vec rounded) {
  const Lanes d;
  const hn::RebindToSigned<Lanes> di;
  return hn::BitCast(d, hn::ShiftLeft<23>(hn::BitCast(di, rounded)));
}

/// 2^x for x <= 127; exactly 0 below -126.5, and so for -infinity. NaN gives NaN: the factor that carries the power is
/// multiplied, not added to the bits, which could turn a NaN into a number.
HWY_INLINE Vec exp2(Vec x) {
  const Lanes d;
  x = at_least(-127.0F, x);
  const Vec rounded = hn::Add(x, hn::Set(d, kRounder));
  const Vec fraction = hn::Sub(x, hn::Sub(rounded, hn::Set(d, kRounder)));
  return hn::Mul(exp2_of_fraction(fraction), power_of_two(rounded));
}

/// The largest exponent of exp(), up and down.
constexpr float kLargestExponent = 86.0F;

/// e^x with x held within +-kLargestExponent, to 1e-7: ln 2 is subtracted in two parts (Cody, Waite 1980), since
/// x * log2(e) alone would lose what x has before its point.
HWY_INLINE Vec exp(Vec x) {
  const Lanes d;
  x = at_most(kLargestExponent, at_least(-kLargestExponent, x));
  const Vec rounded = hn::MulAdd(x, hn::Set(d, kLog2E), hn::Set(d, kRounder));
  const Vec power = hn::Sub(rounded, hn::Set(d, kRounder));
  Vec rest = hn::NegMulAdd(power, hn::Set(d, 0.693359375F), x);
  rest = hn::NegMulAdd(power, hn::Set(d, -2.12194440e-4F), rest);
  return hn::Mul(exp2_of_fraction(hn::Mul(rest, hn::Set(d, kLog2E))), power_of_two(rounded));
}

/// e^(x + y) likewise. Rounded first, a sum of 80 would lose 4e-6, and so would its exponential.
HWY_INLINE Vec exp_of_sum(Vec x, Vec y) {
  const Lanes d;
  const Vec sum = at_most(kLargestExponent, at_least(-kLargestExponent, hn::Add(x, y)));
  const Vec rounded = hn::MulAdd(sum, hn::Set(d, kLog2E), hn::Set(d, kRounder));
  const Vec power = hn::Sub(rounded, hn::Set(d, kRounder));
  Vec rest = hn::Add(hn::NegMulAdd(power, hn::Set(d, 0.693359375F), x), y);
  rest = hn::NegMulAdd(power, hn::Set(d, -2.12194440e-4F), rest);
  const Vec fraction = at_most(0.5F, at_least(-0.5F, hn::Mul(rest, hn::Set(d, kLog2E))));  // of sums that are held
  return hn::Mul(exp2_of_fraction(fraction), power_of_two(rounded));
}

/// 1 / x for normal x, to about one unit in the last place: an approximation of 12 or 14 bits and a Newton step.
HWY_INLINE Vec reciprocal(Vec x) {
#if HWY_ARCH_X86
  const Vec r = hn::ApproximateReciprocal(x);
  return hn::Mul(r, hn::NegMulAdd(x, r, hn::Set(Lanes(), 2.0F)));
#else  // approximations of 8 bits
  return hn::Div(hn::Set(Lanes(), 1.0F), x);
#endif
}

/// (1 - tanh(x)) / 2 = 1 / (1 + e^(2 x)) to 1e-7, for x2 = 2 log2(e) x.
HWY_INLINE Vec half_complement_of_tanh(Vec x2) {
  const Vec e = exp2(at_most(60.0F, x2));
  return reciprocal(hn::Add(e, hn::Set(Lanes(), 1.0F)));
}

}  // namespace attune::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
