include(GoogleTest)

# attune_test(NAME SOURCES files... USES layers... [LABELS labels...] [LINK targets...])
# One test program per layer; each of its tests is a CTest test of its own, with the labels given.
function(attune_test name)
  cmake_parse_arguments(arg "" "" "USES;SOURCES;LABELS;LINK" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  list(TRANSFORM arg_USES PREPEND attune::)
  target_link_libraries(${name} PRIVATE ${arg_USES} ${arg_LINK} attune_test_support GTest::gmock GTest::gtest_main)
  attune_compile_settings(${name})
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST PROPERTIES LABELS "${arg_LABELS}" TIMEOUT 300)
endfunction()
