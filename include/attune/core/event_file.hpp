// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace attune {

/// A file of events that TensorBoard shows: events.out.tfevents.SECONDS.HOST.attune, records as TensorFlow frames them
/// (core/lib/io/record_writer.h), each an Event (core/util/event.proto). Steps are counted from 0; a text is Markdown.
/// What is added is held until flush() or 64 KiB; the destructor tries to write the rest.
class EventFile {
 public:
  struct Scalar {
    std::string tag;  ///< GROUP/NAME
    double value = 0;
  };

  /// A new file in `folder`, which is made if need be with those above it; none that is there is touched.
  /// @throws IoError naming folder or file and the system's reason.
  explicit EventFile(const std::filesystem::path& folder);
  ~EventFile();
  EventFile(const EventFile&) = delete;
  EventFile& operator=(const EventFile&) = delete;

  /// From here on what earlier files of the folder hold of this step and later ones is out of date: TensorBoard drops
  /// it. Call before what is of this step is added.
  void begin(int64_t step);
  void add(int64_t step, const std::vector<Scalar>& scalars);
  void add_text(int64_t step, std::string_view tag, std::string_view text);
  /// @throws IoError; the file then ends in a torn record, at which TensorBoard stops reading.
  void flush();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  void append(std::string_view event);
  void write_waiting();

  std::filesystem::path path_;
  int descriptor_ = -1;
  std::string waiting_;
};

}  // namespace attune
