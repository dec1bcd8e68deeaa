// SPDX-License-Identifier: Apache-2.0
#include "log_file.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>

#include <fstream>
#include <iostream>
#include <memory>
#include <regex>

#include "attune/core/error.hpp"
#include "console.hpp"

namespace attune::app {
namespace {

constexpr const char* kPattern = "%Y-%m-%dT%H:%M:%S.%e%z [%l] %v";

/// None before open_log().
std::unique_ptr<spdlog::logger>& logger() {
  static std::unique_ptr<spdlog::logger> log;
  return log;
}

void say_once_that_it_failed(const std::string& reason) {
  static bool said = false;
  if (said) return;
  said = true;
  std::cerr << "no log: " << on_one_line(reason) << "; the training goes on" << std::endl;
}

void append(spdlog::level::level_enum level, const std::string& text) {
  if (logger()) logger()->log(level, on_one_line(text));
}

}  // namespace

void open_log(const std::string& file) {
  try {
    logger() = std::make_unique<spdlog::logger>("attune", std::make_shared<spdlog::sinks::basic_file_sink_mt>(file));
  } catch (const spdlog::spdlog_ex& error) {
    throw UsageError("--log: " + file + " cannot be written: " + error.what());
  }
  logger()->set_pattern(kPattern);
  logger()->flush_on(spdlog::level::trace);
  logger()->set_error_handler(say_once_that_it_failed);
}

void log_note(const std::string& text) {
  append(text.starts_with("warning: ") ? spdlog::level::warn : spdlog::level::info, text);
}

void log_error(const std::string& text) { append(spdlog::level::err, text); }

bool holds_log(const std::string& file) {
  static const std::regex begin(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d \[[a-z]+\] )");
  std::string text(48, ' ');
  std::ifstream(file, std::ios::binary).read(text.data(), static_cast<std::streamsize>(text.size()));
  return std::regex_search(text, begin, std::regex_constants::match_continuous);
}

}  // namespace attune::app
