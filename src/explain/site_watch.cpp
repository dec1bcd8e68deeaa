// SPDX-License-Identifier: Apache-2.0
#include "site_watch.hpp"

#include <ATen/core/grad_mode.h>

#include <algorithm>

namespace attune {

void watch_sites(const Subject& subject, const std::vector<std::string>& sites, const Wanted& wanted,
                 const std::function<void(std::string_view site, const Allocation& allocation)>& see) {
  const at::NoGradGuard no_gradients;
  const auto is_asked = [&](std::string_view site) {
    return std::find(sites.begin(), sites.end(), site) != sites.end();
  };
  auto context = subject.model().forward_context();
  // The fused kernels have no weights to show; left the choice, they still compute all else.
  if (wanted.weights && context.kernels == Kernels::kFused) context.kernels = Kernels::kAutomatic;
  context.wanted = [&](std::string_view site) { return is_asked(site) ? wanted : Wanted{}; };
  context.observer = [&](std::string_view site, const Allocation& allocation) {
    if (is_asked(site)) see(site, allocation);
  };
  const auto hidden = subject.model().network().hidden(subject.embedded(), context);
  (void)hidden.pooled();
}

}  // namespace attune
