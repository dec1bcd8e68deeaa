// SPDX-License-Identifier: Apache-2.0
#include <attune/attune.hpp>
#include <iostream>

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto executor = attune::make_executor(/*threads=*/0);
  auto model = attune::Model::load(argv[1]);
  const auto table = attune::open_table(argv[2]);
  const std::vector<int64_t> rows = {0, 1, 2};

  attune::ForwardContext context;
  context.wanted = [](std::string_view) { return attune::Wanted{.entropy = true, .weights = true}; };
  context.observer = [](std::string_view site, const attune::Allocation& allocation) {
    std::cout << site << ": mean entropy " << allocation.entropy.mean().item<double>() << "\n";
  };
  const auto columns = model.map_columns(*table, /*with_outputs=*/false);
  const auto inputs = model.encode(*table, columns, rows, /*places=*/true);
  const auto scores = model.network().forward(inputs, context);

  model.set_intervention([](std::string_view site) {
    using Weights = attune::Intervention::Weights;
    return attune::Intervention{.weights = site == "pool" ? Weights::kUniform : Weights::kComputed};
  });
  const auto scores_of_the_mean = model.score(*table, rows, *executor);
  model.set_intervention({});

  const auto scores_of_the_model = model.score(*table, rows, *executor);
  for (const int64_t row : rows) {
    const auto& output = *model.outputs()[0];
    std::cout << output.decode(scores_of_the_model[0].row(row)).text << " with attention, "
              << output.decode(scores_of_the_mean[0].row(row)).text << " with the mean\n";
  }
  return scores.size() == 1 ? 0 : 1;
}
