// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

/// What of onnxruntime's C interface the benchmark calls. The wheel carries no header, and no registry has the official
/// one by itself; the interface is a table of function pointers that only ever grows at its end ("OrtApi" in
/// onnxruntime_c_api.h), so that places in it stay what they are.
namespace attune::bench::ort {

struct Env;
struct Session;
struct SessionOptions;
struct Value;
struct MemoryInfo;
struct RunOptions;

/// Null: all went well.
struct Status;

struct Api;
struct ApiBase {
  const Api* (*get_api)(uint32_t version);
  const char* (*get_version)();
};
using GetApiBase = const ApiBase*();
constexpr auto kGetApiBase = "OrtGetApiBase";
constexpr uint32_t kVersion = 17;  // has all of the functions below, with these parameters

enum class AllocatorType { kArena = 1 };
enum class MemoryType { kDefault = 0 };
enum class Logging { kError = 3 };
enum class ElementType { kFloat = 1, kInt32 = 6 };
enum class Optimization { kAll = 99 };

/// A function's place in the table, and its type.
template <size_t kPlace, class Function>
struct Entry {
  static Function* of(const Api* api) {
    return reinterpret_cast<Function*>(reinterpret_cast<void* const*>(api)[kPlace]);
  }
};

using GetErrorMessage = Entry<2, const char*(const Status*)>;
using CreateEnv = Entry<3, Status*(Logging, const char* name, Env**)>;
using CreateSessionFromArray =
    Entry<8, Status*(const Env*, const void* model, size_t bytes, const SessionOptions*, Session**)>;
using Run =
    Entry<9, Status*(Session*, const RunOptions*, const char* const* input_names, const Value* const* inputs,
                     size_t input_count, const char* const* output_names, size_t output_count, Value** outputs)>;
using CreateSessionOptions = Entry<10, Status*(SessionOptions**)>;
using SetOptimization = Entry<23, Status*(SessionOptions*, Optimization)>;
using SetIntraOpThreads = Entry<24, Status*(SessionOptions*, int)>;
using SetInterOpThreads = Entry<25, Status*(SessionOptions*, int)>;
using CreateTensorWithData = Entry<49, Status*(const MemoryInfo*, void* data, size_t bytes, const int64_t* shape,
                                               size_t dimensions, ElementType, Value**)>;
using CreateCpuMemoryInfo = Entry<69, Status*(AllocatorType, MemoryType, MemoryInfo**)>;
using ReleaseEnv = Entry<92, void(Env*)>;
using ReleaseStatus = Entry<93, void(Status*)>;
using ReleaseMemoryInfo = Entry<94, void(MemoryInfo*)>;
using ReleaseSession = Entry<95, void(Session*)>;
using ReleaseValue = Entry<96, void(Value*)>;
using ReleaseSessionOptions = Entry<100, void(SessionOptions*)>;

}  // namespace attune::bench::ort
