// SPDX-License-Identifier: Apache-2.0
// Named deviations of real servers, each with the bytes that prove it. A quirk may widen tolerance or
// lower a limit; what is sent is decided by capabilities.
#pragma once
