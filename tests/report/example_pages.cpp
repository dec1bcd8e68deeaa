// SPDX-License-Identifier: Apache-2.0
// example_pages FOLDER: writes the pages of examples.hpp and every chart alone, to be opened by
// tests/report/test_pages.py and looked at by people.
#include <filesystem>
#include <fstream>
#include <iostream>

#include "attune/report/charts.hpp"
#include "attune/report/terminal.hpp"
#include "examples.hpp"

namespace {

void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) throw std::runtime_error(path.string() + " cannot be written");
}

void write_charts(const std::filesystem::path& folder) {
  using namespace attune::report;  // NOLINT(google-build-using-namespace)
  const auto page = testing::example_report_page();
  write(folder / "confusion.svg", confusion_chart(*page.evaluations[0].confusion));
  write(folder / "reliability.svg", reliability_chart(*page.evaluations[0].reliability));
  write(folder / "flow.svg", flow_chart(*page.flow));
  for (const auto& mechanism : drawn_mechanisms())
    write(folder / (mechanism + ".svg"), flow_chart(mechanism_flow(mechanism)));
  const Series loss{"training rows", {1, 2, 3, 4, 5, 6}, {0.69, 0.55, 0.41, 0.33, 0.3, 0.28}};
  write(folder / "line.svg", line_chart({"Loss", "epoch", "loss", {loss}}));
  write(folder / "bar.svg",
        bar_chart({"Weights", "attention", {{"sensor 1", 0.62}, {"传感器二", 0.31}, {"sensor 3", -0.07}}}));
  write(folder / "attention.svg", attention_chart({"block.0.self, head 1",
                                                   {"好", "吃", "极了"},
                                                   {"好", "吃", "极了"},
                                                   {0.7, 0.2, 0.1, 0.1, 0.8, 0.1, 0, 0.1, 0.9}}));
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: example_pages FOLDER\n";
    return 2;
  }
  const std::filesystem::path folder = arguments[1];
  const auto explain = attune::report::testing::example_explain_page();
  write(folder / "explain.html", html(explain));
  write(folder / "report.html", html(attune::report::testing::example_report_page()));
  write_charts(folder);
  for (const auto& row : explain.rows) {
    if (row.attributions[1].values.size() > 1000) continue;
    std::cout << shaded_text(row.cells, row.attributions[1].values, attune::report::Colours::kNone)
              << token_table(row.cells, row.attributions[1].values) << "\n";
  }
  return 0;
}
