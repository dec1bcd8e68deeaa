// SPDX-License-Identifier: Apache-2.0
#include "run_identity.hpp"

#include <algorithm>
#include <vector>

#include "attune/core/wording.hpp"

namespace attune {
namespace {

constexpr size_t kMostNamed = 4;
constexpr size_t kMostOfValue = 60;  // bytes

Json cells_of(const Json& fingerprint) {
  return {
      {"rows", fingerprint.at("rows")}, {"columns", fingerprint.at("columns")}, {"sha256", fingerprint.at("sha256")}};
}

Json vectors_of(const Json& record) { return {{"sha256", record.at("sha256")}, {"width", record.at("width")}}; }

std::string shown(const Json& flat, const std::string& path) {
  return flat.contains(path) ? shortened(flat.at(path).dump(), kMostOfValue) : "not there";
}

bool same_at(const Json& a, const Json& b, const std::string& path) {
  return a.contains(path) && b.contains(path) && a.at(path) == b.at(path);
}

/// /training/batch_size as training.batch_size
std::string dotted(const std::string& path) {
  auto name = path.substr(1);
  std::replace(name.begin(), name.end(), '/', '.');
  return name;
}

void compare_options(const Json& then, const Json& now, const std::string& holder, std::vector<std::string>& found) {
  const auto before = then.flatten(), after = now.flatten();
  std::vector<std::string> paths;
  for (const auto* flat : {&before, &after}) {
    for (const auto& item : flat->items()) {
      if (std::find(paths.begin(), paths.end(), item.key()) == paths.end()) paths.push_back(item.key());
    }
  }
  for (const auto& path : paths) {
    if (same_at(before, after, path)) continue;
    found.push_back(dotted(path) + ": " + shown(before, path) + " in the " + holder + ", " + shown(after, path) +
                    " now");
  }
}

void compare_vectors(const Json& then, const Json& now, std::vector<std::string>& found) {
  if (then == now) return;
  if (then.is_null() || now.is_null()) {
    found.emplace_back(then.is_null() ? "there were no vectors" : "there are no vectors now");
  } else if (then.at("width") != now.at("width")) {
    found.push_back("the vectors had " + counted(then.at("width").get<int64_t>(), "number") + ", they have " +
                    with_commas(now.at("width").get<int64_t>()) + " now");
  } else {
    found.emplace_back("the file of vectors has other bytes");
  }
}

void compare_table(const std::string& name, const Json& then, const Json& now, std::vector<std::string>& found) {
  if (then == now) return;
  if (then.is_null() || now.is_null()) {
    found.push_back(then.is_null() ? "there was no " + name : "there is no " + name + " now");
  } else if (then.at("columns") != now.at("columns")) {
    found.push_back("the " + name + " has other columns");
  } else if (then.at("rows") != now.at("rows")) {
    found.push_back("the " + name + " had " + counted(then.at("rows").get<int64_t>(), "row") + ", it has " +
                    with_commas(now.at("rows").get<int64_t>()) + " now");
  } else {
    found.push_back("the " + name + " has other cells");
  }
}

}  // namespace

Json run_identity(const Json& record, const Schema& schema) {
  const auto& training = record.at("training");
  Json run;
  for (const char* key : {"seed", "model", "training", "split"}) run["options"][key] = training.at(key);
  for (const char* key : {"checkpoint_minutes", "time_limit"}) run["options"]["training"].erase(key);
  run["options"]["model"].erase("vectors");
  run["options"]["schema"] = to_json(schema);
  run["table"] = cells_of(record.at("data"));
  run["validation_table"] = record.contains("validation_data") ? cells_of(record.at("validation_data")) : Json();
  run["vectors"] = record.contains("vectors") ? vectors_of(record.at("vectors")) : Json();
  // A name may be any bytes, and is compared as it comes back from a file.
  return Json::parse(run.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace));
}

std::string differences(const Json& then, const Json& now, const std::string& holder) {
  std::vector<std::string> found;
  compare_options(then.at("options"), now.at("options"), holder, found);
  compare_table("table", then.at("table"), now.at("table"), found);
  compare_table("validation table", then.at("validation_table"), now.at("validation_table"), found);
  compare_vectors(then.at("vectors"), now.at("vectors"), found);
  std::string text;
  for (size_t i = 0; i < std::min(found.size(), kMostNamed); ++i) text += (i == 0 ? "" : "; ") + found[i];
  if (found.size() > kMostNamed) text += "; and " + std::to_string(found.size() - kMostNamed) + " more";
  return text;
}

}  // namespace attune
