// SPDX-License-Identifier: Apache-2.0
#include "allocation_report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "attune/core/wording.hpp"
#include "attune/report/terminal.hpp"
#include "console.hpp"

namespace attune::app {
namespace {

/// Rows of an array that are printed, and columns; JSON has them all.
constexpr int64_t kMostRows = 20;
/// What a number of the parameters and weights takes.
constexpr int64_t kNumberColumns = 13;

/// Six digits after the point, which is what a person compares; powers of ten beyond them.
std::string number_text(double number) {
  const double size = std::abs(number);
  return size == 0 || (size >= 1e-4 && size < 1e7) ? fmt::format("{:.6f}", number) : fmt::format("{:.5e}", number);
}

/// The mean weight that the items of one category got.
struct CategoryAttention {
  std::string category;
  int64_t items = 0;
  std::vector<double> weights;  ///< [C]
};

struct ColumnAttention {
  std::string column;
  std::vector<CategoryAttention> categories;
};

std::vector<ColumnAttention> empty_attention(const ItemTable& items, size_t score_columns) {
  std::vector<ColumnAttention> result;
  for (const auto& feature : items.columns.features) {
    if (!feature.is_category) continue;
    auto& column = result.emplace_back(ColumnAttention{feature.name, {}});
    for (const auto& category : feature.categories)
      column.categories.push_back({category, 0, std::vector<double>(score_columns, 0)});
  }
  return result;
}

/// Adds an item's weights to the category that it has in each column.
void add_item(const ItemColumns& columns, const double* features, const double* weights,
              std::vector<ColumnAttention>& attention) {
  auto column = attention.begin();
  for (const auto& feature : columns.features) {
    if (!feature.is_category) {
      ++features;
      continue;
    }
    const auto count = feature.categories.size();
    const auto own = static_cast<size_t>(std::find(features, features + count, 1.0) - features);
    auto& category = column->categories[own];
    ++category.items;
    for (size_t c = 0; c < category.weights.size(); ++c) category.weights[c] += weights[c];
    features += count;
    ++column;
  }
}

std::vector<ColumnAttention> attention_by_category(const AllocationReport& report) {
  const auto columns = static_cast<size_t>(report.learnt.score_columns());
  auto attention = empty_attention(report.items, columns);
  if (attention.empty()) return attention;
  const auto& groups = report.items.groups;
  AllocationPass pass;
  for (int64_t g = 0; g < groups.groups(); ++g) {
    const auto group = groups.group(g);
    weigh_items(group, report.learnt, pass);
    for (int64_t i = 0; i < group.items(); ++i)
      add_item(report.items.columns, group.features.data() + i * group.key_width,
               pass.weights.data() + i * report.learnt.score_columns(), attention);
  }
  for (auto& column : attention) {
    for (auto& category : column.categories) {
      for (double& weight : category.weights) weight /= static_cast<double>(std::max<int64_t>(1, category.items));
    }
  }
  return attention;
}

/// One line of the table of figures: equal weights, at first, learnt.
struct FiguresLine {
  std::string key, name;
  GroupFigures training;
  std::optional<GroupFigures> validation;
};

std::vector<FiguresLine> figures_of(const AllocationReport& report) {
  const auto& groups = report.items.groups;
  const auto kind = AllocationLoopConfig{.loss = report.loss}.loss_kind();
  std::vector<FiguresLine> lines;
  const auto add = [&](std::string key, std::string name, const AllocationParameters& parameters) {
    FiguresLine line{std::move(key), std::move(name), measure_groups(groups, report.result.training, parameters, kind),
                     std::nullopt};
    if (!report.result.validation.empty())
      line.validation = measure_groups(groups, report.result.validation, parameters, kind);
    lines.push_back(std::move(line));
  };
  add("equal_weights", "equal weights", uniform_parameters(groups.key_width, groups.value_width));
  add("first", "at first", report.first);
  add("learnt", fmt::format("learnt (epoch {})", report.result.best_epoch), report.learnt);
  return lines;
}

Json figures_json(const GroupFigures& figures) {
  Json json{{"loss", figures.loss}};
  if (figures.accuracy) json["accuracy"] = *figures.accuracy;
  return json;
}

Json figures_json(const std::vector<FiguresLine>& lines) {
  Json json;
  for (const auto& line : lines) {
    json[line.key]["training"] = figures_json(line.training);
    if (line.validation) json[line.key]["validation"] = figures_json(*line.validation);
  }
  return json;
}

Json attention_json(const std::vector<ColumnAttention>& attention) {
  Json json = Json::object();
  for (const auto& column : attention) {
    for (const auto& category : column.categories)
      json[column.column][category.category] = {{"items", category.items}, {"weights", category.weights}};
  }
  return json;
}

Json history_json(const std::vector<LoopEpoch>& history) {
  Json epochs = Json::array();
  for (const auto& epoch : history) {
    Json json{{"epoch", epoch.epoch}, {"training_loss", epoch.training_loss}};
    if (epoch.validation_loss) json["validation_loss"] = *epoch.validation_loss;
    epochs.push_back(std::move(json));
  }
  return epochs;
}

std::string figures_text(const GroupFigures& figures) {
  auto text = fmt::format("{:>14}", number_text(figures.loss));
  if (figures.accuracy) text += fmt::format("  {:>8}", fixed(*figures.accuracy, 4));
  return text;
}

std::string figures_page(const std::vector<FiguresLine>& lines) {
  const bool accuracy = lines.front().training.accuracy.has_value();
  const auto heading = [&](const char* part) {
    return fmt::format("{:>14}{}", fmt::format("{} loss", part), accuracy ? "  accuracy" : "");
  };
  const bool validation = lines.front().validation.has_value();
  auto page = fmt::format("{:<22}{}{}\n", "", heading("training"), validation ? "  " + heading("valid.") : "");
  for (const auto& line : lines)
    page += fmt::format("{:<22}{}{}\n", line.name, figures_text(line.training),
                        line.validation ? "  " + figures_text(*line.validation) : "");
  return page;
}

std::string charts(const std::vector<LoopEpoch>& history) {
  report::Series training, validation;
  for (const auto& epoch : history) {
    const auto add = [&](report::Series& series, double loss) {
      series.x.push_back(static_cast<double>(epoch.epoch));
      series.y.push_back(loss);
    };
    add(training, epoch.training_loss);
    if (epoch.validation_loss) add(validation, *epoch.validation_loss);
  }
  const auto chart = [](const char* title, report::Series series) {
    constexpr int64_t kColumns = 72, kLines = 6;
    return report::terminal_chart({.title = title, .x_label = "epochs", .y_label = "", .series = {std::move(series)}},
                                  kColumns, kLines);
  };
  auto page = chart("training loss", std::move(training));
  if (!validation.x.empty()) page += "\n" + chart("validation loss", std::move(validation));
  return page;
}

/// What the columns of scores weigh.
std::vector<std::string> score_column_names(const AllocationReport& report) {
  if (report.learnt.score_columns() == 1) return {"weight"};
  return report.items.columns.values;
}

/// A name of the user's table as it stands in a table of figures.
std::string shown_name(const std::string& name) {
  constexpr int64_t kMostColumns = 48;
  return report::fitted(on_one_line(name), kMostColumns);
}

/// By what they take on a terminal, where Chinese characters are two columns wide.
std::string filling(const std::string& text, int64_t columns) {
  return std::string(static_cast<size_t>(std::max<int64_t>(0, columns - report::display_width(text))), ' ');
}

std::string row_text(const std::string& name, int64_t width, const double* numbers, int64_t count) {
  const auto shown = shown_name(name);
  auto text = "  " + shown + filling(shown, width);
  for (int64_t c = 0; c < count; ++c) text += fmt::format("  {:>{}}", number_text(numbers[c]), kNumberColumns);
  return text + "\n";
}

std::string left_out(int64_t count, const char* where = "") {
  if (count <= kMostRows) return "";
  return "  .. and " + with_commas(count - kMostRows) + " more" + where + " (all with --json)\n";
}

std::string heading_row(const std::vector<std::string>& names, int64_t width) {
  auto text = "  " + filling("", width);
  for (const auto& name : names) {
    const auto shown = report::fitted(on_one_line(name), kNumberColumns);
    text += "  " + filling(shown, kNumberColumns) + shown;
  }
  return text + "\n";
}

/// Columns that the widest takes.
int64_t widest(const std::vector<std::string>& names) {
  int64_t width = 0;
  for (const auto& name : names) width = std::max(width, report::display_width(shown_name(name)));
  return width;
}

std::string parameters_page(const AllocationReport& report) {
  const auto& parameters = report.learnt;
  const auto names = feature_names(report.items.columns);
  const auto columns = parameters.score_columns();
  const bool additive = parameters.score == ItemScore::kAdditive;
  auto page = additive ? fmt::format("W_a [{}], b_a = {}\n", parameters.key_width, number_text(parameters.bias))
                       : fmt::format("W [{}, {}]\n", parameters.key_width, columns);
  const auto width = widest(names);
  if (!additive) page += heading_row(report.items.columns.values, width);
  for (int64_t k = 0; k < std::min(kMostRows, parameters.key_width); ++k)
    page += row_text(names[static_cast<size_t>(k)], width, parameters.weights.data() + k * columns, columns);
  return page + left_out(parameters.key_width);
}

std::string attention_page(const ColumnAttention& column, const std::vector<std::string>& score_columns) {
  std::vector<std::string> names;
  for (const auto& category : column.categories) names.push_back(category.category);
  const auto width = widest(names);
  auto page = "mean weight of the items by " + on_one_line(column.column) + "\n" + heading_row(score_columns, width);
  for (size_t i = 0; i < std::min<size_t>(kMostRows, names.size()); ++i)
    page += row_text(names[i], width, column.categories[i].weights.data(), static_cast<int64_t>(score_columns.size()));
  return page + left_out(static_cast<int64_t>(names.size()));
}

/// "[5, 2]"; a single number has none.
std::string shape_text(const std::vector<int64_t>& shape) {
  return shape.empty() ? "" : fmt::format(" [{}]", fmt::join(shape, ", "));
}

std::string array_rows(const TracedArray& array) {
  // Items stand below each other, also where each has one number; what belongs to the whole group is one line.
  const int64_t rows = array.shape.size() == 2 || array.of_items ? array.shape.front() : 1;
  const auto columns = static_cast<int64_t>(array.numbers.size()) / rows;
  std::string page;
  for (int64_t i = 0; i < std::min(kMostRows, rows); ++i) {
    page += " ";
    for (int64_t c = 0; c < std::min(kMostRows, columns); ++c)
      page += fmt::format(" {:>12}", number_text(array.numbers[static_cast<size_t>(i * columns + c)]));
    page += columns > kMostRows ? " ..\n" : "\n";
  }
  return page + left_out(rows) + left_out(columns, " in each row");
}

}  // namespace

Json report_json(const AllocationReport& report) {
  const auto& items = report.items;
  Json json{{"items", items.groups.items()},
            {"groups", items.groups.groups()},
            {"unreadable_items", items.unreadable_items},
            {"groups_without_target", items.groups_without_target},
            {"loss", report.loss},
            {"end", loop_end_name(report.result.end)},
            {"best_epoch", report.result.best_epoch},
            {"figures", figures_json(figures_of(report))},
            {"columns", to_json(items.columns)},
            {"features", feature_names(items.columns)},
            {"parameters", attune::to_json(report.learnt)},
            {"attention", attention_json(attention_by_category(report))}};
  json["history"] = history_json(report.result.history);
  return json;
}

std::string report_page(const AllocationReport& report) {
  const auto& groups = report.items.groups;
  auto page =
      fmt::format("{} in {}, {}, {}; {}, {}\n\n", counted(groups.items(), "item"), counted(groups.groups(), "group"),
                  counted(groups.key_width, "feature"), counted(groups.value_width, "value column"),
                  item_score_name(report.learnt.score), report.loss);
  page += figures_page(figures_of(report)) + "\n" + charts(report.result.history) + "\n" + parameters_page(report);
  for (const auto& column : attention_by_category(report))
    page += "\n" + attention_page(column, score_column_names(report));
  return page;
}

Json trace_json(const std::vector<TracedArray>& arrays) {
  Json json = Json::array();
  for (const auto& array : arrays)
    json.push_back(
        {{"name", array.name}, {"formula", array.formula}, {"shape", array.shape}, {"numbers", array.numbers}});
  return json;
}

std::string trace_page(const std::string& group, const std::vector<TracedArray>& arrays, bool standardised) {
  auto page = "one step on group " + brief(group) + "\n";
  if (standardised) page += "on features of mean 0 and deviation 1: x and the parameters here are in these units\n";
  page += "\n";
  for (const auto& array : arrays)
    page += fmt::format("{}{}  {}\n{}", array.name, shape_text(array.shape), array.formula, array_rows(array));
  return page + "\n";
}

}  // namespace attune::app
