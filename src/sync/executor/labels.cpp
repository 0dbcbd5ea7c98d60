// SPDX-License-Identifier: Apache-2.0
// Labels of what is on both sides (Gmail): read on both, and given on the destination where they are missing there. The folders
// of these labels then hold the message without another copy. docs/decisions/0028-labels.md.
#include "client/labels.hpp"

#include <utility>

#include "async/task_scope.hpp"
#include "sync/executor/mailbox_sync.hpp"
#include "sync/executor/uid_sets.hpp"
#include "sync/planner/labels.hpp"

namespace mailhaul::sync {

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
    imap::UidSet on_source;
    imap::UidSet on_destination;
    for (const auto& [source, destination] : pairs) {
        on_source.insert(source);
        on_destination.insert(destination);
    }
    if (pairs.empty()) co_return Result<void>{};
    auto read = co_await both(client::fetch_labels(source_, wire_sets(on_source)),
                              client::fetch_labels(destination_, wire_sets(on_destination)));
    if (!read.first.ok()) co_return std::move(read.first).error().while_doing("reading labels of " + name() + " on the source");
    if (!read.second.ok())
        co_return std::move(read.second).error().while_doing("reading labels of " + name() + " on the destination");

    std::map<client::Labels, imap::UidSet> groups;  // messages that need the same labels share a command
    for (const auto& [source, destination] : pairs) {
        const auto wanted = read.first->find(source);
        const auto there = read.second->find(destination);
        if (wanted == read.first->end() || there == read.second->end()) continue;  // gone meanwhile
        auto missing = labels_to_give(wanted->second, there->second, run_.label_names, work_.report.destination.raw());
        if (!missing.empty()) groups[std::move(missing)].insert(destination);
    }
    std::vector<client::LabelRequest> requests;
    std::size_t messages = 0;
    for (auto& [labels, uids] : groups) {
        messages += uids.size();
        requests.push_back({labels, std::move(uids)});
    }
    auto given = co_await client::add_labels(destination_, std::move(requests));
    if (given.ok()) {
        work_.report.labelled += static_cast<std::uint32_t>(messages);
        co_return Result<void>{};
    }
    if (given.error().scope >= Scope::account) co_return std::move(given).error();
    flags_refused_ = true;  // so the mailbox is looked at again
    run_.warn("labels in " + name() + " could not be given: " + given.error().describe());
    co_return Result<void>{};
}

}  // namespace mailhaul::sync
