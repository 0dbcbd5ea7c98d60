// SPDX-License-Identifier: Apache-2.0
// Labels of what is on both sides (Gmail): read on both, and given on the destination where they are missing there. The folders
// of these labels then hold the message without another copy. docs/decisions/0028-labels.md.
#include "client/labels.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "async/task_scope.hpp"
#include "sync/executor/mailbox_sync.hpp"
#include "sync/executor/uid_sets.hpp"
#include "sync/planner/labels.hpp"

namespace mailhaul::sync {
namespace {

using Portion = std::vector<std::pair<imap::Uid, imap::Uid>>;

struct Place {
    std::string opened;   ///< raw name on the destination
    std::string spelled;  ///< for people
};

/// The labels that are missing on the destination, with those who miss them: they share a command.
std::map<client::Labels, imap::UidSet> missing_labels(const Portion& pairs, const std::map<imap::Uid, client::Labels>& wanted,
                                                      const std::map<imap::Uid, client::Labels>& given, const LabelNames& names,
                                                      const std::string& opened) {
    std::map<client::Labels, imap::UidSet> groups;
    for (const auto& [source, destination] : pairs) {
        const auto here = wanted.find(source);
        const auto there = given.find(destination);
        if (here == wanted.end() || there == given.end()) continue;  // gone meanwhile
        auto missing = labels_to_give(here->second, there->second, names, opened);
        if (!missing.empty()) groups[std::move(missing)].insert(destination);
    }
    return groups;
}

/// Returns how many messages got labels. An Error below the scope of a mailbox: the destination would not give them.
Task<Result<std::uint32_t>> give_labels_to(client::Connection& source, client::Connection& destination, Portion pairs,
                                           const LabelNames& names, Place place) {
    imap::UidSet on_source;
    imap::UidSet on_destination;
    for (const auto& [from, to] : pairs) {
        on_source.insert(from);
        on_destination.insert(to);
    }
    auto read = co_await both(client::fetch_labels(source, wire_sets(on_source)),
                              client::fetch_labels(destination, wire_sets(on_destination)));
    for (auto* side : {&read.first, &read.second}) {
        if (side->ok()) continue;
        Error error = std::move(*side).error();
        error.scope = std::max(error.scope, Scope::mailbox);
        co_return std::move(error).while_doing("reading labels of " + place.spelled);
    }
    std::vector<client::LabelRequest> requests;
    std::uint32_t messages = 0;
    for (auto& [labels, uids] : missing_labels(pairs, read.first.value(), read.second.value(), names, place.opened)) {
        messages += static_cast<std::uint32_t>(uids.size());
        requests.push_back({labels, uids});
    }
    auto given = co_await client::add_labels(destination, std::move(requests));
    if (given.ok()) co_return messages;
    Error error = std::move(given).error();
    if (error.scope == Scope::mailbox) error.scope = Scope::message;
    co_return error;
}

}  // namespace

/// Whose labels are looked at: what this run or a broken one copied, and where the rules say so all the rest.
std::map<imap::Uid, imap::Uid> MailboxSync::labelled_pairs() const {
    const LabelRules& rules = run_.rules.labels;
    imap::UidSet was_sent;
    for (const store::Intent& intent : intents_)
        for (const imap::Uid uid : intent.source) was_sent.insert(uid);
    std::map<imap::Uid, imap::Uid> pairs;
    const auto add = [&](imap::Uid source, imap::Uid destination) {
        const bool is_copied = work_.copied_now.contains(source) || was_sent.contains(source);
        if (is_copied ? rules.of_copied : rules.of_known) pairs.emplace(source, destination);
    };
    for (const store::Entry& entry : view_.pairs) add(entry.source, entry.destination);
    for (const auto& [source, destination] : plan_.adopt) add(source, destination);
    for (const Stored& one : stored_) add(one.source, one.destination);
    return pairs;
}

Task<Result<void>> MailboxSync::give_labels() {
    if (!run_.rules.labels.is_anything()) co_return Result<void>{};
    if (!client::has_labels(source_) || !client::has_labels(destination_)) {
        run_.warn(std::string("labels are not copied: ") + (client::has_labels(source_) ? "the destination" : "the source") +
                  " is no Gmail (it has no X-GM-EXT-1); a message is copied into the folder of each label");
        co_return Result<void>{};
    }
    const std::map<imap::Uid, imap::Uid> pairs = labelled_pairs();
    const Place place{work_.report.destination.raw(), name()};
    for (auto next = pairs.begin(); next != pairs.end();) {
        Portion portion;
        for (; next != pairs.end() && portion.size() < run_.portion; ++next) portion.push_back(*next);
        auto given = co_await give_labels_to(source_, destination_, std::move(portion), run_.label_names, place);
        if (given.ok()) {
            work_.report.labelled += given.value();
            continue;
        }
        if (given.error().scope >= Scope::mailbox) co_return std::move(given).error();
        flags_refused_ = true;  // so the mailbox is looked at again
        run_.warn("labels in " + name() + " could not be given: " + given.error().describe());
    }
    co_return Result<void>{};
}

}  // namespace mailhaul::sync
