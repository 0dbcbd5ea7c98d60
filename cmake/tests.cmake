# SPDX-License-Identifier: Apache-2.0
# tests/ mirrors src/: tests/<folder>/*_test.cpp make one binary, <folder>_test, linked to that layer.
# tests/testkit/ holds what tests share; tests/testkit/<folder>/*.cpp are compiled into that folder's binary.
#
# PROCESSORS are quarters of what a busy process uses, as tools/run_tests counts them: those that wait take fewer.
find_package(GTest REQUIRED)
include(GoogleTest)
find_package(rapidcheck QUIET)
find_library(RAPIDCHECK_LIBRARY rapidcheck REQUIRED)

# Most of a test's compile time is reading headers: read once for many. Definitions must be those of the users.
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/tests_headers.cpp CONTENT "")
set(tests_headers <gtest/gtest.h> <gmock/gmock.h> <algorithm> <chrono> <filesystem> <fstream> <functional> <map> <memory> <optional>
  <ranges> <set> <span> <string> <string_view> <variant> <vector>)
function(mailhaul_tests_headers name)
  cmake_parse_arguments(OF "" "" "LIBRARIES;HEADERS" ${ARGN})
  add_library(${name} OBJECT ${PROJECT_BINARY_DIR}/tests_headers.cpp)
  target_link_libraries(${name} PRIVATE mh_options ${OF_LIBRARIES} GTest::gmock GTest::gtest)
  target_precompile_headers(${name} PRIVATE ${tests_headers} ${OF_HEADERS})
endfunction()
mailhaul_tests_headers(small_tests_headers HEADERS <rapidcheck.h>)
mailhaul_tests_headers(client_tests_headers LIBRARIES mh_client mh_demo
  HEADERS ${PROJECT_SOURCE_DIR}/src/client/mailbox_commands.hpp ${PROJECT_SOURCE_DIR}/src/demo/server.hpp)
mailhaul_tests_headers(app_tests_headers LIBRARIES mh_app HEADERS ${PROJECT_SOURCE_DIR}/src/app/sync_account.hpp)

function(mailhaul_tests folder)
  cmake_parse_arguments(TESTS "" "TIMEOUT" "NEEDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${folder}/*_test.cpp)
  if(NOT sources)
    return()
  endif()
  string(REPLACE "/" "_" name ${folder})
  set(libraries "")
  foreach(need IN LISTS TESTS_NEEDS)
    mailhaul_target_name(${need} target)
    list(APPEND libraries ${target})
  endforeach()
  file(GLOB kit CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/testkit/${name}/*.cpp)
  add_executable(${name}_test ${sources} ${kit})
  target_include_directories(${name}_test PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${name}_test PRIVATE MAILHAUL_SOURCE_DIR="${PROJECT_SOURCE_DIR}" MAILHAUL_BINARY_DIR="${PROJECT_BINARY_DIR}")
  target_link_libraries(${name}_test PRIVATE mh_options ${libraries} ${RAPIDCHECK_LIBRARY} GTest::gmock GTest::gtest GTest::gtest_main)
  if(name MATCHES "^(app|cli)$")
    target_precompile_headers(${name}_test REUSE_FROM app_tests_headers)
  elseif(name MATCHES "^(client|demo)$")
    target_precompile_headers(${name}_test REUSE_FROM client_tests_headers)
  elseif(NOT name STREQUAL sync_executor)
    target_precompile_headers(${name}_test REUSE_FROM small_tests_headers)
  endif()
  gtest_discover_tests(${name}_test DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 120 PROCESSORS 4)
endfunction()

mailhaul_tests(base NEEDS base)
mailhaul_tests(async NEEDS async)
mailhaul_tests(process NEEDS process)
mailhaul_tests(govern NEEDS govern)
mailhaul_tests(message NEEDS message)
mailhaul_tests(perl NEEDS perl)
mailhaul_tests(imap/types NEEDS imap/types)
mailhaul_tests(imap/codec NEEDS imap/codec)
mailhaul_tests(imap/session NEEDS imap/session)
mailhaul_tests(auth NEEDS auth)
mailhaul_tests(kerberos NEEDS kerberos)
mailhaul_tests(provider NEEDS provider)
mailhaul_tests(oauth NEEDS oauth)
mailhaul_tests(net NEEDS net)
mailhaul_tests(http/client NEEDS http/client demo)
mailhaul_tests(client NEEDS client demo)
mailhaul_tests(store NEEDS store)
mailhaul_tests(proof NEEDS proof)
mailhaul_tests(sync/mapping NEEDS sync/mapping)
mailhaul_tests(sync/planner NEEDS sync/planner)
mailhaul_tests(sync/executor NEEDS sync/executor demo app)
mailhaul_tests(demo NEEDS demo client)
mailhaul_tests(app NEEDS app)
mailhaul_tests(cli NEEDS cli)

# Half the tests' compile time, and each of these reads little else.
if(TARGET sync_executor_test)
  target_precompile_headers(sync_executor_test PRIVATE <gtest/gtest.h> <gmock/gmock.h>
    ${PROJECT_SOURCE_DIR}/tests/sync/executor/two_servers.hpp)
endif()

# Programs run as a user would, against real servers: tests/conformance/*_test.py, one CTest each. Their mailhaul is this
# tree's unless MAILHAUL_UNDER_TEST names another: ./test names the release build, whose speed is the one users meet. Each has
# servers, ports and folders of its own, and waits for them a good part of its time: they run beside all others, the longest first.
set(MAILHAUL_UNDER_TEST "" CACHE FILEPATH "the mailhaul that conformance tests run; empty: the one built here")
file(GLOB scripts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/conformance/*_test.py)
foreach(script IN LISTS scripts)
  get_filename_component(name ${script} NAME_WE)
  add_test(NAME conformance.${name}
    COMMAND python3 ${script} $<IF:$<BOOL:${MAILHAUL_UNDER_TEST}>,${MAILHAUL_UNDER_TEST},$<TARGET_FILE:mailhaul>>
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  if(name MATCHES "^(faults|pairs|logins)_")
    set(cost 2000)
  else()
    set(cost 1000)
  endif()
  set_tests_properties(conformance.${name} PROPERTIES TIMEOUT 900 PROCESSORS 3 COST ${cost})
endforeach()

# What no compiler sees, and that the checks of it see what they should.
foreach(check IN ITEMS layers coroutines sources)
  add_test(NAME ${check} COMMAND ${PROJECT_SOURCE_DIR}/tools/check_${check})
  add_test(NAME ${check}.self_test COMMAND ${PROJECT_SOURCE_DIR}/tools/check_${check} --self-test)
endforeach()
