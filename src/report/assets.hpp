// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace attune::report {

/// The files of assets/, put into the library by embed_assets.cmake.
extern const std::string_view kThemeStyle;
extern const std::string_view kChartStyle;
extern const std::string_view kPageStyle;
extern const std::string_view kPageScript;
extern const std::string_view kExplainScript;

}  // namespace attune::report
