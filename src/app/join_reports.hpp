// SPDX-License-Identifier: Apache-2.0
// A run that waited in the middle is one run to whoever reads its report.
#pragma once

#include "sync/executor/report.hpp"

namespace mailhaul::app {

/// What `earlier` did, added to `later`, the report of going on with the same request: each message that the first copied is
/// `already` (or adopted) to the second, and copied to both. How it ended is the later one's.
void join_reports(sync::Report&& earlier, sync::Report& later);

}  // namespace mailhaul::app
