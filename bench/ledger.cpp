// SPDX-License-Identifier: Apache-2.0
// Ledger: what a large account costs to remember: octets a message, time to record, to open and to read, and memory.
//
//   ledger FILE [--messages 1000000] [--mailboxes 20] [--batch 200]
//
// FILE is made by this program, must not exist, and is left behind. Prints JSON. Peak memory is of the whole program, which
// holds one mailbox at a time, as a run does.
#include <sys/resource.h>

#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "store/ledger.hpp"

namespace {

using namespace mailhaul;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point then) { return std::chrono::duration<double>(Clock::now() - then).count(); }

std::uint64_t peak_kib() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return static_cast<std::uint64_t>(used.ru_maxrss);
}

std::uint32_t option(int argc, char** argv, std::string_view name, std::uint32_t otherwise) {
    for (int i = 2; i + 1 < argc; ++i)
        if (argv[i] == name) std::from_chars(argv[i + 1], argv[i + 1] + std::strlen(argv[i + 1]), otherwise);
    return otherwise;
}

store::PairKey pair_of(std::uint32_t mailbox) {
    const std::string name = "Folder " + std::to_string(mailbox);
    return {{imap::MailboxName(name), imap::UidValidity{1'700'000'000 + mailbox}},
            {imap::MailboxName("New/" + name), imap::UidValidity{1'710'000'000 + mailbox}}};
}

/// Digests that no compression would shorten.
store::Entry entry_of(std::uint32_t uid, std::uint64_t& random) {
    store::Entry entry;
    entry.source = imap::Uid{uid + uid / 7};  // with gaps, as in life
    entry.destination = imap::Uid{uid};
    entry.sha256.emplace();
    for (std::uint8_t& octet : *entry.sha256) {
        random = random * 6364136223846793005ULL + 1442695040888963407ULL;
        octet = static_cast<std::uint8_t>(random >> 56);
    }
    entry.message_id = random;
    entry.flags = uid % 3 == 0 ? imap::FlagSet{"\\Seen"} : imap::FlagSet{"\\Seen", "\\Answered", "$Label1"};
    entry.at = 1'764'000'000 + uid / 1000;
    return entry;
}

[[noreturn]] void fail(const Error& error) {
    std::fprintf(stderr, "ledger: %s\n", error.describe().c_str());
    std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2 || std::filesystem::exists(argv[1])) {
        std::fprintf(stderr, "ledger: give the name of a file that does not exist\n");
        return 64;
    }
    const std::string path = argv[1];
    const store::AccountKey account{"u1@old.example:993", "u1@new.example:993"};
    const std::uint32_t messages = option(argc, argv, "--messages", 1'000'000);
    const std::uint32_t mailboxes = option(argc, argv, "--mailboxes", 20);
    const std::uint32_t batch = option(argc, argv, "--batch", 200);

    const auto began = Clock::now();
    std::uint64_t random = 1;
    {
        auto ledger = store::open_sqlite_ledger(path, account);
        if (!ledger.ok()) fail(ledger.error());
        for (std::uint32_t mailbox = 0; mailbox < mailboxes; ++mailbox) {
            std::vector<store::Entry> entries;
            for (std::uint32_t uid = 1; uid <= messages / mailboxes; ++uid) {
                entries.push_back(entry_of(uid, random));
                if (entries.size() < batch && uid < messages / mailboxes) continue;
                if (auto done = ledger.value()->record(pair_of(mailbox), entries); !done.ok()) fail(done.error());
                entries.clear();
            }
        }
    }
    const double recording = seconds_since(began);
    const std::uint64_t peak_recording = peak_kib();

    const auto opening_began = Clock::now();
    auto ledger = store::open_sqlite_ledger(path, account);
    if (!ledger.ok()) fail(ledger.error());
    const double opening = seconds_since(opening_began);
    const auto reading_began = Clock::now();
    std::uint64_t read = 0;
    for (std::uint32_t mailbox = 0; mailbox < mailboxes; ++mailbox) {
        auto entries = ledger.value()->entries(pair_of(mailbox));
        if (!entries.ok()) fail(entries.error());
        read += entries.value().size();
    }
    std::printf("{\"messages\": %llu, \"octets_per_message\": %.1f, \"record_seconds\": %.2f, \"open_seconds\": %.4f, "
                "\"read_seconds\": %.2f, \"peak_kib_recording\": %llu, \"peak_kib\": %llu}\n",
                static_cast<unsigned long long>(read), static_cast<double>(std::filesystem::file_size(path)) / static_cast<double>(read),
                recording, opening, seconds_since(reading_began), static_cast<unsigned long long>(peak_recording),
                static_cast<unsigned long long>(peak_kib()));
    return 0;
}
