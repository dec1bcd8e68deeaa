// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "attune/explain/subject.hpp"
#include "attune/ops/allocation.hpp"

namespace attune {

/// What attention does at `sites`, in one pass of the row. The sites are seen in the order of the pass, each before the
/// next is computed, so that what is not kept is gone by then.
void watch_sites(const Subject& subject, const std::vector<std::string>& sites, const Wanted& wanted,
                 const std::function<void(std::string_view site, const Allocation& allocation)>& see);

}  // namespace attune
