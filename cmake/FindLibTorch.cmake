# Finds LibTorch's CPU libraries without its own TorchConfig.cmake, which asks for a CUDA toolkit.
#
#   ATTUNE_LIBTORCH   folder with include/ and lib/ (default: .deps/libtorch/torch, where scripts/set-up puts it)
#
# Makes the imported target LibTorch::torch. The wheel's include folder carries fmt, pybind11 and others of its own; it is
# searched last (-idirafter), so that the system's headers win.
set(ATTUNE_LIBTORCH "${PROJECT_SOURCE_DIR}/.deps/libtorch/torch" CACHE PATH "LibTorch folder, with include/ and lib/")

find_path(LibTorch_INCLUDE_DIR torch/csrc/api/include/torch/torch.h PATHS ${ATTUNE_LIBTORCH}/include NO_DEFAULT_PATH NO_CACHE)
find_library(LibTorch_TORCH_CPU torch_cpu PATHS ${ATTUNE_LIBTORCH}/lib NO_DEFAULT_PATH NO_CACHE)
find_library(LibTorch_C10 c10 PATHS ${ATTUNE_LIBTORCH}/lib NO_DEFAULT_PATH NO_CACHE)

if(LibTorch_INCLUDE_DIR)
  file(STRINGS ${LibTorch_INCLUDE_DIR}/torch/headeronly/version.h version_lines REGEX "define TORCH_VERSION_(MAJOR|MINOR|PATCH) ")
  string(REGEX REPLACE ".*MAJOR ([0-9]+).*MINOR ([0-9]+).*PATCH ([0-9]+).*" "\\1.\\2.\\3" LibTorch_VERSION "${version_lines}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibTorch
  REQUIRED_VARS LibTorch_TORCH_CPU LibTorch_C10 LibTorch_INCLUDE_DIR VERSION_VAR LibTorch_VERSION
  REASON_FAILURE_MESSAGE "run scripts/set-up, or point -DATTUNE_LIBTORCH= at a LibTorch folder")

if(LibTorch_FOUND AND NOT TARGET LibTorch::torch)
  add_library(LibTorch::torch INTERFACE IMPORTED)
  # libtorch_cpu of a CUDA wheel needs two NVIDIA libraries to load; they lie beside it in the same installation.
  file(GLOB cuda_folders ${ATTUNE_LIBTORCH}/../nvidia/*/lib)
  get_filename_component(lib_folder ${LibTorch_TORCH_CPU} DIRECTORY)
  set(rpath_options "-Wl,-rpath,${lib_folder}")
  foreach(folder IN LISTS cuda_folders)
    get_filename_component(folder ${folder} ABSOLUTE)
    list(APPEND rpath_options "-Wl,-rpath-link,${folder}")
  endforeach()
  target_compile_options(LibTorch::torch INTERFACE
    "SHELL:-idirafter ${LibTorch_INCLUDE_DIR}" "SHELL:-idirafter ${LibTorch_INCLUDE_DIR}/torch/csrc/api/include")
  target_link_libraries(LibTorch::torch INTERFACE ${LibTorch_TORCH_CPU} ${LibTorch_C10})
  target_link_options(LibTorch::torch INTERFACE ${rpath_options})
endif()
