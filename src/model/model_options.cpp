// SPDX-License-Identifier: Apache-2.0
#include "attune/model/model_options.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "attune/core/error.hpp"
#include "attune/nn/mechanism_fields.hpp"

namespace attune {
namespace {

/// A field of ModelConfig that allocations may read.
struct AllocationOption {
  const char* option;
  const char* field;  ///< of AttentionSpec
  bool of_blocks, of_pool;
  bool changed;  ///< from its default; sizes that most mechanisms share are missed by those alone who asked for them
};

bool contains(const std::vector<std::string>& fields, const char* field) {
  return std::find(fields.begin(), fields.end(), field) != fields.end();
}

class ModelOptions {
 public:
  ModelOptions(const ModelConfig& config, const OptionNames& names)
      : config_(config),
        names_(names),
        values_(to_json(config)),
        in_blocks_(config.blocks > 0 && config.attention),
        in_pool_(config.pool == "attention"),
        block_fields_(in_blocks_ ? fields_read_in_block(config.mechanism) : std::vector<std::string>()),
        pool_fields_(in_pool_ ? fields_read_in_pool(config.pool_mechanism) : std::vector<std::string>()) {}

  void check() const {
    check_read();
    check_parts();
    check_odd_sizes();
    check_allocation(block_fields_, "heads", config_.heads, config_.projections);
    check_allocation(pool_fields_, "pool_heads", config_.pool_heads, /*projections=*/true);
  }

 private:
  [[nodiscard]] std::string name(const std::string& option) const { return names_.name(option, nullptr); }
  [[nodiscard]] std::string named_value(const std::string& option) const {
    return names_.name(option, values_.at(option));
  }

  /// An option that nothing reads would be ignored without a word.
  void check_read() const {
    const ModelConfig standard;
    const auto& c = config_;
    for (const auto& option : {
             AllocationOption{"causal", "causal", true, false, c.causal},
             AllocationOption{"projections", "projections", true, false, !c.projections},
             AllocationOption{"reaches", "reaches", true, false, c.reaches != standard.reaches},
             AllocationOption{"heads", "heads", true, false, false},
             AllocationOption{"pool_heads", "heads", false, true, c.pool_heads != standard.pool_heads},
             AllocationOption{"key_width", "key_width", true, true, false},
             AllocationOption{"attention_dropout", "dropout", true, true, c.attention_dropout > 0},
             AllocationOption{"groups", "groups", true, true, c.groups != standard.groups},
         }) {
      check_read(option);
    }
    refuse_idle("mechanism", c.mechanism != standard.mechanism && !in_blocks_, in_blocks_, no_blocks());
    refuse_idle("pool_mechanism", c.pool_mechanism != standard.pool_mechanism && !in_pool_, in_pool_, no_pool());
    refuse_idle("vectors_frozen", c.vectors_frozen, !c.vectors.empty(), name("vectors") + " names no file");
  }

  void check_read(const AllocationOption& option) const {
    const bool read = (option.of_blocks && contains(block_fields_, option.field)) ||
                      (option.of_pool && contains(pool_fields_, option.field));
    std::string reason;
    if (option.of_blocks) reason = in_blocks_ ? named_value("mechanism") + " does not use it" : no_blocks();
    if (option.of_pool) {
      reason += reason.empty() ? "" : ", and ";
      reason += in_pool_ ? named_value("pool_mechanism") + " does not use it" : no_pool();
    }
    refuse_idle(option.option, option.changed, read, reason);
  }

  void refuse_idle(const std::string& option, bool changed, bool read, const std::string& reason) const {
    if (read || !(changed || names_.is_asked_for(option))) return;
    const bool is_switch = values_.at(option).is_boolean();
    throw UsageError((is_switch ? named_value(option) : name(option)) + " has no meaning here: " + reason +
                     "; leave it out");
  }

  [[nodiscard]] std::string no_blocks() const {
    return named_value(config_.blocks == 0 ? "blocks" : "attention") + " leaves the blocks without attention";
  }
  [[nodiscard]] std::string no_pool() const { return named_value("pool") + " has no attention"; }

  void check_parts() const {
    if (config_.blocks == 0 || config_.attention || config_.feed_forward) return;
    throw UsageError(named_value("attention") + " and " + named_value("feed_forward") + " would leave " +
                     named_value("blocks") + " empty; set " + name("blocks") + " to 0 instead");
  }

  void check_odd_sizes() const {
    if (config_.convolution != 0 && config_.convolution % 2 == 0)
      throw UsageError(named_value("convolution") + ": expected an odd number of tokens, or 0 for none");
    if (!contains(block_fields_, "reaches")) return;
    if (const auto fault = fault_of_reaches(config_.reaches); !fault.empty())
      throw UsageError(named_value("reaches") + ": " + fault);
  }

  /// @param fields that the allocation reads
  void check_allocation(const std::vector<std::string>& fields, const std::string& heads_option, int64_t heads,
                        bool projections) const {
    if (contains(fields, "groups") && config_.width % config_.groups != 0) {
      throw UsageError(named_value("groups") + " does not divide " + named_value("width") + "; change one of them");
    }
    if (!contains(fields, "heads")) return;
    const bool divides = config_.width % heads == 0;
    if (config_.key_width == 0 && !divides) {
      throw UsageError(named_value(heads_option) + " does not divide " + named_value("width") +
                       "; change one of them, or set " + name("key_width"));
    }
    if (projections || (divides && (config_.key_width == 0 || config_.key_width == config_.width / heads))) return;
    throw UsageError(named_value("projections") + " cuts the width into heads as it is, and " +
                     named_value("key_width") + " is not " + named_value("width") + " by " + named_value(heads_option) +
                     "; leave one of them out");
  }

  const ModelConfig& config_;
  const OptionNames& names_;
  const Json values_;
  const bool in_blocks_, in_pool_;
  const std::vector<std::string> block_fields_, pool_fields_;  // that the allocations read; none without one
};

}  // namespace

void check_model_options(const ModelConfig& config, const OptionNames& names) {
  check(config, "model");
  ModelOptions(config, names).check();
}

}  // namespace attune
