// SPDX-License-Identifier: Apache-2.0
// A model as a safetensors file: parameters as tensors, everything else as JSON strings in its metadata.
#include <ATen/ops/empty.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <set>

#include "attune/core/error.hpp"
#include "attune/core/metadata_seal.hpp"
#include "attune/core/tensor_container.hpp"
#include "attune/features/registry.hpp"
#include "attune/model/model.hpp"
#include "linear_file.hpp"

namespace attune {
namespace {

// Raised whenever an older program could not read what is written.
constexpr int kFormat = 2;
constexpr int kOldestFormat = 2;  // 1 was never released
constexpr const char* kFormatKey = "attune.format";

std::string_view bytes_of(const Tensor& tensor) {
  return {static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes()};
}

/// The metadata's JSON value under `key`.
Json read_json(const TensorContainer& file, const std::string& key) {
  const auto found = file.metadata().find(key);
  if (found == file.metadata().end()) throw ModelFileError("\"" + key + "\" is missing");
  auto json = Json::parse(found->second, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) throw ModelFileError("\"" + key + "\" is not valid JSON");
  return json;
}

void check_format(const TensorContainer& file) {
  const auto found = file.metadata().find(kFormatKey);
  if (found == file.metadata().end()) {
    throw ModelFileError(file.metadata().contains("attune.checkpoint")
                             ? "a checkpoint of an unfinished training; attune train with --resume goes on from it"
                             : "a safetensors file, but not one that attune wrote");
  }
  const auto& text = found->second;
  const bool number = !text.empty() && text.size() < 9 && text.find_first_not_of("0123456789") == std::string::npos;
  if (!number || std::stoi(text) < kOldestFormat)
    throw ModelFileError("its format version \"" + text + "\" is none that was ever released; train the model again");
  if (std::stoi(text) > kFormat) {
    throw ModelFileError("written in format " + text + " by a newer attune; this one reads up to format " +
                         std::to_string(kFormat) + ": update attune");
  }
}

/// True when `description` says of every key of `wanted` the same.
bool agrees(const Json& description, const Json& wanted) {
  return std::all_of(wanted.items().begin(), wanted.items().end(), [&](const auto& item) {
    return description.contains(item.key()) && description.at(item.key()) == item.value();
  });
}

/// True when the state is that of a feature made for the binding.
bool is_bound(const Json& state, const Binding& binding) {
  const auto columns = state.contains("columns") ? state.at("columns").get<std::vector<std::string>>()
                                                 : std::vector{state.at("column").get<std::string>()};
  return state.at("type") == binding.type && columns == binding.columns;
}

/// Features, one per binding, each with the part of the network that it asks for.
template <class Feature, class Part>
bool belong_together(const std::vector<Binding>& bindings, const std::vector<std::shared_ptr<const Feature>>& features,
                     const Json& descriptions, Part part) {
  if (features.size() != bindings.size() || features.size() != descriptions.size()) return false;
  for (size_t i = 0; i < features.size(); ++i) {
    if (!is_bound(features[i]->state(), bindings[i]) || !agrees(descriptions[i], part(*features[i]))) return false;
  }
  return true;
}

std::set<std::string> as_set(const std::vector<std::string>& names) { return {names.begin(), names.end()}; }

/// Every tensor is a parameter of the network or of a linear part; that these are all there, reading them shows.
void check_all_used(const TensorContainer& file, const Parameters& parameters, const Json& linear) {
  std::set<std::string> names;
  for (const auto& parameter : parameters.all()) names.insert(parameter.name);
  for (size_t o = 0; o < linear.size(); ++o) {
    if (!linear[o].is_null()) names.merge(as_set(LinearFile::tensor_names(o)));
  }
  for (const auto& tensor : file.tensors()) {
    if (!names.contains(tensor.name))
      throw ModelFileError("tensor \"" + tensor.name + "\" has no place in the architecture");
  }
}

/// Values read from the file; a shape that differs from the description's is refused before anything is allocated.
ParameterSource values_from(const TensorContainer& file) {
  return [&file](const std::string& name, const std::vector<int64_t>& shape, Init) {
    const auto& stored = file.tensor(name);
    if (stored.type != ElementType::kFloat32 || stored.shape != shape) {
      throw ModelFileError("tensor \"" + name + "\" does not have the shape that the architecture asks for");
    }
    auto tensor = at::empty(shape, at::TensorOptions(at::kFloat));
    if (!stored.bytes.empty()) std::memcpy(tensor.mutable_data_ptr(), stored.bytes.data(), stored.bytes.size());
    return tensor;
  };
}

constexpr const char* kDamagedAdvice = "; copy or download it again";

TensorContainer open_container(const std::filesystem::path& path) {
  try {
    return TensorContainer::open(path);
  } catch (const DamagedFileError& error) {
    throw ModelFileError(std::string(error.what()) + kDamagedAdvice);
  }
}

}  // namespace

void Model::save(const std::filesystem::path& path) const {
  if (intervention_) {
    throw UsageError(path.string() +
                     ": not written: the model is under an intervention on its attention, which the file would not "
                     "tell, so that what is loaded from it would predict otherwise; take it away before, with "
                     "set_intervention({})");
  }
  std::map<std::string, std::string> metadata;
  metadata[kFormatKey] = std::to_string(kFormat);
  metadata["schema"] = to_json(schema_).dump();
  Json inputs = Json::array(), outputs = Json::array();
  for (const auto& feature : inputs_) inputs.push_back(feature->state());
  for (const auto& feature : outputs_) outputs.push_back(feature->state());
  metadata["inputs"] = inputs.dump();
  metadata["outputs"] = outputs.dump();
  metadata["architecture"] = network_->description().dump();
  metadata["calibration"] = Json{{"temperatures", temperatures_}}.dump();
  std::deque<LinearFile> linear_parts;
  Json linear = Json::array();
  for (size_t o = 0; o < linear_.size(); ++o) {
    const auto& [part, weight] = linear_[o];
    if (weight > 0) linear_parts.emplace_back(*part, o);
    linear.push_back(weight > 0 ? Json{{"weight", weight}, {"fields", linear_parts.back().fields()}} : Json());
  }
  metadata["linear"] = linear.dump();
  // The record names files, and a file's name may be any bytes.
  metadata["record"] = record.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
  metadata[kMetadataSealKey] = metadata_seal(metadata);

  std::vector<TensorView> tensors;
  for (const auto& parameter : network_->parameters().all()) {
    tensors.push_back({.name = parameter.name,
                       .type = ElementType::kFloat32,
                       .shape = parameter.value.sizes().vec(),
                       .bytes = bytes_of(parameter.value)});
  }
  for (const auto& part : linear_parts) {
    for (auto& tensor : part.tensors()) tensors.push_back(std::move(tensor));
  }
  TensorContainer::write(path, tensors, metadata);
}

Model Model::load(const std::filesystem::path& path) {
  const auto file = open_container(path);
  try {
    check_format(file);
    check_seal(file);
    Model model;
    model.schema_ = schema_from_json(read_json(file, "schema"));
    for (const auto& state : read_json(file, "inputs")) model.inputs_.push_back(load_input_feature(state));
    for (const auto& state : read_json(file, "outputs")) model.outputs_.push_back(load_output_feature(state));
    model.network_ = std::make_unique<Network>(read_json(file, "architecture"), values_from(file));
    const auto temperatures = read_json(file, "calibration").at("temperatures").get<std::vector<double>>();
    const auto linear =
        file.metadata().contains("linear") ? read_json(file, "linear") : Json(std::vector<Json>(model.outputs_.size()));
    if (!linear.is_array()) throw ModelFileError("\"linear\" is not a list");
    check_all_used(file, model.network_->parameters(), linear);
    const auto& architecture = model.network_->description();
    if (!belong_together(model.schema_.inputs, model.inputs_, architecture.at("inputs"),
                         std::mem_fn(&InputFeature::embedder)) ||
        !belong_together(model.schema_.outputs, model.outputs_, architecture.at("heads"),
                         std::mem_fn(&OutputFeature::head)) ||
        temperatures.size() != model.outputs_.size() || linear.size() != model.outputs_.size()) {
      throw ModelFileError("its schema, features and network do not belong together");
    }
    model.temperatures_.resize(temperatures.size());
    for (size_t o = 0; o < temperatures.size(); ++o) model.set_temperature(o, temperatures[o]);
    model.linear_.resize(linear.size());
    for (size_t o = 0; o < linear.size(); ++o) {
      if (linear[o].is_null()) continue;
      const auto classes = std::ssize(model.outputs_[o]->classes());
      model.set_linear(o, LinearFile::load(file, o, linear[o].at("fields"), model.schema_, classes));
      model.set_linear_weight(o, linear[o].at("weight").get<double>());
    }
    model.record = read_json(file, "record");
    return model;
  } catch (const DamagedFileError& error) {
    throw ModelFileError(path.string() + ": not a model this attune can read: " + error.what() + kDamagedAdvice);
  } catch (const Json::exception& error) {
    throw ModelFileError(path.string() + ": not a model this attune can read: " + error.what());
  } catch (const Error& error) {
    throw ModelFileError(path.string() + ": not a model this attune can read: " + error.what());
  }
}

}  // namespace attune
