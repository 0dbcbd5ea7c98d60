// SPDX-License-Identifier: Apache-2.0
// Named deviations of real servers, each with the bytes that prove it. A quirk may widen tolerance or
// lower a limit; what is sent is decided by capabilities.
//
// Empty so far, on purpose: every deviation met in responses can be taken from any server without harm, so the
// codec takes it from all of them (docs/imap-leniency.md). A name belongs here once a tolerance would be wrong
// elsewhere; then it says what the server does, as in `Quirk::trailing_space_in_search`.
#pragma once
