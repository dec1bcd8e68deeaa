// SPDX-License-Identifier: Apache-2.0
//
// Model files, with checksums that are mended; a model that loads scores rows of the columns it asks for.
#include "attune/model/model.hpp"

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "attune/ops/threads.hpp"
#include "fuzz_target.hpp"
#include "resealed.hpp"

namespace attune::fuzz {
namespace {

std::shared_ptr<const Table> rows_for(const Schema& schema) {
  std::map<std::string, bool> is_number;
  for (const auto& input : schema.inputs) {
    for (const auto& column : input.columns) is_number[column] = input.type == "numbers";
  }
  std::vector<std::string> names;
  std::vector<std::vector<std::string>> rows(3);
  for (const auto& [column, number] : is_number) {
    names.push_back(column);
    rows[0].emplace_back("1");
    rows[1].emplace_back(number ? "-2.5e3" : "a good film, 很好");
    rows[2].emplace_back("");
  }
  return make_table(names, rows);
}

}  // namespace

bool try_input(std::string_view bytes) {
  const auto path = as_file(resealed(bytes), "model.attune");
  return refused_or([&] {
    const auto model = Model::load(path);
    const auto table = rows_for(model.schema());
    const std::vector<int64_t> rows = {0, 1, 2};
    static const auto executor = make_executor(1);
    for (const auto& scores : model.score(*table, rows, *executor)) {
      if (scores.rows != 3) throw std::logic_error("another number of rows");
    }
  });
}

}  // namespace attune::fuzz
