# SPDX-License-Identifier: Apache-2.0
"""The parts of bench/run: what is asked (cases), of whom (programs), where (servers), how often (rounds), and how it is told."""
