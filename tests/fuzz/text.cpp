// SPDX-License-Identifier: Apache-2.0
//
// Texts: the first byte says how a text input cuts; it is fitted on the lines of the rest, saved, loaded and asked for
// each line again.
#include <algorithm>
#include <array>
#include <numeric>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "attune/data/table.hpp"
#include "attune/features/registry.hpp"
#include "fuzz_target.hpp"

namespace attune::fuzz {
namespace {

Json options_of(unsigned char how) {
  static constexpr std::array<const char*, 4> kUnits = {"auto", "characters", "words", "subwords"};
  return {{"unit", kUnits[how % 4]},
          {"normalization", (how & 4) == 0 ? "nfc" : "nfkc"},
          {"ngrams", (how & 8) == 0 ? "auto" : "yes"},
          {"min_count", (how & 16) == 0 ? 1 : 2},
          {"max_length", 64},
          {"pieces", 32}};
}

std::vector<std::vector<std::string>> lines_of(std::string_view text) {
  std::vector<std::vector<std::string>> lines;
  for (size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    lines.push_back({std::string(text.substr(begin, end - begin))});
    begin = end + 1;
  }
  return lines;
}

void require(bool holds, const char* what) {
  if (!holds) throw std::logic_error(what);
}

void check_line(const InputFeature& feature, const InputFeature& loaded, std::string_view line) {
  auto first = feature.empty_encoding(), second = loaded.empty_encoding();
  feature.encode({&line, 1}, first);
  loaded.encode({&line, 1}, second);
  const auto& ids = std::get<Ids>(first);
  require(ids.ids == std::get<Ids>(second).ids, "a loaded feature reads otherwise");
  require(feature.count_tokens({&line, 1}).tokens == std::ssize(ids.ids), "tokens are counted wrongly");
  require(ids.places.size() == ids.ids.size(), "a token without a place");
  for (const auto& place : ids.places) static_cast<void>(feature.show({&line, 1}, place));
}

}  // namespace

bool try_input(std::string_view bytes) {
  if (bytes.empty()) return false;
  const auto lines = lines_of(bytes.substr(1));
  return refused_or([&] {
    const auto table = make_table({"text"}, lines);
    std::vector<int64_t> rows(lines.size());
    std::iota(rows.begin(), rows.end(), 0);
    const auto feature =
        make_input_feature({"text", "text", {"text"}, options_of(static_cast<unsigned char>(bytes.front()))});
    feature->fit({*table, {0}, rows}, 1);
    const auto loaded = load_input_feature(Json::parse(feature->state().dump()));
    for (const auto& line : lines) check_line(*feature, *loaded, line.front());
  });
}

}  // namespace attune::fuzz
