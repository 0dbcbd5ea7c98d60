// SPDX-License-Identifier: Apache-2.0
// Boost.JSON, compiled once; needs no library of Boost's.
#include <boost/json/src.hpp>
