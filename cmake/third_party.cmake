# SPDX-License-Identifier: Apache-2.0
# Libraries, each found once. docs/decisions/0004-libraries.md says why these.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
pkg_check_modules(CARES REQUIRED IMPORTED_TARGET libcares)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
if(MAILHAUL_WITH_ISAL)
  find_library(ISAL_LIBRARY isal REQUIRED)
endif()
if(MAILHAUL_WITH_GSSAPI)
  pkg_check_modules(GSSAPI REQUIRED IMPORTED_TARGET mit-krb5-gssapi)
endif()

# Asio, compiled once instead of in every translation unit.
add_library(mh_asio STATIC third_party/asio.cpp)
target_compile_definitions(mh_asio PUBLIC BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(mh_asio PUBLIC Threads::Threads)
target_link_libraries(mh_asio PRIVATE mh_options)

# Boost.JSON likewise; Boost.Beast's parsers are templates, used by two files alone.
add_library(mh_json STATIC third_party/json.cpp)
target_link_libraries(mh_json PRIVATE mh_options)
add_library(mh_beast INTERFACE)
