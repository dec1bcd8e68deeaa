// SPDX-License-Identifier: Apache-2.0
#include "metrics_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <string_view>

#include "attune/core/wording.hpp"
#include "baselines_text.hpp"
#include "console.hpp"

namespace attune::app {
namespace {

struct Definition {
  const char* key;
  const char* name;
  const char* meaning;
  bool leaves_out_unseen = false;  ///< rows of a label that training never saw, which has no probability
};

constexpr std::array kDefinitions = {
    Definition{"accuracy", "accuracy", "share of rows whose most probable class is the right one"},
    Definition{"balanced_accuracy", "balanced accuracy", "mean over classes of the share found"},
    Definition{"macro_f1", "macro F1", "mean over classes of F1"},
    Definition{"negative_log_likelihood", "negative log likelihood",
               "mean of -ln(probability of the right class); lower is better", true},
    Definition{"brier_score", "Brier score",
               "mean squared distance of probabilities to the truth, 0 to 2; lower is better", true},
    Definition{"expected_calibration_error", "calibration error",
               "mean gap between confidence and accuracy over 15 bins of equal mass"},
    Definition{"mean_squared_error", "mean squared error", "in the column's unit, squared; lower is better"},
    Definition{"root_mean_squared_error", "root of it", "in the column's unit"},
    Definition{"mean_absolute_error", "mean absolute error", "in the column's unit"},
    Definition{"r2", "R2", "share of the variance explained; 1 is perfect, 0 the mean"},
};

/// Beyond this a number has more digits than a double knows.
constexpr double kManyDigits = 1e15;

/// A figure of numbers is infinite, none, or null in a model's record only when squares left the range of doubles.
bool overflows(const Json& metrics, const char* key) {
  const auto& value = metrics.at(key);
  return value.is_number() ? !std::isfinite(value.get<double>()) : metrics.contains("mean_squared_error");
}

bool any_overflows(const Json& metrics) {
  return std::any_of(kDefinitions.begin(), kDefinitions.end(), [&](const Definition& definition) {
    return metrics.contains(definition.key) && overflows(metrics, definition.key);
  });
}

std::string figure_text(const Json& metrics, const Definition& definition) {
  return overflows(metrics, definition.key) ? "overflows" : number_text(metrics.at(definition.key));
}

/// A line of the tables for all labels that training never saw; classes have lines of their own.
constexpr const char* kNeverSeen = "(never seen in training)";

int64_t unseen_rows(const Json& metrics) { return metrics.value("unseen_labels", int64_t{0}); }
int64_t seen_rows(const Json& metrics) { return metrics.at("rows").get<int64_t>() - unseen_rows(metrics); }

std::string output_name(const Json& metrics) { return on_one_line(metrics.at("output").get<std::string>()); }
std::string class_name(const Json& one) { return on_one_line(one.at("class").get<std::string>()); }

/// Display width is not known for every script, so names stand last in their lines.
std::string class_table(const Json& metrics) {
  std::string text = "\n  precision  recall  F1      rows     class\n";
  for (const auto& c : metrics.at("per_class")) {
    text +=
        fmt::format("  {:<9}  {:<6}  {:<6}  {:<7}  {}\n", number_text(c.at("precision")), number_text(c.at("recall")),
                    number_text(c.at("f1")), with_commas(c.at("support").get<int64_t>()), class_name(c));
  }
  if (const auto unseen = unseen_rows(metrics); unseen > 0)
    text += fmt::format("  {:<9}  {:<6}  {:<6}  {:<7}  {}\n", "-", number_text(0.0), number_text(0.0),
                        with_commas(unseen), kNeverSeen);
  return text;
}

constexpr size_t kMostColumns = 12;

std::string confusion_line(const Json& counts, const std::string& name) {
  std::string text = " ";
  for (const auto& count : counts) text += fmt::format(" {:>7}", with_commas(count.get<int64_t>()));
  return text + "  " + name + "\n";
}

std::string confusion_table(const Json& metrics) {
  const auto& confusion = metrics.at("confusion");
  const auto& classes = metrics.at("per_class");
  const auto unseen = unseen_rows(metrics);
  if (confusion.size() > kMostColumns) {
    return fmt::format("\n  confusion of {} classes{}: see --json\n", confusion.size(),
                       unseen > 0 ? ", and of " + counted(unseen, "row") + " with a label never seen in training" : "");
  }
  std::string text = "\n  confusion: a line is the true class, a column the predicted one, in the order above\n";
  for (size_t row = 0; row < confusion.size(); ++row) text += confusion_line(confusion[row], class_name(classes[row]));
  if (unseen > 0) text += confusion_line(metrics.at("unseen_predicted_as"), kNeverSeen);
  return text;
}

/// A perfectly calibrated model shows an error too, the larger the fewer the rows.
std::string calibration_range_text(const Json& metrics) {
  const auto& range = metrics.at("expected_calibration_error_range");
  const auto error = metrics.at("expected_calibration_error").get<double>();
  const bool within = error >= range[0].get<double>() && error <= range[1].get<double>();
  return fmt::format(
      "\n  calibration error {} lies {} [{}, {}], where it lies for 95 of 100 perfectly calibrated models\n",
      number_text(error),
      within                           ? "in"
      : error > range[1].get<double>() ? "above"
                                       : "below",
      number_text(range[0]), number_text(range[1]));
}

/// over 19 of 49 rows
std::string over_rows(const Json& metrics) {
  return "over " + with_commas(seen_rows(metrics)) + " of " + counted(metrics.at("rows").get<int64_t>(), "row");
}

std::string calibration_text(const Json& metrics) {
  const auto& before = metrics.at("uncalibrated");
  return fmt::format(
      "\n  the network alone, before calibration by temperature {} and a linear part of weight {}: accuracy {}, "
      "negative log likelihood {}, Brier {}{}, calibration error {}\n",
      number_text(metrics.at("temperature")), number_text(metrics.at("linear_weight")),
      number_text(before.at("accuracy")), number_text(before.at("negative_log_likelihood")),
      number_text(before.at("brier_score")), unseen_rows(metrics) > 0 ? " (both " + over_rows(metrics) + ")" : "",
      number_text(before.at("expected_calibration_error")));
}

/// For a page: "Share of rows .., over 19 of 49 rows."
std::string meaning_of(const Json& metrics, const Definition& definition) {
  std::string text = definition.meaning;
  text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  if (definition.leaves_out_unseen && unseen_rows(metrics) > 0) text += "; " + over_rows(metrics);
  const std::string range = "expected_calibration_error_range";
  if (definition.key == std::string_view("expected_calibration_error") && metrics.contains(range))
    text += fmt::format("; of 95 of 100 perfectly calibrated models it lies in [{}, {}]",
                        number_text(metrics.at(range)[0]), number_text(metrics.at(range)[1]));
  return text + ".";
}

/// Rounded down: whoever passes the printed number on gets all the rows that the figures beside it are of.
std::string confidence_text(double confidence) { return fmt::format("{:.4f}", std::floor(confidence * 1e4) / 1e4); }

}  // namespace

std::string number_text(const Json& value) {
  if (!value.is_number()) return "-";
  const auto number = value.get<double>();
  return std::abs(number) < kManyDigits ? fixed(number, 4) : fmt::format("{:.4e}", number);
}

std::string summary_line(const Json& metrics) {
  auto line = output_name(metrics) + ":";
  for (const auto& definition : kDefinitions) {
    if (!metrics.contains(definition.key)) continue;
    line += fmt::format("  {} {}", definition.name, figure_text(metrics, definition));
    if (definition.leaves_out_unseen && unseen_rows(metrics) > 0)
      line += " (over " + counted(seen_rows(metrics), "row") + ")";
  }
  return line + "  (" + counted(metrics.at("rows").get<int64_t>(), "row") + ")";
}

std::string metrics_page(const Json& metrics) {
  auto page = fmt::format("{}, {}\n", output_name(metrics), counted(metrics.at("rows").get<int64_t>(), "row"));
  for (const auto& definition : kDefinitions) {
    if (!metrics.contains(definition.key)) continue;
    page += fmt::format("  {:<24} {:<10} {}{}\n", definition.name, figure_text(metrics, definition), definition.meaning,
                        definition.leaves_out_unseen && unseen_rows(metrics) > 0 ? "; " + over_rows(metrics) : "");
  }
  if (any_overflows(metrics))
    page +=
        "\n  overflows: beyond what double precision holds (1e-308 to 1.8e308); scale the column to moderate numbers\n";
  if (metrics.contains("baselines")) page += "\n" + baselines_table(metrics);
  if (metrics.contains("expected_calibration_error_range")) page += calibration_range_text(metrics);
  if (metrics.contains("uncalibrated")) page += calibration_text(metrics);
  if (metrics.contains("per_class")) page += class_table(metrics);
  if (metrics.contains("confusion")) page += confusion_table(metrics);
  return page;
}

std::vector<report::Figure> metric_figures(const Json& metrics) {
  std::vector<report::Figure> figures;
  for (const auto& definition : kDefinitions) {
    if (metrics.contains(definition.key))
      figures.push_back({definition.name, figure_text(metrics, definition), meaning_of(metrics, definition)});
  }
  if (!metrics.contains("uncalibrated") || (metrics.at("temperature") == 1.0 && metrics.at("linear_weight") == 0.0))
    return figures;
  const auto& before = metrics.at("uncalibrated");
  for (const auto& definition : kDefinitions) {
    if (before.contains(definition.key))
      figures.push_back(
          {definition.name + std::string(" of the network alone"), number_text(before.at(definition.key)),
           fmt::format("Before calibration by temperature {} and a linear part of weight {}.",
                       number_text(metrics.at("temperature")), number_text(metrics.at("linear_weight")))});
  }
  return figures;
}

std::string headline(const Json& metrics) {
  std::string text;
  for (const auto& definition : kDefinitions) {
    const std::string_view key = definition.key;
    if (!metrics.contains(definition.key) || (key != "accuracy" && key != "r2" && key != "mean_absolute_error"))
      continue;
    text = std::string(definition.name) + " " + figure_text(metrics, definition) + (text.empty() ? "" : ", " + text);
  }
  return text;
}

std::string spread_table(const Json& summary) {
  auto text =
      fmt::format("{:<26} {:<10} {:<10} 95 % interval of the mean\n", output_name(summary) + ",", "mean", "deviation");
  for (const auto& definition : kDefinitions) {
    if (!summary.contains(definition.key)) continue;
    const auto& spread = summary.at(definition.key);
    const auto& interval = spread.at("interval");
    text += fmt::format(
        "  {:<24} {:<10} {:<10} {}\n", definition.name, number_text(spread.at("mean")),
        number_text(spread.at("standard_deviation")),
        interval.is_null() ? "-" : fmt::format("[{}, {}]", number_text(interval[0]), number_text(interval[1])));
  }
  return text;
}

std::string spread_line(const Json& summary) {
  for (const auto& definition : kDefinitions) {
    if (!summary.contains(definition.key)) continue;
    const auto& spread = summary.at(definition.key);
    return fmt::format("{}:  {} {}, standard deviation {}, over {}", output_name(summary), definition.name,
                       number_text(spread.at("mean")), number_text(spread.at("standard_deviation")),
                       counted(summary.at("runs").get<int64_t>(), "run"));
  }
  return output_name(summary) + ":  no figure that every run has";
}

std::string coverage_table(const Json& metrics) {
  if (!metrics.contains("coverage")) return "";
  std::string text =
      "\n  answering only from a confidence on, and saying \"not sure\" to the other rows (predict --abstain "
      "CONFIDENCE)\n"
      "  confidence  answered  accuracy  rows\n";
  for (const auto& point : metrics.at("coverage")) {
    text += fmt::format("  {:<10}  {:<8}  {:<8}  {}\n", confidence_text(point.at("threshold").get<double>()),
                        number_text(point.at("coverage")), number_text(point.at("accuracy")),
                        with_commas(point.at("rows").get<int64_t>()));
  }
  return text;
}

}  // namespace attune::app
