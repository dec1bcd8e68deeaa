// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <attune/attune.hpp>
#include <iostream>

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto executor = attune::make_executor(/*threads=*/0);
  attune::FitRequest request;
  request.table = attune::open_table(argv[1]);
  request.outputs = {"diagnosis"};
  request.training.epochs = 5;

  const auto result = attune::fit(request, *executor);
  result.model.save(argv[2]);
  std::cout << "validation accuracy " << result.metrics[0]["accuracy"] << "\n";

  const auto model = attune::Model::load(argv[2]);
  const std::vector<int64_t> rows = {0, 1, 2};
  const auto scores = model.score(*request.table, rows, *executor);
  for (const int64_t row : rows) {
    const auto answer = model.outputs()[0]->decode(scores[0].row(row));
    std::cout << answer.text << " " << answer.choices[0].probability << "\n";
  }
  const attune::Question first_output;
  const auto subjects = attune::read_subjects(model, *request.table, rows, first_output, *executor);
  const auto explanations = attune::explain(attune::default_explanation_method(), subjects, {*executor});
  for (size_t s = 0; s < subjects.size(); ++s) {
    const auto& values = explanations[s].values;
    const auto most = std::max_element(values.begin(), values.end()) - values.begin();
    std::cout << "what speaks for it most: " << subjects[s].tokens()[static_cast<size_t>(most)].text << "\n";
  }
  return result.metrics[0]["accuracy"] > 0.8 ? 0 : 1;
}
