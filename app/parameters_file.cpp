// SPDX-License-Identifier: Apache-2.0
#include "parameters_file.hpp"

#include <fmt/format.h>

#include "attune/core/error.hpp"
#include "attune/core/files.hpp"

namespace attune::app {
namespace {

constexpr const char* kKind = "allocation";

/// Passes over what is nested deeper than anything that allocate writes: messages quote what was found instead of what
/// was expected, and quoting takes stack by its depth.
bool discard_depths(int depth, Json::parse_event_t /*event*/, Json& /*parsed*/) {
  constexpr int kDeepest = 16;
  return depth <= kDeepest;
}

Json parse_file(const std::string& path) {
  auto json = Json::parse(read_text_file(path), discard_depths, /*allow_exceptions=*/false);
  if (!json.is_object() || json.value("attune", Json()) != kKind)
    throw InputError(path + ": expected parameters that attune allocate -o wrote, found something else");
  return json;
}

}  // namespace

Json to_json(const AllocationFile& file) {
  Json json{{"attune", kKind}, {"loss", file.loss}};
  json.update(to_json(file.columns));
  json.update(attune::to_json(file.parameters));
  return json;
}

AllocationFile read_allocation_file(const std::string& path) {
  const auto json = parse_file(path);
  AllocationFile file{.columns = item_columns_from_json(json, path), .loss = "", .parameters = {}};
  const auto loss = json.value("loss", Json());
  if (loss != "mean_squared_error" && loss != "cross_entropy")
    throw InputError(path + ", \"loss\": expected mean_squared_error or cross_entropy, found " + loss.dump());
  file.loss = loss;
  if ((file.loss == "cross_entropy") == file.columns.classes.empty())
    throw InputError(path + ", \"classes\": expected with cross_entropy, and with nothing else");
  file.parameters = parameters_from_json(json, path, static_cast<int64_t>(file.columns.values.size()));
  if (static_cast<size_t>(file.parameters.key_width) != feature_names(file.columns).size())
    throw InputError(fmt::format("{}: expected parameters for {} features, found them for {}", path,
                                 feature_names(file.columns).size(), file.parameters.key_width));
  return file;
}

void write_allocation_file(const std::string& path, const AllocationFile& file) {
  AtomicFile out(path);
  out.write(to_json(file).dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
  out.commit();
}

}  // namespace attune::app
