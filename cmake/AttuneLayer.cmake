# attune_layer(NAME USES layers... SOURCES files... [LINK targets...] [LINK_PRIVATE targets...])
#
# One static library per layer. Public headers live together in include/attune/<layer>/, but each layer gets an include
# root of its own (a folder with one link), so that a target sees the headers of the layers it names and of no other:
# an include that points upwards does not compile (tests/layers proves it).
function(attune_layer name)
  cmake_parse_arguments(arg "" "" "USES;SOURCES;LINK;LINK_PRIVATE" ${ARGN})
  set(root ${PROJECT_BINARY_DIR}/include/${name})
  file(MAKE_DIRECTORY ${root}/attune)
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/include/attune/${name} ${root}/attune/${name} SYMBOLIC)

  add_library(attune_${name} STATIC ${arg_SOURCES})
  add_library(attune::${name} ALIAS attune_${name})
  set_target_properties(attune_${name} PROPERTIES EXPORT_NAME ${name})
  target_include_directories(attune_${name}
    PUBLIC $<BUILD_INTERFACE:${root}> $<INSTALL_INTERFACE:include>
    PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  list(TRANSFORM arg_USES PREPEND attune::)
  target_link_libraries(attune_${name} PUBLIC ${arg_USES} ${arg_LINK} PRIVATE ${arg_LINK_PRIVATE})
  attune_compile_settings(attune_${name})
  set_property(GLOBAL APPEND PROPERTY ATTUNE_LAYERS attune_${name})
endfunction()

# What every target of ours is compiled with; nothing is set globally.
function(attune_compile_settings target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
  # No contraction into fused multiply-adds and no fast-math: the same source gives the same bits on every build type.
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
    -Wno-restrict  # g++ 12 sees overlaps in std::string that are none (GCC bug 105651)
    -ffp-contract=off
    $<$<BOOL:${ATTUNE_WARNINGS_AS_ERRORS}>:-Werror>)
endfunction()
