# SPDX-License-Identifier: Apache-2.0
"""Gets the servers' programs from Debian: those that can be installed are, those that conflict are unpacked beside.

Two IMAP servers cannot be installed on one machine, but nothing keeps them from running side by side. Unpacked packages
go to a cache that later labs share ($LAB_CACHE, default /var/cache/mailhaul-lab), for they cost a download.
"""
import contextlib
import fcntl
import os
import shutil
import subprocess
from pathlib import Path

NONINTERACTIVE = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}


class PackageError(Exception):
    """A package could not be had; the text says what apt said."""


def cache_folder():
    return Path(os.environ.get("LAB_CACHE") or "/var/cache/mailhaul-lab")


def run(*command, folder=None):
    done = subprocess.run(command, cwd=folder, env=NONINTERACTIVE, text=True, capture_output=True)
    if done.returncode:
        raise PackageError(f"{' '.join(command)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def is_installed(package):
    query = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Status}", package], text=True, capture_output=True)
    return query.stdout == "installed"


@contextlib.contextmanager
def no_services_start():
    """While this lasts, packages that are installed do not start the service they bring."""
    policy = Path("/usr/sbin/policy-rc.d")
    if policy.exists():  # somebody's own; it is not ours to replace
        yield
        return
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink()


def with_fresh_lists(action):
    """Old or absent package lists are why apt usually fails, so they are fetched when it did and not before."""
    try:
        return action()
    except PackageError:
        run("apt-get", "-q", "update")
        return action()


def install(packages, say):
    missing = [package for package in packages if not is_installed(package)]
    if not missing:
        return
    say(f"installing {' '.join(missing)}")
    with no_services_start():
        with_fresh_lists(lambda: run("apt-get", "install", "-qy", "--no-remove", "--no-install-recommends",
                                     "-o", "DPkg::Lock::Timeout=300", *missing))


def unpack_beside(packages, wanted, say):
    """The folder under which `packages` and what they need are unpacked, as if it were `/`. Dependencies are taken where
    `wanted(name)`; those that only serve an installed service (a mail transport, say) need not be."""
    root = cache_folder() / packages[0]
    root.parent.mkdir(parents=True, exist_ok=True)
    with open(root.parent / f"{packages[0]}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two labs may come up at once
        if not root.exists():
            fresh = root.with_suffix(f".{os.getpid()}")
            try:
                download_into(fresh, packages, wanted, say)
                fresh.rename(root)  # complete, or not there
            finally:
                shutil.rmtree(fresh, ignore_errors=True)
    return root


def download_into(root, packages, wanted, say):
    def needed():
        plan = run("apt-get", "install", "-s", "--no-install-recommends", *packages)
        return sorted({words[1] for words in map(str.split, plan.splitlines()) if words[:1] == ["Inst"] and wanted(words[1])}
                      | set(packages))

    archives = root / "archives"
    archives.mkdir(parents=True)
    root.chmod(0o755)
    say(f"unpacking {packages[0]} beside (kept in {cache_folder()})")
    with_fresh_lists(lambda: run("apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", *needed(), folder=archives))
    for archive in sorted(archives.glob("*.deb")):
        run("dpkg-deb", "-x", str(archive), str(root))
    shutil.rmtree(archives)
