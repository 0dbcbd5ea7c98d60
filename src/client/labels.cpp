// SPDX-License-Identifier: Apache-2.0
#include "client/labels.hpp"

#include <utility>

#include "client/mailbox_commands.hpp"
#include "imap/codec/command.hpp"

namespace mailhaul::client {
namespace {

constexpr std::size_t set_octets = 400;  // beside the labels one command stays under what every server takes

}  // namespace

bool has_labels(const Connection& connection) { return connection.capabilities().has("X-GM-EXT-1"); }

Task<Result<std::map<imap::Uid, Labels>>> fetch_labels(Connection& connection, std::vector<std::string> sets) {
    std::map<imap::Uid, Labels> labels;
    auto keep = [&](imap::FetchResponse&& fetch) {
        if (fetch.labels) labels.insert_or_assign(*fetch.uid, Labels(fetch.labels->begin(), fetch.labels->end()));
    };
    auto fetched = co_await fetch_items(connection, std::move(sets), "(UID X-GM-LABELS)", std::move(keep));
    if (!fetched.ok()) co_return std::move(fetched).error();
    co_return labels;
}

Task<Result<void>> add_labels(Connection& connection, std::vector<LabelRequest> requests) {
    std::vector<imap::CommandId> asked;
    for (const LabelRequest& request : requests) {
        const std::vector<std::string> labels(request.labels.begin(), request.labels.end());
        for (const imap::UidSet& part : request.uids.split(set_octets))
            asked.push_back(connection.submit(imap::uid_add_labels_command(part.to_string(), labels)));
    }
    co_return co_await await_all(connection, std::move(asked), Doing::changing, "UID STORE X-GM-LABELS");
}

}  // namespace mailhaul::client
