// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "audit_test.hpp"

namespace attune {

std::span<const AuditTest> audit_test_table() {
  static constexpr std::array kTests = {
      AuditTest{
          {.name = "permuted",
           .question = "does the answer move when the weights are shuffled (Jain, Wallace 2019, arXiv:1902.10186)",
           .decisive = true,
           .trains = false},
          test_permuted},
      AuditTest{
          {.name = "randomised",
           .question = "does attention depend on what the network learned (Adebayo et al. 2018, arXiv:1810.03292)",
           .decisive = true,
           .trains = false},
          test_randomised},
      AuditTest{{.name = "faithfulness",
                 .question = "does the answer fall when the tokens it looks at are erased (DeYoung et al. 2020, "
                             "arXiv:1911.03429)",
                 .decisive = true,
                 .trains = false},
                test_faithfulness},
      AuditTest{{.name = "adversarial",
                 .question = "do no quite different weights give the same answer (Jain, Wallace 2019)",
                 .decisive = false,
                 .trains = false},
                test_adversarial},
      AuditTest{{.name = "uniform",
                 .question = "is the model better than one trained with uniform weights (Wiegreffe, Pinter 2019, "
                             "arXiv:1908.04626)",
                 .decisive = false,
                 .trains = true},
                test_uniform},
      AuditTest{{.name = "seeds",
                 .question = "do trainings with other seeds come to the same attention (Wiegreffe, Pinter 2019)",
                 .decisive = false,
                 .trains = true},
                test_seeds},
  };
  return kTests;
}

std::vector<AuditTestDescription> audit_tests() {
  std::vector<AuditTestDescription> descriptions;
  for (const auto& test : audit_test_table()) descriptions.push_back(test.description);
  return descriptions;
}

}  // namespace attune
