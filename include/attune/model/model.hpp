// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "attune/baselines/linear_classifier.hpp"
#include "attune/core/executor.hpp"
#include "attune/core/json.hpp"
#include "attune/core/random.hpp"
#include "attune/data/table.hpp"
#include "attune/features/feature.hpp"
#include "attune/features/schema.hpp"
#include "attune/model/model_config.hpp"
#include "attune/nn/forward_context.hpp"
#include "attune/nn/network.hpp"
#include "attune/ops/kernels.hpp"

namespace attune {

/// The scores of some rows for one output: values[r * columns + c]. Class outputs: calibrated logits; number outputs:
/// one scaled number a row.
struct Scores {
  int64_t rows = 0;
  int64_t columns = 0;
  std::vector<float> values;
  [[nodiscard]] std::span<const float> row(int64_t r) const {
    return std::span(values).subspan(static_cast<size_t>(r * columns), static_cast<size_t>(columns));
  }
};

/// What the parts of a model say of some rows for one output, before they are put together.
struct Opinions {
  Scores network;  ///< class outputs: logits; number outputs: one scaled number a row
  Scores linear;   ///< ln P(class | row) of the linear part; no rows where there is none
};

/// Which column of a table each input (and output) of a model reads.
struct ColumnMap {
  std::vector<std::vector<int>> inputs;
  std::vector<int> outputs;  ///< empty when targets are not needed
};

/// Schema, fitted features, network, linear parts and calibration: what a model file holds. A class output's scores are
/// those of the network divided by its temperature, plus those of its linear part times its weight: a logarithmic
/// opinion pool (attune/metrics/log_linear_pool.hpp). Movable; const members are thread-safe, others need the model to
/// themselves.
class Model {
 public:
  /// Fits features on `training` rows of the table (classes on all of `rows`), reads the word vectors that the
  /// configuration names (record["vectors"] then says what of them was found) and draws a network.
  /// @param should_stop asked while word vectors are read; empty: never
  /// @throws InputError, UsageError as the features and read_word_vectors do; StoppedError when should_stop says so.
  static Model fit(const Schema& schema, const Table& table, std::span<const int64_t> rows,
                   std::span<const int64_t> training, const ModelConfig& config, uint64_t seed,
                   const std::function<bool()>& should_stop = {});

  /// @throws ModelFileError (truncated, altered, of a future version, not ours), InputError (no such file).
  static Model load(const std::filesystem::path& path);
  /// Atomically. @throws IoError; the old file then stays as it was. UsageError under an intervention.
  void save(const std::filesystem::path& path) const;

  /// @throws InputError when the table lacks a column (nearest suggested).
  [[nodiscard]] ColumnMap map_columns(const Table& table, bool with_outputs) const;

  /// The network's inputs for some rows; with `places`, tokens know where they came from.
  /// @throws InputError naming file and row.
  [[nodiscard]] std::vector<NetworkInput> encode(const Table& table, const ColumnMap& columns,
                                                 std::span<const int64_t> rows, bool places = false) const;
  /// Targets of every output for some rows. @throws InputError naming file and row.
  [[nodiscard]] std::vector<Targets> targets(const Table& table, const ColumnMap& columns,
                                             std::span<const int64_t> rows) const;
  /// Tokens of each row, summed over inputs; and how many rows lost units to a limit.
  [[nodiscard]] std::vector<uint32_t> token_counts(const Table& table, const ColumnMap& columns,
                                                   std::span<const int64_t> rows, Executor& executor,
                                                   int64_t* truncated_rows = nullptr) const;

  /// Scores of every output. Rows are cut into chunks of 64, which are embedded at once, and attend in parts of at most
  /// 2^18 pairs of tokens or one row: results do not depend on the executor, and long texts do not multiply memory.
  [[nodiscard]] std::vector<Scores> score(const Table& table, std::span<const int64_t> rows, Executor& executor) const;

