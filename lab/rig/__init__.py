# SPDX-License-Identifier: Apache-2.0
"""The parts the lab's programs are made of. Python's standard library only; nothing here is used by mailhaul itself, so that
a mistake in mailhaul cannot hide behind the same mistake in what judges it."""
