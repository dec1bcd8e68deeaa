// SPDX-License-Identifier: Apache-2.0
#include "examples.hpp"

#include <cmath>
#include <random>

namespace attune::report::testing {
namespace {

const char* const kChinese =
    "等了快两个小时才送到，菜都凉了，米饭还是夹生的。打电话过去，态度特别差，说爱要不要！以前觉得这家味道不错，"
    "分量也足，所以一直在这里点，这次真的太失望了，以后不会再点。希望商家能好好管一管配送，"
    "不然再好的味道也留不住回头客。不过汤还可以，给一颗星吧。";
const char* const kEnglish =
    "The cafe\u0301 was lovely 👩‍👩‍👧 and the waiter kind, but the soup arrived cold and "
    "nobody came back for half an hour. Would I go again? Perhaps 🤷🏽‍♀️ — for the cake alone.";
const char* const kArabic = "الخدمة كانت بطيئة جدا والطعام بارد، لكن المكان جميل (رقم 12).";

/// Code points of UTF-8, which these texts are.
std::vector<std::string> code_points(const std::string& text) {
  std::vector<std::string> points;
  for (const char byte : text) {
    if ((static_cast<unsigned char>(byte) & 0xC0U) == 0x80U) {
      points.back() += byte;
    } else {
      points.emplace_back(1, byte);
    }
  }
  return points;
}

std::vector<Token> tokens_of(const std::string& text, bool by_character) {
  std::vector<Token> tokens;
  bool inside = false;
  const auto points = code_points(text);
  for (int32_t i = 0; i < static_cast<int32_t>(points.size()); ++i) {
    const auto& point = points[static_cast<size_t>(i)];
    if (point == " ") {
      inside = false;
    } else if (inside && !by_character) {
      tokens.back().label += point;
      tokens.back().place.end = i + 1;
    } else {
      tokens.push_back({point, {i, i + 1}});
      inside = true;
    }
  }
  return tokens;
}

/// A few strong values among many weak ones, as attributions are.
std::vector<double> values_of(size_t count, bool has_sign, int seed) {
  std::mt19937 draw(static_cast<unsigned>(seed));
  std::vector<double> values;
  for (size_t i = 0; i < count; ++i) {
    const double uniform = static_cast<double>(draw()) / 4294967296.0, sign = has_sign && draw() % 3 == 0 ? -1 : 1;
    values.push_back(sign * 0.4 * std::pow(uniform, 6));
  }
  return values;
}

std::vector<AttentionMatrix> matrices_of(size_t tokens) {
  if (tokens > 40) return {};
  AttentionMatrix matrix{"block.0.self, head 1", {}, {}};
  for (size_t q = 0; q < tokens; ++q) {
    for (size_t k = 0; k < tokens; ++k)
      matrix.weights.push_back(std::exp(-std::abs(static_cast<double>(q) - static_cast<double>(k))) / 2);
  }
  AttentionMatrix pool{"pool", {"learned query"}, values_of(tokens, false, 3)};
  return {matrix, pool};
}

std::vector<Attribution> attributions_of(size_t tokens, int seed) {
  std::vector<Attribution> all = {{"attention x value norm",
                                   "methods",
                                   "What the pool took from each token: its weight times the length of its value.",
                                   false,
                                   values_of(tokens, false, seed),
                                   1,
                                   {}},
                                  {"integrated gradients",
                                   "methods",
                                   "How much each token moved the score away from that of a row of nothing.",
                                   true,
                                   values_of(tokens, true, seed + 1),
                                   64,
                                   {"The values miss the change of the score by 0.6 %."}},
                                  {"leave-one-out",
                                   "methods",
                                   "How much the score falls when the token is removed.",
                                   true,
                                   values_of(tokens, true, seed + 2),
                                   static_cast<int64_t>(tokens) + 1,
                                   {}}};
  for (int head = 0; head < 8; ++head)
    all.push_back({"head " + std::to_string(head % 4 + 1),
                   head < 4 ? "block.0.self" : "block.1.self",
                   "Mean attention that the token received.",
                   false,
                   values_of(tokens, false, seed + 3 + head),
                   1,
                   {}});
  all.push_back(
      {"all heads", "pool", "Attention of the learned query.", false, values_of(tokens, false, seed + 11), 1, {}});
  return all;
}

void explain(ExplainedRow& row, int seed) {
  size_t tokens = 0;
  for (const auto& cell : row.cells) tokens += cell.tokens.size();
  row.attributions = attributions_of(tokens, seed);
  row.matrices = matrices_of(tokens);
}

ExplainedRow numbers_row() {
  ExplainedRow row;
  row.name = "measurements.csv, row 3";
  row.cells = {{"30 measurements", "", {}}, {"colour", "", {{"colour = dark blue", {0, 8}}}}};
  row.answer = {"malignant", 0.871};
  row.others = {{"benign", 0.129}};
  row.truth = "malignant";
  for (int i = 0; i < 30; ++i)
    row.cells[0].tokens.push_back(
        {"mean_radius_" + std::to_string(i + 1) + " = " + std::to_string(17 + i) + ".99", {i, i + 1}});
  explain(row, 40);
  return row;
}

ExplainedRow hostile_row() {
  std::string text;
  for (const auto& hostile : hostile_texts()) text += hostile + " ";
  auto row = example_row(text, text, /*by_character=*/false, 50);
  row.cells[0].column = text;
  row.answer.label = row.others[0].label = text;
  row.truth = text;
  row.notes = {text};
  return row;
}

Flow example_flow() {
  return network_flow(
      example_description(),
      {"reviews.attune", {"review (text)", "30 measurements (numbers)"}, {"label (category)"}, {0.6131}});
}

}  // namespace

std::vector<std::string> hostile_texts() {
  using std::string_literals::operator""s;
  return {"</script><script>document.title='run'</script>",
          "<img src=x onerror=\"document.title='run'\">",
          "\"><svg onload=document.title='run'>",
          "'-document.title='run'-'",
          "<!-- <script>",
          "]]></style><style>*{display:none}</style>",
          "\u2028\u2029\u202Eabc\0\x1b[31m\xff"s,
          "{{constructor.constructor('document.title=1')()}}",
          "&lt;b&gt; &amp;quot; \\\" \\u003c/script>"};
}

ExplainedRow example_row(const std::string& name, const std::string& text, bool by_character, int seed) {
  ExplainedRow row;
  row.name = name;
  row.cells = {{"review", text, tokens_of(text, by_character)}};
  row.answer = {"negative", 0.796};
  row.others = {{"positive", 0.204}};
  row.truth = "negative";
  explain(row, seed);
  return row;
}

Json example_description() {
  return Json::parse(R"({"width": 96, "embedding_dropout": 0.5, "convolution": 3, "final_norm": true,
    "inputs": [{"kind": "ids", "vocabulary": 2913, "further": 8192, "unknown": 0, "vector_width": 300, "vectors_frozen": true,
                "positions": "learned"}, {"kind": "scalars", "columns": 30}],
    "blocks": [{"attention": true, "feed_forward": true, "feed_forward_width": 192, "activation": "gelu", "residual": true,
                "allocation": {"mechanism": "scaled_dot", "heads": 4, "key_width": 24, "value_width": 24}},
               {"attention": true, "feed_forward": true, "feed_forward_width": 192, "activation": "gelu", "residual": true,
                "allocation": {"mechanism": "scaled_dot", "heads": 4, "key_width": 24, "value_width": 24}}],
    "pool": {"kind": "attention", "allocation": {"mechanism": "additive", "heads": 1, "key_width": 96, "value_width": 96}},
    "heads": [{"kind": "class", "classes": 2, "hidden": [64]}]})");
}

