// SPDX-License-Identifier: Apache-2.0
// The append stage's first step where the operator asks for changes: messages are rewritten one after the other, in the order
// in which they are stored, and those that are not to be stored get their fate told here.
#include <utility>

#include "base/octets.hpp"
#include "sync/executor/append_stage.hpp"

namespace mailhaul::sync {
namespace {

message::Sha256 digest_of(std::string_view octets) {
    message::Sha256Stream digest;
    digest.update(octets);
    return digest.finish();
}

Error too_large(std::uint64_t size, std::uint64_t most) {
    return {Errc::rewrite_failed, Scope::message, Retry::never,
            "of " + spell(Octets{size}) + ", above the " + spell(Octets{most}) +
                " that are held whole, so it cannot be changed as asked, and is not sent as it is"};
}

}  // namespace

/// False where `message` is not to be stored; its fate is told then.
Task<bool> AppendStage::rewrite(Fetched& message) {
    const std::size_t item = message.item;
    if (message.pipe) {
        Error why = too_large(message.size, handover_.limits.hold);
        message.pipe->fail(why);  // let the rest of it go by unread
        handover_.give_back(message.credit);
        handover_.listener.failed(Failed(item, std::move(why)));
        co_return false;
    }
    const std::string& prefix = handover_.items[item].prefix;
    std::shared_ptr<const std::string> original = message.body;
    if (!prefix.empty()) original = std::make_shared<const std::string>(message.body->substr(prefix.size()));
    auto rewritten = co_await target_.rewriting->rewrite(original, prefix);
    if (!rewritten.ok()) {
        handover_.give_back(message.credit);
        handover_.listener.failed(Failed(item, std::move(rewritten).error()));
        co_return false;
    }
    Rewriting::Outcome outcome = std::move(rewritten).value();
    if (!outcome.left_out.empty()) {
        handover_.give_back(message.credit);
        handover_.listener.left_out(item, std::move(outcome.left_out));
        co_return false;
    }
    if (outcome.date) message.date = outcome.date;
    if (*outcome.octets == *message.body) co_return true;
    message::Defects changed;
    changed.insert(message::Defect::rewritten);
    message.repair = message::Repair{changed, digest_of(*outcome.octets)};
    message.has_nul = outcome.octets->contains('\0');
    message.body = std::move(outcome.octets);
    co_return true;
}

}  // namespace mailhaul::sync
