// SPDX-License-Identifier: Apache-2.0
// The JSON of this folder's events and reports is written as everybody's is.
#pragma once

#include "base/json.hpp"