ExplainPage example_explain_page() {
  ExplainPage page{
      .model = "reviews.attune",
      .explained = "The answers to column \"label\" of 7 rows of reviews-test.csv.",
      .verdict = {"Attention is usable as a hint for this model, not as an explanation: shuffling it changes "
                  "the answer of 4 % of the rows."},
      .warnings = {"Two rows are longer than any row of the training table."},
      .rows = {}};
  page.honesty = {
      .caption = "Measured on 7 rows",
      .compared = "method",
      .figures = {{"comprehensiveness", "", "How far the probability falls when the strongest tokens are removed."},
                  {"sufficiency", "", "How far it falls when only the strongest tokens are kept."},
                  {"completeness gap", "", "What the attributions miss of the change that they are to add up to."},
                  {"tau", "", "How alike the orders of the tokens are (Kendall)."}},
      .lines = {{"integrated_gradients", {"0.412 ± 0.021", "0.087", "0.6 %", "0.53"}},
                {"attention", {"0.102 ± 0.030", "0.215", "-", "0.21"}}}};
  page.figures = {{"uniform attention", "0.904", "Accuracy of the same network with equal weights."}};
  page.flow = example_flow();
  page.rows = {example_row("reviews-test.csv, row 1", kChinese, true, 1),
               example_row("reviews-test.csv, row 2", kEnglish, false, 2),
               example_row("reviews-test.csv, row 3", kArabic, false, 3),
               numbers_row(),
               example_row("reviews-test.csv, row 5", "", true, 5),
               hostile_row()};
  page.rows[1].truth = "positive";
  page.rows[1].cells[0].text += " And it went on for pages, of which the model read nothing.";
  page.rows[1].cells[0].cut_off = 12;
  page.rows[1].attributions[1].elsewhere = 0.0712;
  page.rows[2].explained = "positive";
  std::string longest;
  while (code_points(longest).size() < 50'000) longest += kChinese;
  page.rows.push_back(example_row("reviews-test.csv, row 7", longest, true, 7));
  return page;
}

ReportPage example_report_page() {
  ReportPage page{
      .model = "reviews.attune",
      .summary = {"Accuracy 0.913 on 1,000 rows it has not seen, 0.8 points above logistic regression (95 % "
                  "interval -0.2 to 1.9)."},
      .warnings = {"3 validation rows are among the training rows."}};
  History history{{}, "validation accuracy", 9};
  for (int i = 1; i <= 14; ++i) {
    history.epochs.push_back({static_cast<double>(i), 0.2 + 0.5 / i, 0.28 + 0.3 / i + 0.004 * i, 0.91 - 0.2 / i,
                              0.001 * (1 + std::cos(3.14159 * i / 14)) / 2});
  }
  page.history = history;
  Evaluation evaluation{
      "label, on reviews-test.csv (1,000 rows)",
      {{"accuracy", "0.913", "Share of rows answered rightly."},
       {"macro F1", "0.896", "Mean over classes of the harmonic mean of precision and recall."},
       {"calibration error", "0.019 (0.008 to 0.031 if perfect)", "How far confidence is from accuracy."}},
      {{"naive Bayes", "0.881", "accuracy"}, {"logistic regression", "0.905", "accuracy"}}};
  evaluation.confusion = {
      "Confusion matrix", {"negative", "positive", hostile_texts()[0]}, {512, 41, 0, 46, 393, 2, 1, 0, 5}};
  evaluation.reliability = {"Reliability",
                            {{0.62, 0.55, 90}, {0.84, 0.71, 150}, {0.93, 0.85, 240}, {0.99, 0.94, 520}},
                            {{0.58, 0.57, 100}, {0.75, 0.74, 180}, {0.88, 0.89, 260}, {0.97, 0.965, 460}}};
  evaluation.classes = {{"negative", 0.916, 0.926, 0.921, 553},
                        {"positive", 0.906, 0.891, 0.898, 441},
                        {hostile_texts()[0], 0.714, 0.833, 0.769, 6}};
  evaluation.most_wrong = {example_row("row 17", kChinese, true, 1), example_row("row 230", kArabic, false, 3),
                           hostile_row()};
  evaluation.most_wrong[0].truth = "positive";
  evaluation.most_wrong[1].cells[0].text += " الذيل";
  evaluation.most_wrong[1].cells[0].cut_off = 1;
  evaluation.most_wrong[1].attributions[0].elsewhere = -0.02;
  evaluation.least_certain = {example_row("row 5", kEnglish, false, 2), numbers_row()};
  page.evaluations = {evaluation};
  page.settings = {
      {"Training", {{"epochs", "14"}, {"batch_size", "64"}, {"learning_rate", "0.001"}, {"schedule", "cosine"}}},
      {"Network", {{"width", "96"}, {"heads", "4"}, {"mechanism", "scaled_dot"}}},
      {"Data",
       {{"table", hostile_texts()[1]},
        {"sha256", "0f3a77d20b7f1f6f3c4bd4db01fa33d90f3a77d20b7f1f6f3c4bd4db01fa33d9"}}}};
  page.flow = example_flow();
  page.notes = {"Confidence is that of the calibrated probabilities."};
  return page;
}

}  // namespace attune::report::testing
