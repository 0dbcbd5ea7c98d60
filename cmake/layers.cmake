# SPDX-License-Identifier: Apache-2.0
# The layers. Each folder of src/ is one target; its NEEDS list is what it may include, and tools/check_layers
# holds the sources to this very file. Arrows point down only: a layer may need only layers above it in this list.
#
#   mailhaul_layer(<folder> [NEEDS <folder>...] [LIBRARIES <target>...] [HEADERS <header>...])
#
# HEADERS are read once for all files of the layer (a precompiled header): those that most of its files read anyway. A layer that
# names none takes those of async, or of base. They hide no layer: what a file may include is checked by its text.
function(mailhaul_target_name folder result)
  string(REPLACE "/" "_" name "mh_${folder}")
  set(${result} ${name} PARENT_SCOPE)
endfunction()

function(mailhaul_layer folder)
  cmake_parse_arguments(LAYER "" "" "NEEDS;LIBRARIES;DEFINITIONS;HEADERS" ${ARGN})
  mailhaul_target_name(${folder} target)
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${folder}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  set(needs "")
  foreach(need IN LISTS LAYER_NEEDS)
    mailhaul_target_name(${need} name)
    list(APPEND needs ${name})
  endforeach()
  if(sources)
    add_library(${target} STATIC ${sources})
    target_link_libraries(${target} PRIVATE mh_options PUBLIC ${needs} ${LAYER_LIBRARIES})
    target_compile_definitions(${target} PRIVATE ${LAYER_DEFINITIONS})
    if(LAYER_HEADERS)
      target_precompile_headers(${target} PRIVATE ${LAYER_HEADERS})
    elseif(LAYER_DEFINITIONS)
      # Others' headers were read without them.
    elseif("mh_async" IN_LIST needs)
      target_precompile_headers(${target} REUSE_FROM mh_async)
    elseif("mh_base" IN_LIST needs)
      target_precompile_headers(${target} REUSE_FROM mh_base)
    endif()
  else()
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE mh_options ${needs} ${LAYER_LIBRARIES})
  endif()
endfunction()

set(standard_headers <algorithm> <array> <charconv> <chrono> <cstdint> <functional> <map> <memory> <optional> <ranges> <span> <string>
  <string_view> <unordered_map> <utility> <variant> <vector>)
set(async_headers ${standard_headers} <boost/asio/awaitable.hpp> <boost/asio/this_coro.hpp> <boost/asio/use_awaitable.hpp>
  <boost/asio/co_spawn.hpp> <boost/asio/steady_timer.hpp>)

mailhaul_layer(base LIBRARIES fmt::fmt HEADERS ${standard_headers})
mailhaul_layer(async NEEDS base LIBRARIES mh_asio HEADERS ${async_headers})
mailhaul_layer(process NEEDS base async)
mailhaul_layer(govern NEEDS base)
mailhaul_layer(message NEEDS base LIBRARIES OpenSSL::Crypto PkgConfig::XXHASH)
mailhaul_layer(perl NEEDS base LIBRARIES PkgConfig::PCRE2)
mailhaul_layer(imap/types NEEDS base)
mailhaul_layer(imap/codec NEEDS base imap/types
  HEADERS ${standard_headers} ${PROJECT_SOURCE_DIR}/src/imap/types/response.hpp ${PROJECT_SOURCE_DIR}/src/imap/codec/request.hpp)
mailhaul_layer(imap/session NEEDS base imap/types imap/codec)
mailhaul_layer(auth NEEDS base LIBRARIES OpenSSL::Crypto)
mailhaul_layer(kerberos NEEDS base auth
  LIBRARIES $<$<BOOL:${MAILHAUL_WITH_GSSAPI}>:PkgConfig::GSSAPI>
  DEFINITIONS MAILHAUL_WITH_GSSAPI=$<BOOL:${MAILHAUL_WITH_GSSAPI}>)
mailhaul_layer(provider NEEDS base imap/types)
# The profiles stand in a file of their own, for people; here they become a part of the program.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/data/profiles.txt)
file(READ ${PROJECT_SOURCE_DIR}/data/profiles.txt MAILHAUL_PROFILES)
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/profiles_text.cpp @ONLY CONTENT [[#include "provider/profile.hpp"
namespace mailhaul::provider {
std::string_view built_in_text() { return R"~~~~(@MAILHAUL_PROFILES@)~~~~"; }
}  // namespace mailhaul::provider
]])
target_sources(mh_provider PRIVATE ${PROJECT_BINARY_DIR}/profiles_text.cpp)
mailhaul_layer(oauth NEEDS base LIBRARIES OpenSSL::Crypto mh_json)
mailhaul_layer(net NEEDS base async
  LIBRARIES OpenSSL::SSL OpenSSL::Crypto PkgConfig::CARES ZLIB::ZLIB $<$<BOOL:${MAILHAUL_WITH_ISAL}>:${ISAL_LIBRARY}>
  DEFINITIONS MAILHAUL_WITH_ISAL=$<BOOL:${MAILHAUL_WITH_ISAL}>
  HEADERS ${async_headers} <boost/asio/ip/tcp.hpp>)
mailhaul_layer(http/client NEEDS base async net LIBRARIES mh_beast)
mailhaul_layer(client NEEDS base async govern imap/types imap/codec imap/session auth net LIBRARIES OpenSSL::Crypto
  HEADERS ${async_headers} ${PROJECT_SOURCE_DIR}/src/client/mailbox_commands.hpp ${PROJECT_SOURCE_DIR}/src/client/pump.hpp)
mailhaul_layer(store NEEDS base imap/types message LIBRARIES PkgConfig::SQLITE OpenSSL::Crypto PkgConfig::XXHASH)
mailhaul_layer(proof NEEDS base imap/types message store LIBRARIES OpenSSL::Crypto)
mailhaul_layer(sync/mapping NEEDS base perl imap/types imap/codec LIBRARIES PkgConfig::PCRE2 PkgConfig::UTF8PROC)
mailhaul_layer(sync/planner NEEDS base perl imap/types message store)
mailhaul_layer(sync/executor NEEDS base async process govern perl imap/types imap/codec message provider client store proof sync/mapping sync/planner
  HEADERS ${async_headers} ${PROJECT_SOURCE_DIR}/src/client/mailbox_commands.hpp ${PROJECT_SOURCE_DIR}/src/sync/executor/mailbox_sync.hpp)
mailhaul_layer(demo NEEDS base async imap/types imap/codec auth net LIBRARIES OpenSSL::SSL
  HEADERS ${async_headers} <boost/asio/ip/tcp.hpp> ${PROJECT_SOURCE_DIR}/src/demo/session.hpp)
mailhaul_layer(app NEEDS base async process govern perl imap/types imap/codec message auth kerberos provider oauth net http/client client store proof sync/mapping sync/planner sync/executor demo
  HEADERS ${async_headers} <filesystem> <map> ${PROJECT_SOURCE_DIR}/src/app/sync_account.hpp)
mailhaul_layer(cli NEEDS base async process govern perl imap/types imap/codec message auth kerberos provider oauth net http/client client store proof sync/mapping sync/planner sync/executor demo app
  HEADERS ${async_headers} <filesystem> <map> ${PROJECT_SOURCE_DIR}/src/app/sync_account.hpp)

if(EXISTS ${PROJECT_SOURCE_DIR}/src/cli/main.cpp)
  add_executable(mailhaul src/cli/main.cpp)
  target_link_libraries(mailhaul PRIVATE mh_options mh_cli)
  set_target_properties(mailhaul PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
endif()
