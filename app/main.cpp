// SPDX-License-Identifier: Apache-2.0
#include <malloc.h>

#include <csignal>
#include <iostream>
#include <new>
#include <string>
#include <string_view>

#include "attune/core/error.hpp"
#include "commands.hpp"
#include "console.hpp"

namespace {

/// Keeps freed memory instead of handing it back and faulting it in again at every step, which takes half of the time
/// of training with large tensors.
void keep_freed_memory() {
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

const std::string kOutOfMemory = "out of memory; try a smaller --batch-size, --width or max_length";

/// LibTorch's allocator has no exception of its own for it.
bool is_out_of_memory(const std::exception& error) {
  const std::string_view what = error.what();
  return what.find("DefaultCPUAllocator") != std::string_view::npos;
}

int run(int argc, char** argv) {
  const auto action = attune::app::parse_command_line(argc, argv);
  const int code = action();
  attune::app::flush_results();
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  namespace app = attune::app;
  keep_freed_memory();
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is then an error of writing, as on a full disk
  std::ios::sync_with_stdio(false);
  try {
    return run(argc, argv);
  } catch (const attune::LockedError& error) {
    app::print_error(error.what());
    return app::kUsage;
  } catch (const attune::IoError& error) {
    app::print_error(error.what());
    return app::kFailed;
  } catch (const attune::NumericError& error) {
    app::print_error(error.what());
    return app::kFailed;
  } catch (const attune::Error& error) {
    app::print_error(error.what());
    return app::kUsage;
  } catch (const std::bad_alloc&) {
    app::print_error(kOutOfMemory);
    return app::kFailed;
  } catch (const std::exception& error) {
    app::print_error(is_out_of_memory(error) ? kOutOfMemory : std::string("internal error: ") + error.what());
    return app::kFailed;
  }
}
