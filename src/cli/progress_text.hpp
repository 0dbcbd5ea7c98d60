// SPDX-License-Identifier: Apache-2.0
// Progress in words: the live line of a terminal and the plain lines of a log. Pure: what to say and how wide, not
// where or when (console.hpp).
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "cli/estimate.hpp"
#include "sync/executor/report.hpp"

namespace mailhaul::cli {

/// What the terminal can show.
struct Look {
    std::size_t width = 80;  ///< columns
    bool colour = false;
    bool unicode = false;
};

/// One line, never wider than `look.width - 1`; parts fall away from the right as the terminal narrows.
std::string live_line(const sync::Progress& progress, const Estimator& estimator, std::chrono::milliseconds elapsed,
                      const Look& look);

/// `copying 1,234 of 5,678 messages, 81.9 MB of 160.0 MB, 4.2 MB/s, ~3 min left`; for logs.
std::string plain_progress_line(const sync::Progress& progress, const Estimator& estimator);

/// `Archive/2019: 12 copied (1.2 MB), 3 already there`; for logs.
std::string mailbox_line(const sync::MailboxReport& mailbox, bool dry_run);

/// `Archive/2019`, or `Sent -> Sent Items` where the names differ.
std::string pair_name(const sync::MailboxReport& mailbox);

/// `INBOX uid 4711 "Subject" (12.3 MB): reason`.
std::string exception_line(const sync::MessageException& exception);

/// `source u@old.example:993: Dovecot, TLSv1.3 ..., SCRAM-SHA-256`.
std::string connected_line(sync::SideName side, const sync::SideReport& server);

/// `about 49.5 GB, finished on 12 March 2027 at this pace`; empty where nothing is known.
std::string left_words(const sync::Pause& pause);

/// `waiting until Fri 27 Nov 2026 18:12: why; left: what is left`.
std::string waiting_line(const sync::Pause& pause);

}  // namespace mailhaul::cli
