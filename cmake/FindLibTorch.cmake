# Finds LibTorch's CPU libraries without its own TorchConfig.cmake, which asks for a CUDA toolkit.
#
#   ATTUNE_LIBTORCH   folder with include/ and lib/: of the Python wheel (<site-packages>/torch, or what scripts/set-up
#                     unpacks to .deps/libtorch/torch, the default) or of the official archive (libtorch)
#
# Makes the imported target LibTorch::torch. LibTorch's include folder carries fmt, pybind11 and others of its own; it is
# searched last (-idirafter), so that the system's headers win.
set(ATTUNE_LIBTORCH "${PROJECT_SOURCE_DIR}/.deps/libtorch/torch" CACHE PATH "LibTorch folder, with include/ and lib/")
get_filename_component(LibTorch_ROOT "${ATTUNE_LIBTORCH}" ABSOLUTE)

find_path(LibTorch_INCLUDE_DIR torch/csrc/api/include/torch/torch.h PATHS ${LibTorch_ROOT}/include NO_DEFAULT_PATH NO_CACHE)
find_library(LibTorch_TORCH_CPU torch_cpu PATHS ${LibTorch_ROOT}/lib NO_DEFAULT_PATH NO_CACHE)
find_library(LibTorch_C10 c10 PATHS ${LibTorch_ROOT}/lib NO_DEFAULT_PATH NO_CACHE)

if(EXISTS "${LibTorch_INCLUDE_DIR}/torch/headeronly/version.h")
  file(STRINGS ${LibTorch_INCLUDE_DIR}/torch/headeronly/version.h version_lines REGEX "define TORCH_VERSION_(MAJOR|MINOR|PATCH) ")
  string(REGEX REPLACE ".*MAJOR ([0-9]+).*MINOR ([0-9]+).*PATCH ([0-9]+).*" "\\1.\\2.\\3" LibTorch_VERSION "${version_lines}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibTorch
  REQUIRED_VARS LibTorch_TORCH_CPU LibTorch_C10 LibTorch_INCLUDE_DIR VERSION_VAR LibTorch_VERSION
  REASON_FAILURE_MESSAGE "looked in ${LibTorch_ROOT}. Run scripts/set-up, or point -DATTUNE_LIBTORCH= at a LibTorch folder")

if(LibTorch_FOUND AND NOT TARGET LibTorch::torch)
  add_library(LibTorch::torch INTERFACE IMPORTED)
  target_compile_options(LibTorch::torch INTERFACE
    "SHELL:-idirafter ${LibTorch_INCLUDE_DIR}" "SHELL:-idirafter ${LibTorch_INCLUDE_DIR}/torch/csrc/api/include")
  target_link_libraries(LibTorch::torch INTERFACE ${LibTorch_TORCH_CPU} ${LibTorch_C10})
  # What libtorch_cpu itself needs lies beside it; the wheel's two NVIDIA libraries lie in a folder of their own, in the
  # same installation.
  set(rpath_options "-Wl,-rpath,${LibTorch_ROOT}/lib")
  file(GLOB cuda_folders ${LibTorch_ROOT}/../nvidia/*/lib)
  foreach(folder IN LISTS cuda_folders)
    get_filename_component(folder ${folder} ABSOLUTE)
    list(APPEND rpath_options "-Wl,-rpath-link,${folder}")
  endforeach()
  target_link_options(LibTorch::torch INTERFACE ${rpath_options})
endif()
