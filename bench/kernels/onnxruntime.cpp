// SPDX-License-Identifier: Apache-2.0
#include "onnxruntime.hpp"

#include <dlfcn.h>

#include "attune/core/error.hpp"
#include "onnxruntime_api.hpp"

namespace attune::bench {
namespace {

void check(const ort::Api* api, ort::Status* status) {
  if (status == nullptr) return;
  const std::string message = ort::GetErrorMessage::of(api)(status);
  ort::ReleaseStatus::of(api)(status);
  throw UsageError("onnxruntime: " + message);
}

/// Calls the entry's function and throws what it reports.
template <class Entry, class... Arguments>
void call(const ort::Api* api, Arguments... arguments) {
  check(api, Entry::of(api)(arguments...));
}

/// An object of onnxruntime's that is released with its owner.
template <class Release, class Object>
class Owned {
 public:
  explicit Owned(const ort::Api* api) : api_(api) {}
  ~Owned() {
    if (object_ != nullptr) Release::of(api_)(object_);
  }
  Owned(Owned&& other) noexcept : api_(other.api_), object_(std::exchange(other.object_, nullptr)) {}
  Owned& operator=(Owned&&) = delete;
  Object** out() { return &object_; }
  [[nodiscard]] Object* get() const { return object_; }

 private:
  const ort::Api* api_;
  Object* object_ = nullptr;
};

using Env = Owned<ort::ReleaseEnv, ort::Env>;
using Value = Owned<ort::ReleaseValue, ort::Value>;
using MemoryInfo = Owned<ort::ReleaseMemoryInfo, ort::MemoryInfo>;
using SessionOptions = Owned<ort::ReleaseSessionOptions, ort::SessionOptions>;

/// Tensors that onnxruntime reads or writes where they lie.
class Values {
 public:
  Values(const ort::Api* api, const ort::MemoryInfo* memory, const std::vector<Onnxruntime::Named>& tensors)
      : tensors_(tensors) {
    for (const auto& [name, tensor] : tensors_) {
      Value value(api);
      call<ort::CreateTensorWithData>(api, memory, tensor.data_ptr(), tensor.nbytes(), tensor.sizes().data(),
                                      static_cast<size_t>(tensor.dim()), element_type(tensor), value.out());
      names_.push_back(name.c_str());
      pointers_.push_back(value.get());
      values_.push_back(std::move(value));
    }
  }
  [[nodiscard]] size_t size() const { return names_.size(); }
  [[nodiscard]] const char* const* names() const { return names_.data(); }
  [[nodiscard]] ort::Value** data() { return pointers_.data(); }

 private:
  static ort::ElementType element_type(const Tensor& tensor) {
    return tensor.scalar_type() == at::kFloat ? ort::ElementType::kFloat : ort::ElementType::kInt32;
  }

  std::vector<Onnxruntime::Named> tensors_;
  std::vector<const char*> names_;
  std::vector<Value> values_;
  std::vector<ort::Value*> pointers_;
};

class OpenSession : public Onnxruntime::Session {
 public:
  OpenSession(const ort::Api* api, const ort::Env* env, const std::string& model, int threads,
              const std::vector<Onnxruntime::Named>& inputs, const std::vector<Onnxruntime::Named>& outputs)
      : api_(api),
        memory_(cpu_memory(api)),
        session_(api),
        inputs_(api, memory_.get(), inputs),
        outputs_(api, memory_.get(), outputs) {
    SessionOptions options(api);
    call<ort::CreateSessionOptions>(api, options.out());
    call<ort::SetOptimization>(api, options.get(), ort::Optimization::kAll);
    call<ort::SetIntraOpThreads>(api, options.get(), threads);
    call<ort::SetInterOpThreads>(api, options.get(), 1);
    call<ort::CreateSessionFromArray>(api, env, static_cast<const void*>(model.data()), model.size(), options.get(),
                                      session_.out());
  }

  void run() override {
    call<ort::Run>(api_, session_.get(), nullptr, inputs_.names(), inputs_.data(), inputs_.size(), outputs_.names(),
                   outputs_.size(), outputs_.data());
  }

 private:
  static MemoryInfo cpu_memory(const ort::Api* api) {
    MemoryInfo memory(api);
    call<ort::CreateCpuMemoryInfo>(api, ort::AllocatorType::kArena, ort::MemoryType::kDefault, memory.out());
    return memory;
  }

  const ort::Api* api_;
  MemoryInfo memory_;
  Owned<ort::ReleaseSession, ort::Session> session_;
  Values inputs_, outputs_;
};

const ort::ApiBase* load(const std::filesystem::path& library) {
  void* handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);  // never closed: its threads may still be at work
  if (handle == nullptr) throw IoError(dlerror());
  const auto get = reinterpret_cast<ort::GetApiBase*>(dlsym(handle, ort::kGetApiBase));
  if (get == nullptr) throw IoError(library.string() + ": expected onnxruntime, which has " + ort::kGetApiBase);
  return get();
}

}  // namespace

struct Onnxruntime::Library {
  explicit Library(const std::filesystem::path& path) : base(load(path)), api(base->get_api(ort::kVersion)), env(api) {
    call<ort::CreateEnv>(api, ort::Logging::kError, "attune", env.out());
  }
  const ort::ApiBase* base;
  const ort::Api* api;
  Env env;
};

Onnxruntime::Onnxruntime(const std::filesystem::path& library) : library_(std::make_unique<Library>(library)) {}
Onnxruntime::~Onnxruntime() = default;

std::string Onnxruntime::version() const { return library_->base->get_version(); }

std::unique_ptr<Onnxruntime::Session> Onnxruntime::open(const OnnxModel& model, int threads,
                                                        const std::vector<Named>& inputs,
                                                        const std::vector<Named>& outputs) const {
  return std::make_unique<OpenSession>(library_->api, library_->env.get(), model.encoded(), threads, inputs, outputs);
}

}  // namespace attune::bench
