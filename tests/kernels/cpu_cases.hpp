// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "cpu_problem.hpp"

namespace attune::testing {

struct CpuCaseGroup {
  std::string name;
  std::vector<CpuCase> cases;
};

/// Shapes, masks, forms and layouts that the kernels are tested with: every width with every length (lengths around
/// what vectors, panels and tiles hold) for additive scores and for products, masks, heads, forms and layouts taking
/// turns; then awkward ones by name.
const std::vector<CpuCaseGroup>& cpu_cases();

/// What a failure is told with.
std::string name_of(const CpuCase& c);

/// Names a test after its group.
struct CpuCaseName {
  template <class Info>
  std::string operator()(const Info& info) const {
    return info.param.name;
  }
};
inline void PrintTo(const CpuCaseGroup& group, std::ostream* out) { *out << group.name; }

}  // namespace attune::testing
