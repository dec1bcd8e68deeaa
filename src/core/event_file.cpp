// SPDX-License-Identifier: Apache-2.0
#include "attune/core/event_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <system_error>

#include "attune/core/error.hpp"
#include "crc32c.hpp"
#include "little_endian.hpp"
#include "protobuf_message.hpp"
#include "write_all.hpp"

namespace attune {
namespace {

constexpr size_t kMostWaiting = size_t{64} << 10;

// Fields of event.proto, summary.proto, tensor.proto of TensorFlow.
namespace event {
constexpr uint32_t kWallTime = 1, kStep = 2, kFileVersion = 3, kSummary = 5, kSessionLog = 7;
}
namespace session_log {
constexpr uint32_t kStatus = 1;
constexpr uint64_t kStart = 1;
}  // namespace session_log
namespace summary {
constexpr uint32_t kValue = 1, kTag = 1, kSimpleValue = 2, kTensor = 8, kMetadata = 9;
constexpr uint32_t kPluginData = 1, kPluginName = 1;  // of metadata
}  // namespace summary
namespace tensor {
constexpr uint32_t kType = 1, kShape = 2, kStringValue = 8;
constexpr uint64_t kString = 7;
}  // namespace tensor

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

ProtobufMessage event_now(int64_t step) {
  ProtobufMessage message;
  message.real(event::kWallTime, seconds_now()).integer(event::kStep, static_cast<uint64_t>(step));
  return message;
}

/// Its checksum is turned and moved, so that one of data that holds checksums is no weaker.
std::string masked_checksum(std::string_view bytes) {
  const uint32_t crc = crc32c(bytes);
  return little_endian(static_cast<uint32_t>((crc >> 15 | crc << 17) + 0xa282ead8U));
}

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  std::string text(name.data());
  for (auto& c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-' && c != '.') c = '_';
  }
  return text.empty() ? "unknown" : text;
}

void make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) fail_writing(folder, error.value());
}

}  // namespace

EventFile::EventFile(const std::filesystem::path& folder) {
  make_folder(folder);
  const auto host = host_name();
  for (auto seconds = static_cast<int64_t>(seconds_now()); descriptor_ < 0; ++seconds) {
    path_ = folder / ("events.out.tfevents." + std::to_string(seconds) + "." + host + ".attune");
    descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor_ < 0 && errno != EEXIST) fail_writing(path_, errno);  // EEXIST: a run of the same second
  }
  append(ProtobufMessage().real(event::kWallTime, seconds_now()).bytes(event::kFileVersion, "brain.Event:2").text());
}

EventFile::~EventFile() {
  try {
    write_waiting();
  } catch (const IoError&) {  // who wants to know calls flush()
  }
  ::close(descriptor_);
}

void EventFile::begin(int64_t step) {
  append(event_now(step)
             .message(event::kSessionLog, ProtobufMessage().integer(session_log::kStatus, session_log::kStart))
             .text());
}

void EventFile::add(int64_t step, const std::vector<Scalar>& scalars) {
  ProtobufMessage values;
  for (const auto& scalar : scalars) {
    values.message(summary::kValue, ProtobufMessage()
                                        .bytes(summary::kTag, scalar.tag)
                                        .single(summary::kSimpleValue, static_cast<float>(scalar.value)));
  }
  append(event_now(step).message(event::kSummary, values).text());
}

void EventFile::add_text(int64_t step, std::string_view tag, std::string_view text) {
  const auto metadata =
      ProtobufMessage().message(summary::kPluginData, ProtobufMessage().bytes(summary::kPluginName, "text"));
  const auto content = ProtobufMessage()
                           .integer(tensor::kType, tensor::kString)
                           .message(tensor::kShape, ProtobufMessage())  // of no dimensions
                           .bytes(tensor::kStringValue, text);
  const auto value = ProtobufMessage()
                         .bytes(summary::kTag, tag)
                         .message(summary::kTensor, content)
                         .message(summary::kMetadata, metadata);
  append(event_now(step).message(event::kSummary, ProtobufMessage().message(summary::kValue, value)).text());
}

void EventFile::flush() { write_waiting(); }

void EventFile::append(std::string_view event) {
  const auto length = little_endian(static_cast<uint64_t>(event.size()));
  waiting_ += length + masked_checksum(length);
  waiting_ += event;
  waiting_ += masked_checksum(event);
  if (waiting_.size() >= kMostWaiting) write_waiting();
}

void EventFile::write_waiting() {
  const auto written = write_all(descriptor_, waiting_);
  const int error = errno;
  waiting_.erase(0, written);  // so that a later call goes on where this one stopped, even within a record
  if (!waiting_.empty()) fail_writing(path_, error);
}

}  // namespace attune
