# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Steps: how every script here talks. Sourced, not run.
#
# A step is announced in one line; what its command prints goes to build/logs/<name>.log and is shown only when it fails.
# Everything goes to standard error, so that `./run ... --json | jq` sees nothing but mailhaul's own output.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
logs=$root/build/logs
shown_on_failure=${MAILHAUL_LOG_LINES:-200} # lines of a failed step's log

say() { printf '%s\n' "$*" >&2; }

# step <log name> <what happens, for people> <command...>
step() {
  local name=$1 words=$2 started=$SECONDS status=0
  shift 2
  mkdir -p "$logs"
  printf '%s ... ' "$words" >&2
  "$@" >"$logs/$name.log" 2>&1 </dev/null || status=$?
  if [ "$status" -eq 0 ]; then
    say "done ($((SECONDS - started)) s)"
    return 0
  fi
  say "FAILED (status $status, $((SECONDS - started)) s)"
  tail -n "$shown_on_failure" "$logs/$name.log" >&2
  say "$words failed; the whole log is build/logs/$name.log"
  return "$status"
}

# Compilers to run at once: one per core, and never more than memory allows at 1 GiB each.
job_count() {
  local cores memory
  [ -z "${MAILHAUL_JOBS:-}" ] || { echo "$MAILHAUL_JOBS"; return; }
  cores=$(nproc 2>/dev/null || echo 2)
  memory=$(awk '/^MemAvailable:/ { print int($2 / 1048576) }' /proc/meminfo 2>/dev/null || true)
  memory=${memory:-$cores}
  [ "$memory" -ge 1 ] || memory=1
  [ "$cores" -le "$memory" ] || cores=$memory
  echo "$cores"
}
