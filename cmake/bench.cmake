# SPDX-License-Identifier: Apache-2.0
# bench/<name>.cpp: one program per question about speed.
file(GLOB benches CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/bench/*.cpp)
foreach(source IN LISTS benches)
  get_filename_component(name ${source} NAME_WE)
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE mh_options Threads::Threads)
endforeach()
target_link_libraries(ledger PRIVATE mh_store)
target_link_libraries(accounts PRIVATE mh_app)
target_link_libraries(ceiling PRIVATE OpenSSL::SSL OpenSSL::Crypto)
