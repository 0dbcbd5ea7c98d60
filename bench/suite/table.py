# SPDX-License-Identifier: Apache-2.0
"""The figures as Markdown: one row for each program of each case, and what machine they are from."""
import datetime
import os
import re
import shutil
import subprocess
from pathlib import Path

from suite.cases import CASES, COPY
from suite.rounds import Result, memory_slope

REMARKS = {  # a run's other facts, and how they are told
    "best": "{}",
    "ending": "{}",
    "connections": "connections: {:.0f}",
    "refused": "refusals: {:.0f}",
    "link_share": "{:.0%} of the link",
    "first_tenth": "first tenth {:,.0f} messages/s",
    "last_tenth": "last tenth {:,.0f}",
    "memory_early": "{kib_as_mib:.0f} MiB after a tenth of the time",
    "memory_late": "{kib_as_mib:.0f} MiB at its end",
    "first_account": "first account after {:.1f} s",
    "median_account": "half of them after {:.1f} s",
    "last_account": "last after {:.1f} s",
}
ONLY_WHERE_LIMITED = ("connections", "refused")
HEADINGS = ["case", "program", "seconds", "times the ceiling", "messages/s", "CPU s", "servers' CPU s", "peak MiB", "commands", "KiB on both links",
            "remarks"]


def machine():
    cpu = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    version = lambda *command: subprocess.run(command, text=True, capture_output=True).stdout.split("\n")[0]
    dovecot = version("dovecot", "--version").split(" ")[0]
    isync = version("mbsync", "--version") if shutil.which("mbsync") else "no mbsync"
    return (f"{os.cpu_count()} cores of {cpu[1].strip() if cpu else os.uname().machine}, Linux {os.uname().release.split('-')[0]}; "
            f"Dovecot {dovecot}, {isync}")


def remarks(name, program, variant, result, results, rounds):
    told = []
    for what, words in REMARKS.items():
        if what in ONLY_WHERE_LIMITED and not CASES[name].may_end_early:
            continue
        value = result.words(what) if what in ("best", "ending") else result.median(what)
        if value is not None and value != "":
            told.append(words.format(value, kib_as_mib=0 if isinstance(value, str) else value / 1024))
    slope = memory_slope(results[name]) if program == "mailhaul" else None
    if slope is not None and variant.startswith("50"):
        told.append(f"{slope:,.0f} KiB for each further account at the same time")
    nearer = results.get("latency", {}).get(("mailhaul", ""), Result()).median("seconds") if name == "latency-200" else None
    if nearer:
        told.append(f"{result.median('seconds') / nearer:.2f} times its own at 40 ms")
    if len(result.runs) < rounds:
        told.append("too slow for more than one round" if len(result.runs) == 1 else f"{len(result.runs)} rounds")
    if result.is_noisy:
        told.append("noisy")
    return ", ".join(told)


def row(name, program, variant, result, results, options):
    case = CASES[name]
    label = f"{program}, {variant}" if variant else program
    seconds = result.median("seconds")
    if result.trouble or seconds is None:
        return [name, label, *[""] * (len(HEADINGS) - 3), result.trouble.replace("|", "/") or "not run"]
    ceiling = results[name].get(("ceiling", ""), Result()).median("seconds")
    number = lambda value, form: "" if value is None else form.format(value)
    is_whole = result.words("ending") in ("", "complete")
    least, most = result.spread
    kib = result.median("octets")
    return [name, label, f"{seconds:.2f} ({least:.2f} to {most:.2f})" if len(result.runs) > 1 else f"{seconds:.2f}",
            f"{seconds / ceiling:.2f}" if ceiling else "",
            f"{case.mail.scaled(options.scale).all_messages / seconds:,.0f}" if case.measured == COPY and is_whole else "",
            f"{result.median('cpu'):.2f}", f"{result.median('servers_cpu'):.2f}", f"{result.median('peak_kib') / 1024:.1f}",
            number(result.median("commands"), "{:,.0f}"), number(kib and kib / 1024, "{:,.0f}"),
            remarks(name, program, variant, result, results, options.rounds)]


def table(results, options, load):
    lines = [f"Measured on {datetime.date.today()}: {machine()}; fsync {options.fsync}; median of {options.rounds} "
             f"round{'s' if options.rounds > 1 else ''}; load of the machine before: {load:.1f}."
             + (f" Mail shrunk to {options.scale:g} of it." if options.scale != 1 else ""), "",
             f"| {' | '.join(HEADINGS)} |", f"| --- | --- |{' ---: |' * (len(HEADINGS) - 3)} --- |"]
    for name, by_program in results.items():
        for (program, variant), result in by_program.items():
            lines.append(f"| {' | '.join(row(name, program, variant, result, results, options))} |")
    return "\n".join(lines)
