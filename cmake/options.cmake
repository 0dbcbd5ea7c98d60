# SPDX-License-Identifier: Apache-2.0
# One interface target carries every warning and hardening flag; sanitizers come from the presets.
add_library(mh_options INTERFACE)
target_compile_options(mh_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Werror=return-type
  -fstack-protector-strong -ffunction-sections -fdata-sections)
target_compile_definitions(mh_options INTERFACE _GLIBCXX_ASSERTIONS MAILHAUL_VERSION="${PROJECT_VERSION}")
target_include_directories(mh_options INTERFACE ${PROJECT_SOURCE_DIR}/src)
if(MAILHAUL_WERROR)
  target_compile_options(mh_options INTERFACE -Werror)
endif()
if(MAILHAUL_SANITIZE)
  target_compile_options(mh_options INTERFACE ${MAILHAUL_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(mh_options INTERFACE ${MAILHAUL_SANITIZE})
endif()
target_link_options(mh_options INTERFACE -fuse-ld=lld -Wl,--gc-sections)
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()
