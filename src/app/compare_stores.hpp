// SPDX-License-Identifier: Apache-2.0
// The demo's proof: two stores side by side, without IMAP and without asking the code that did the copying.
#pragma once

#include "app/run_demo.hpp"
#include "demo/mail_store.hpp"
#include "sync/executor/report.hpp"

namespace mailhaul::app {

/// Of `report` only the pairs of mailbox names are believed: which source mailbox went where.
DemoProof compare_stores(const demo::MailStore& source, const demo::MailStore& destination, const sync::Report& report);

}  // namespace mailhaul::app