  /// The same before it is put together; and how it is.
  [[nodiscard]] std::vector<Opinions> opinions(const Table& table, std::span<const int64_t> rows,
                                               Executor& executor) const;
  [[nodiscard]] Scores pooled(size_t output, const Opinions& opinions) const;
  [[nodiscard]] std::vector<Scores> pooled(std::span<const Opinions> opinions) const;

  [[nodiscard]] const Schema& schema() const { return schema_; }
  [[nodiscard]] const std::vector<std::shared_ptr<const InputFeature>>& inputs() const { return inputs_; }
  [[nodiscard]] const std::vector<std::shared_ptr<const OutputFeature>>& outputs() const { return outputs_; }
  [[nodiscard]] const Network& network() const { return *network_; }

  /// What computes attention from now on; no part of the file. kAutomatic until set.
  void set_kernels(Kernels kernels) { kernels_ = kernels; }
  [[nodiscard]] Kernels kernels() const { return kernels_; }

  /// Changes what attention does at its sites from now on, in every pass alike: prediction, training, explanation. It
  /// is no part of the file, so that a model under one is not saved. It may set uniform weights and gates on heads;
  /// weights that are given or permuted belong to the rows of one pass, whose ForwardContext takes them: a pass of the
  /// model that meets such throws UsageError. Passes ask it at every site and by several threads at once. Kernels must
  /// not be kFused where it sets weights. @param intervention empty: none, which is how a model begins
  void set_intervention(std::function<Intervention(std::string_view site)> intervention);
  [[nodiscard]] const std::function<Intervention(std::string_view site)>& intervention() const { return intervention_; }

  /// What every pass of the model is told: its kernels and its intervention.
  [[nodiscard]] ForwardContext forward_context() const { return {.kernels = kernels_, .intervention = intervention_}; }

  /// The same model with another network of the same description, whose parameters are all drawn anew: what was learned
  /// is gone, so that an explanation which stays as it was rested on none of it (Adebayo et al. 2018, "Sanity checks
  /// for saliency maps", arXiv:1810.03292). Frozen parameters are drawn as well; of a file of word vectors nothing is
  /// left, as their table begins with zeros. Schema, features, temperatures, linear parts and their weights, kernels
  /// and intervention are those of this one; the record is empty, for it would tell of another network. The same key
  /// gives the same network; that of fit() is RandomKey(seed).with("initialisation").
  [[nodiscard]] Model redrawn(RandomKey key) const;

  /// Divides a class output's logits; 1 until set. @throws UsageError unless finite and positive.
  void set_temperature(size_t output, double temperature);
  [[nodiscard]] double temperature(size_t output) const { return temperatures_[output]; }

  /// Gives a class output a linear part, of weight 0. It is stored once it has another weight.
  /// @throws UsageError for an output without classes, or of other classes.
  void set_linear(size_t output, std::shared_ptr<const LinearClassifier> linear);
  /// Null where there is none.
  [[nodiscard]] const std::shared_ptr<const LinearClassifier>& linear(size_t output) const {
    return linear_[output].part;
  }
  /// @throws UsageError unless finite and not negative, or without a linear part unless 0.
  void set_linear_weight(size_t output, double weight);
  [[nodiscard]] double linear_weight(size_t output) const { return linear_[output].weight; }

  /// What is known of how the model came to be: "training", "data", "history", "metrics"; "vectors" with
  /// word vectors.
  Json record = Json::object();

 private:
  struct Linear {
    std::shared_ptr<const LinearClassifier> part;
    double weight = 0;
  };
  Model() = default;
  [[nodiscard]] std::vector<Opinions> opinions(const Table& table, std::span<const int64_t> rows, Executor& executor,
                                               bool weightless_too) const;
  Schema schema_;
  std::vector<std::shared_ptr<const InputFeature>> inputs_;
  std::vector<std::shared_ptr<const OutputFeature>> outputs_;
  std::vector<double> temperatures_;
  std::vector<Linear> linear_;  // per output
  std::unique_ptr<const Network> network_;
  Kernels kernels_ = Kernels::kAutomatic;
  std::function<Intervention(std::string_view site)> intervention_;
};

}  // namespace attune
