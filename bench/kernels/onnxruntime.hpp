// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "attune/ops/tensor.hpp"
#include "onnx_model.hpp"

namespace attune::bench {

/// onnxruntime through its C interface, loaded while the program runs: a benchmark must not need it to be built.
class Onnxruntime {
 public:
  /// @param library libonnxruntime.so.X, such as the Python wheel carries. @throws IoError when it cannot be loaded.
  explicit Onnxruntime(const std::filesystem::path& library);
  ~Onnxruntime();
  Onnxruntime(const Onnxruntime&) = delete;
  Onnxruntime& operator=(const Onnxruntime&) = delete;

  [[nodiscard]] std::string version() const;

  struct Named {
    std::string name;
    Tensor tensor;  ///< float32 or int32, contiguous; read or written in place
  };

  /// A model made ready for certain tensors, with all optimisations and so many threads.
  class Session {
   public:
    virtual ~Session() = default;
    /// Computes `outputs` from `inputs`. @throws UsageError with onnxruntime's own words.
    virtual void run() = 0;
  };
  /// The session must not outlive this object.
  [[nodiscard]] std::unique_ptr<Session> open(const OnnxModel& model, int threads, const std::vector<Named>& inputs,
                                              const std::vector<Named>& outputs) const;

 private:
  struct Library;
  std::unique_ptr<const Library> library_;
};

}  // namespace attune::bench
