// SPDX-License-Identifier: Apache-2.0
#include "prediction_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "console.hpp"

namespace attune::app {
namespace {

size_t shown_choices(const Prediction& prediction, int64_t top) {
  return std::min(prediction.choices.size(), static_cast<size_t>(top));
}

bool abstains(const Prediction& prediction, const AnswerOptions& options) {
  return !prediction.choices.empty() && prediction.choices.front().probability < options.abstain;
}

}  // namespace

void AnswerOptions::visit_fields(FieldVisitor& v) {
  v.field({.name = "top", .help = "classes to show per row, most probable first", .minimum = 1}, top);
  v.field({.name = "abstain",
           .help = "say \"not sure\" where the most probable class has less than this probability",
           .minimum = 0,
           .maximum = 1},
          abstain);
}

std::vector<Prediction> decode_row(const Model& model, const std::vector<Scores>& scores, int64_t row) {
  std::vector<Prediction> predictions;
  for (size_t o = 0; o < scores.size(); ++o) predictions.push_back(model.outputs()[o]->decode(scores[o].row(row)));
  return predictions;
}

std::string probability_digits(double probability) {
  constexpr int kDigits = 4, kMostDigits = 17;  // which tell any two numbers between 0.5 and 1 apart
  auto text = fmt::format("{:.{}f}", probability, kDigits);
  if (probability > 0 && text.find_first_not_of("0.") == std::string::npos) return fmt::format("{:.1e}", probability);
  for (int digits = kDigits; probability < 1 && text.front() == '1' && digits < kMostDigits; ++digits)
    text = fmt::format("{:.{}f}", probability, digits + 1);
  return text;
}

std::string prediction_line(const Model& model, const std::vector<Prediction>& predictions,
                            const AnswerOptions& options) {
  std::string line;
  for (size_t o = 0; o < predictions.size(); ++o) {
    if (o > 0) line += "\t";
    if (predictions.size() > 1) line += on_one_line(model.schema().outputs[o].name) + "=";
    if (predictions[o].choices.empty()) line += predictions[o].text;
    if (abstains(predictions[o], options)) line += "not sure\t";
    for (size_t c = 0; c < shown_choices(predictions[o], options.top); ++c) {
      const auto& choice = predictions[o].choices[c];
      line += (c > 0 ? "\t" : "") + on_one_line(choice.label) + "\t" + probability_digits(choice.probability);
    }
  }
  return line;
}

Json prediction_json(const Model& model, const std::vector<Prediction>& predictions, const AnswerOptions& options,
                     int64_t row) {
  Json json{{"row", row}};
  for (size_t o = 0; o < predictions.size(); ++o) {
    const auto& prediction = predictions[o];
    auto& answer = json[model.schema().outputs[o].name];
    if (prediction.choices.empty()) {
      answer = {{"prediction", prediction.value}};
      continue;
    }
    answer = {{"prediction", abstains(prediction, options) ? Json() : Json(prediction.text)},
              {"probability", prediction.choices.front().probability}};
    for (size_t c = 0; c < shown_choices(prediction, options.top); ++c) {
      answer["choices"].push_back(
          {{"label", prediction.choices[c].label}, {"probability", prediction.choices[c].probability}});
    }
  }
  return json;
}

}  // namespace attune::app
