// SPDX-License-Identifier: Apache-2.0
// imapsync's own memory (behaviour 3.7): read where a line asks for it, so that what imapsync copied is not copied again.
#include "app/imapsync_cache.hpp"

#include "cli/imapsync_reading.hpp"

namespace mailhaul::cli {

void read_cache(ImapsyncOrder& order, const ParsedLine& line) {
    if (!line.is_on("usecache", line.is_on("useuid"))) return;
    app::ImapsyncCache cache;
    cache.folder = temporary_folder_of(line) + "/imapsync_cache";
    cache.hosts = {order.request.source.host, order.request.destination.host};
    cache.users = {order.request.source.mailbox_user(), order.request.destination.mailbox_user()};
    cache.separators = {line.last("sep1").value_or(""), line.last("sep2").value_or("")};
    order.request.claims = app::claims_of(std::move(cache));
}

}  // namespace mailhaul::cli
