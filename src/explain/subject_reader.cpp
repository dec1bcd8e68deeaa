// SPDX-License-Identifier: Apache-2.0
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>

#include <string>

#include "attention_sites.hpp"
#include "attune/core/error.hpp"
#include "attune/explain/attention_mass.hpp"
#include "attune/explain/subject.hpp"
#include "attune/model/row_parts.hpp"
#include "attune/ops/packing.hpp"

namespace attune {
namespace {

void check_question(const Model& model, const Question& question) {
  const auto outputs = std::ssize(model.outputs());
  if (static_cast<int64_t>(question.output) >= outputs) {
    throw UsageError("output to explain: expected a number below " + std::to_string(outputs) + ", found " +
                     std::to_string(question.output));
  }
  if (!question.of_class) return;
  const auto classes = std::ssize(model.outputs()[question.output]->classes());
  if (classes == 0) throw UsageError("class to explain: the output is a number and has none");
  if (*question.of_class < 0 || *question.of_class >= classes) {
    throw UsageError("class to explain: expected a number below " + std::to_string(classes) + ", found " +
                     std::to_string(*question.of_class));
  }
}

InputCells cells_of(const Row& row, const ColumnMap& columns) {
  InputCells cells;
  for (const auto& of_input : columns.inputs) {
    auto& own = cells.emplace_back();
    for (const int column : of_input) own.emplace_back(row[column]);
  }
  return cells;
}

}  // namespace

/// Makes subjects of the rows of a table, chunk by chunk.
class SubjectReader {
 public:
  SubjectReader(const Model& model, const Table& table, const Question& question)
      : model_(model),
        table_(table),
        question_(question),
        columns_(model.map_columns(table, /*with_outputs=*/false)),
        mass_wanted_(pool_reading(model.network()) == PoolReading::kMass) {}

  /// @param out of the rows
  void read(std::span<const int64_t> rows, std::span<Subject*> out) const {
    const at::NoGradGuard no_gradients;
    auto tokens = model_.network().embed(model_.encode(table_, columns_, rows, /*places=*/true), {});
    Opinions opinions;
    int64_t first = 0;
    for (const auto& [begin, end] : cut_parts(offsets_view(tokens.offsets), kMostPairs)) {
      forward(rows_of(tokens, begin, end), opinions.network, out.subspan(static_cast<size_t>(first)));
      first = end;
    }
    if (model_.linear_weight(question_.output) > 0) {
      const auto& linear = *model_.linear(question_.output);
      opinions.linear = {std::ssize(rows), linear.classes(), linear.log_probabilities(table_, rows)};
    }
    const auto scores = model_.pooled(question_.output, opinions);
    Row row;
    for (size_t r = 0; r < rows.size(); ++r) {
      table_.read(rows[r], row);
      out[r]->cells_ = cells_of(row, columns_);
      answer(scores.row(static_cast<int64_t>(r)), *out[r]);
    }
  }

  [[nodiscard]] static Subject none() { return {}; }

 private:
  /// One pass over some rows, whose scores are put behind those there are.
  void forward(const Tokens& tokens, Scores& scores, std::span<Subject*> out) const {
    Tensor mass;  // [N, H]
    auto context = model_.forward_context();
    if (mass_wanted_) {
      context.wanted = [](std::string_view site) { return Wanted{.received = site == kPoolSite}; };
      context.observer = [&](std::string_view site, const Allocation& allocation) {
        if (site == kPoolSite) mass = allocation.received;
      };
    }
    const auto hidden = model_.network().hidden(tokens, context);
    const auto logits = model_.network().head(question_.output).forward(hidden, context).contiguous();  // [b, C]
    scores.rows += logits.size(0), scores.columns = logits.size(1);
    scores.values.insert(scores.values.end(), logits.const_data_ptr<float>(),
                         logits.const_data_ptr<float>() + logits.numel());
    if (mass_wanted_) (void)hidden.pooled();  // of a head that does not ask for it
    const auto offsets = offsets_view(tokens.offsets);
    for (int64_t b = 0; b < tokens.rows(); ++b) {
      auto& subject = *out[static_cast<size_t>(b)];
      subject.embedded_ = rows_of(tokens, b, b + 1);
      subject.hidden_ = rows_of(hidden.tokens(), b, b + 1);
      if (mass.defined())
        subject.pool_mass_ = mass.slice(0, offsets[static_cast<size_t>(b)], offsets[static_cast<size_t>(b) + 1]);
    }
  }

  void answer(std::span<const float> scores, Subject& subject) const {
    subject.model_ = &model_;
    subject.question_ = question_;
    const auto& output = *model_.outputs()[question_.output];
    subject.prediction_ = output.decode(scores);
    if (!output.classes().empty() && !question_.of_class)
      subject.question_.of_class = std::max_element(scores.begin(), scores.end()) - scores.begin();
    const std::vector<double> pooled(scores.begin(), scores.end());
    subject.scored_ = scored(pooled, subject.question_.of_class);
    for (const auto& place : *subject.embedded_.origins) {
      const auto& cells = subject.cells_[static_cast<size_t>(place.input)];
      const std::vector<std::string_view> views(cells.begin(), cells.end());
      subject.tokens_.push_back({place, model_.inputs()[static_cast<size_t>(place.input)]->show(views, place.place)});
    }
  }

  const Model& model_;
  const Table& table_;
  Question question_;
  ColumnMap columns_;
  bool mass_wanted_;
};

std::vector<Subject> read_subjects(const Model& model, const Table& table, std::span<const int64_t> rows,
                                   const Question& question, Executor& executor) {
  check_question(model, question);
  const SubjectReader reader(model, table, question);
  std::vector<Subject> subjects(rows.size(), SubjectReader::none());
  executor.run(chunk_count(rows.size()), [&](int64_t chunk) {
    const auto part = chunk_of(rows, chunk);
    std::vector<Subject*> out;
    for (size_t r = 0; r < part.size(); ++r) out.push_back(&subjects[static_cast<size_t>(chunk * kChunkRows) + r]);
    reader.read(part, out);
  });
  return subjects;
}

}  // namespace attune
