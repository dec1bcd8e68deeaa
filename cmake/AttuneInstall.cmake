# cmake --install: the program, the layers' libraries and headers, and what find_package(attune) needs.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(attune_layers GLOBAL PROPERTY ATTUNE_LAYERS)

# attune::attune is every layer; inside this project a target names the layers it uses instead.
add_library(attune_all INTERFACE)
add_library(attune::attune ALIAS attune_all)
set_target_properties(attune_all PROPERTIES EXPORT_NAME attune)
target_link_libraries(attune_all INTERFACE ${attune_layers})

set(attune_package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/attune)
install(TARGETS attune_all ${attune_layers} EXPORT attuneTargets)
install(EXPORT attuneTargets NAMESPACE attune:: DESTINATION ${attune_package_folder})
foreach(target IN LISTS attune_layers)
  string(REPLACE "attune_" "" layer ${target})
  install(DIRECTORY include/attune/${layer} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/attune OPTIONAL)
endforeach()
install(FILES include/attune/attune.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/attune OPTIONAL)

configure_package_config_file(cmake/attuneConfig.cmake.in ${PROJECT_BINARY_DIR}/attuneConfig.cmake
  INSTALL_DESTINATION ${attune_package_folder} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/attuneConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/attuneConfig.cmake ${PROJECT_BINARY_DIR}/attuneConfigVersion.cmake
  cmake/FindLibTorch.cmake cmake/Findliblinear.cmake DESTINATION ${attune_package_folder})
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL)

if(TARGET attune)
  # LibTorch is not installed along: the program finds it where it was built against it.
  set_target_properties(attune PROPERTIES INSTALL_RPATH "${LibTorch_ROOT}/lib")
  install(TARGETS attune)
endif()
