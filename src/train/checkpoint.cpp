// SPDX-License-Identifier: Apache-2.0
#include "checkpoint.hpp"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <map>
#include <string>

#include "attune/core/metadata_seal.hpp"

namespace attune {
namespace {

// Another one whenever the state, or what a training makes of it, is no longer the same.
constexpr const char* kVersion = "1";
constexpr const char* kVersionKey = "attune.checkpoint";
constexpr const char* kStateKey = "state";

/// JSON has no words for numbers that are not finite, and a validation loss may be one.
Json exact(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

double to_double(const Json& json) {
  return json.is_string() ? std::strtod(json.get_ref<const std::string&>().c_str(), nullptr) : json.get<double>();
}

Json exact(const EpochRecord& record) {
  auto json = to_json(record);
  for (auto& value : json) {
    if (value.is_number_float()) value = exact(value.get<double>());
  }
  return json;
}

EpochRecord to_record(Json json) {
  for (auto& [key, value] : json.items()) {
    if (key != "metric" && value.is_string()) value = to_double(value);
  }
  return epoch_record_from_json(json);
}

std::string tensor_name(const char* list, size_t index) { return std::string(list) + "." + std::to_string(index); }

/// Counts as JSON, tensors as views of their own memory.
class StateWriter : public StateVisitor {
 public:
  void field(const char* name, int64_t& value) override { counts[name] = value; }
  void field(const char* name, double& value) override { counts[name] = exact(value); }
  void field(const char* name, std::vector<EpochRecord>& value) override {
    auto& list = counts[name] = Json::array();
    for (const auto& record : value) list.push_back(exact(record));
  }
  void field(const char* name, std::vector<Tensor>& value) override {
    counts[name] = value.size();
    for (size_t i = 0; i < value.size(); ++i) {
      tensors.push_back({.name = tensor_name(name, i),
                         .type = ElementType::kFloat32,
                         .shape = value[i].sizes().vec(),
                         .bytes = {static_cast<const char*>(value[i].const_data_ptr()), value[i].nbytes()}});
    }
  }

  Json counts = Json::object();
  std::vector<TensorView> tensors;
};

class StateReader : public StateVisitor {
 public:
  StateReader(const Json& counts, const TensorContainer& file) : counts_(counts), file_(file) {}

  void field(const char* name, int64_t& value) override { value = counts_.at(name).get<int64_t>(); }
  void field(const char* name, double& value) override { value = to_double(counts_.at(name)); }
  void field(const char* name, std::vector<EpochRecord>& value) override {
    value.clear();
    for (const auto& record : counts_.at(name)) value.push_back(to_record(record));
  }
  void field(const char* name, std::vector<Tensor>& value) override {
    const auto count = counts_.at(name).get<size_t>();
    if (count > file_.tensors().size() || (!value.empty() && value.size() != count)) refuse(name);
    const bool is_there = !value.empty();
    value.resize(count);
    for (size_t i = 0; i < count; ++i) {
      const auto& stored = file_.tensor(tensor_name(name, i));
      if (!is_there) value[i] = at::empty(stored.shape, at::TensorOptions(at::kFloat));
      if (stored.type != ElementType::kFloat32 || value[i].sizes().vec() != stored.shape) refuse(stored.name);
      if (!stored.bytes.empty()) {
        std::memcpy(value[i].mutable_data_ptr(), stored.bytes.data(), stored.bytes.size());
      }
    }
  }

 private:
  [[noreturn]] static void refuse(const std::string& name) {
    throw ModelFileError("\"" + name + "\" does not fit the network");
  }

  const Json& counts_;
  const TensorContainer& file_;
};

/// What `act` finds wrong, with the file's name before it.
template <class Act>
void explain(const std::filesystem::path& path, Act&& act) {
  const auto refusal = [&](const std::exception& error) {
    return path.string() + ": not a checkpoint this attune can read: " + error.what();
  };
  try {
    act();
  } catch (const Json::exception& error) {
    throw ModelFileError(refusal(error));
  } catch (const OtherVersionError& error) {
    throw OtherVersionError(refusal(error));
  } catch (const ModelFileError& error) {
    throw ModelFileError(refusal(error));
  }
}

}  // namespace

Checkpoint::Checkpoint(TensorContainer file) : file_(std::move(file)) {
  explain(file_.path(), [&] {
    const auto& metadata = file_.metadata();
    const auto version = metadata.find(kVersionKey);
    if (version == metadata.end()) throw ModelFileError("a safetensors file of another kind");
    if (version->second != kVersion) {
      throw OtherVersionError("expected version " + std::string(kVersion) + ", found \"" + version->second +
                              "\"; the program that wrote it can go on from it");
    }
    check_seal(file_);
    const auto found = metadata.find(kStateKey);
    if (found == metadata.end()) throw ModelFileError("it holds no state");
    const auto state = Json::parse(found->second);
    sequence_ = state.at("sequence").get<int64_t>();
    run_ = state.at("run");
    counts_ = state.at("counts");
  });
}

Checkpoint Checkpoint::open(const std::filesystem::path& path) { return Checkpoint(TensorContainer::open(path)); }

void Checkpoint::write(const std::filesystem::path& path, int64_t sequence, const Json& run,
                       const TrainingState& state) {
  TrainingState same = state;  // of the same tensors; a visitor may write
  StateWriter writer;
  same.visit(writer);
  const Json held{{"sequence", sequence}, {"run", run}, {"counts", writer.counts}};
  std::map<std::string, std::string> metadata = {{kVersionKey, kVersion}, {kStateKey, held.dump()}};
  metadata[kMetadataSealKey] = metadata_seal(metadata);
  TensorContainer::write(path, writer.tensors, metadata);
}

void Checkpoint::restore(TrainingState& state) const {
  const at::NoGradGuard no_gradients;
  explain(path(), [&] {
    StateReader reader(counts_, file_);
    state.visit(reader);
    state.check();
  });
}

}  // namespace attune
