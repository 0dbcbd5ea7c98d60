// SPDX-License-Identifier: Apache-2.0
#include "sync/executor/read_shapes.hpp"

#include <utility>

#include "client/mailbox_commands.hpp"

namespace mailhaul::sync {

Result<void> unless_message(Result<void> fetched) {
    if (!fetched.ok() && fetched.error().scope == Scope::message) return {};
    return fetched;
}

Task<Result<Shapes>> read_shapes(client::Connection& connection, std::vector<std::string> sets) {
    Shapes shapes;
    proof::ShapeReader reader;
    client::BodyVisitor visit;
    visit.begin = [&](const imap::BodyBegin&) { reader = proof::ShapeReader(); };
    visit.data = [&](std::string_view octets) { reader.update(octets); };
    visit.end = [&](imap::Uid uid) { shapes.insert_or_assign(uid, reader.finish()); };
    auto fetched = co_await client::fetch_bodies(connection, std::move(sets), std::move(visit));
    auto judged = unless_message(std::move(fetched));
    if (!judged.ok()) co_return std::move(judged).error().while_doing("reading messages");
    co_return shapes;
}

}  // namespace mailhaul::sync
