// SPDX-License-Identifier: Apache-2.0
// Dialogues: small runs that tests break at every place there is, and what must hold however they were broken.
//
// Each is short enough to be broken at every octet and holds what is hard to recognise again: two equal messages, one
// without identity, one whose identity is shared. What must hold is judged by the stores alone.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <ostream>
#include <string>

#include "sync/executor/two_servers.hpp"

namespace mailhaul::sync {

/// A kind of destination.
struct Kind {
    const char* name;
    const char* capabilities;
};
inline std::ostream& operator<<(std::ostream& out, const Kind& one) { return out << one.name; }

inline constexpr Kind rich{"rich", "IMAP4rev1 LITERAL+ MULTIAPPEND UIDPLUS LIST-EXTENDED LIST-STATUS AUTH=PLAIN"};
inline constexpr Kind batches_without_uids{"batches_without_uids", "IMAP4rev1 LITERAL+ MULTIAPPEND AUTH=PLAIN"};
inline constexpr Kind singly{"singly", "IMAP4rev1 LITERAL+ UIDPLUS AUTH=PLAIN"};
inline constexpr Kind poor{"poor", "IMAP4rev1"};

inline demo::ServerOptions options_of(const Kind& kind) {
    demo::ServerOptions options;
    options.capabilities = demo::capabilities_of(kind.capabilities);
    return options;
}

enum class Dialogue : std::uint8_t {
    copy,    ///< into an empty account
    adopt,   ///< most messages are on the destination already, with fewer flags
    follow,  ///< a later pass: flags changed, messages came, one went and goes from the destination as well
    move,    ///< each message goes from the source once its copy is confirmed
};
inline constexpr const char* name_of(Dialogue dialogue) {
    switch (dialogue) {
        case Dialogue::copy: return "copy";
        case Dialogue::adopt: return "adopt";
        case Dialogue::follow: return "follow";
        case Dialogue::move: return "move";
    }
    return "";
}
inline std::ostream& operator<<(std::ostream& out, Dialogue one) { return out << name_of(one); }

/// An account's messages without their flags, which a run may not have carried yet.
using Bodies = std::map<std::string, std::multiset<std::tuple<std::string, std::int64_t>>>;

inline Bodies bodies_of(const AccountTruth& truth) {
    Bodies bodies;
    for (const auto& [name, messages] : truth)
        for (const auto& [octets, flags, seconds, zone] : messages) bodies[name].emplace(octets, seconds);
    return bodies;
}

/// What is in `all` as often as in `some`, mailbox by mailbox.
inline bool holds_all(const Bodies& all, const Bodies& some) {
    return std::ranges::all_of(some, [&](const auto& one) {
        const auto found = all.find(one.first);
        return one.second.empty() || (found != all.end() && std::ranges::includes(found->second, one.second));
    });
}

/// One dialogue with servers of its own, ready to be broken.
class Scene {
public:
    Scene(const Kind& kind, Dialogue dialogue)
        : servers(demo::ServerOptions::new_style(), options_of(kind)), dialogue_(dialogue) {
        servers.request.connections = 1;  // so that the same octets go each time
        servers.request.first_pause = std::chrono::milliseconds(0);
        fill(servers.from());
        switch (dialogue) {
            case Dialogue::copy: break;
            case Dialogue::adopt: place_most_on_destination(); break;
            case Dialogue::follow: live_on(); break;
            case Dialogue::move: servers.request.rules.delete_source = true; break;
        }
        wanted_ = truth_of(servers.from());
        allowed_ = bodies_of(truth_of(servers.to()));
        for (auto& [name, messages] : bodies_of(wanted_)) {
            auto& allowed = allowed_[name];
            std::multiset<std::tuple<std::string, std::int64_t>> both;
            std::ranges::set_union(allowed, messages, std::inserter(both, both.end()));
            allowed = std::move(both);
        }
        servers.destination.reset_counters();
        servers.source.reset_counters();
    }

    /// Must hold after a run that was broken anywhere.
    void expect_nothing_lost_nothing_doubled() {
        const Bodies there = bodies_of(truth_of(servers.to()));
        EXPECT_TRUE(holds_all(allowed_, there)) << "doubled or torn";
        if (dialogue_ != Dialogue::move) {
            EXPECT_EQ(truth_of(servers.from()), wanted_) << "the source is only read";
            return;
        }
        Bodies anywhere = bodies_of(truth_of(servers.from()));  // of two equal messages, one may be here and one there
        for (const auto& [name, messages] : there) anywhere[name].insert(messages.begin(), messages.end());
        EXPECT_TRUE(holds_all(anywhere, bodies_of(wanted_))) << "a message is on neither side";
    }

    /// Must hold once a run says it is complete.
    void expect_all_there() {
        EXPECT_EQ(truth_of(servers.to()), wanted_);
        if (dialogue_ == Dialogue::move) {
            EXPECT_EQ(servers.from().messages(), 0U) << "left on the source";
        }
    }

    TwoServers servers;

private:
    static std::string message(int n) {
        switch (n) {
            case 3: return "Subject: none\r\n\r\nno identity\r\n";
            case 4: return "Message-ID: <1@old.example>\r\nSubject: shares it\r\n\r\nanother\r\n";
            default: return mail(n);
        }
    }
    static void fill(demo::MailStore& store) {
        put(store, "INBOX", dated(message(1), {"\\Seen"}));
        put(store, "INBOX", dated(message(1), {"\\Seen"}));
        put(store, "INBOX", dated(message(3)));
        put(store, "INBOX", dated(message(4), {"\\Flagged"}));
        put(store, make_mailbox(store, {"Work", "2019"}), dated(message(5), {"\\Answered"}));
    }
    void place_most_on_destination() {
        put(servers.to(), "INBOX", dated(message(4)));
        put(servers.to(), "INBOX", dated(message(1)));
        put(servers.to(), make_mailbox(servers.to(), {"Work", "2019"}), dated(message(5)));
    }
    void live_on() {
        const Report first = servers.sync();
        if (first.ending != Ending::complete) throw std::runtime_error("the first pass fails: " + in_words(first));
        servers.from().find("INBOX")->set_flags(imap::Uid(1), {});
        servers.from().find("INBOX")->set_flags(imap::Uid(3), {"\\Seen", "$Label1"});
        expunge(servers.from(), "INBOX", 4);
        put(servers.from(), "INBOX", dated(message(1), {"\\Seen"}));
        put(servers.from(), "INBOX", dated(message(6)));
        servers.request.rules.delete_destination = true;
        servers.request.rules.guard.max_deletions = GuardRules::unlimited;
        servers.request.rules.guard.allow_shrunken_source = true;
        servers.request.rules.guard.on_activity = OnActivity::warn;
    }

    Dialogue dialogue_;
    AccountTruth wanted_;  // of the destination at the end
    Bodies allowed_;       // at most this, at any time
};

/// From 1 to `all` in steps that make about `few` of them; every one where MAILHAUL_TEST_EVERY is set. `salt` makes
/// neighbouring tests take other ones.
inline std::vector<std::uint64_t> places_to_break(std::uint64_t all, std::uint64_t few, std::uint64_t salt) {
    const std::uint64_t step = std::getenv("MAILHAUL_TEST_EVERY") != nullptr ? 1 : std::max<std::uint64_t>(1, all / few);
    std::vector<std::uint64_t> places;
    for (std::uint64_t place = 1 + salt % step; place <= all; place += step) places.push_back(place);
    return places;
}

}  // namespace mailhaul::sync
