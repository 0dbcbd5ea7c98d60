# SPDX-License-Identifier: Apache-2.0
"""The figures as a picture: bars of time beside the ceiling, and of the passes, which have none, in seconds. SVG, without a
library; it brings its own background, so that it can be read whatever is around it, light or dark."""
from html import escape

from suite.cases import CASES, PASS
from suite.rounds import Result

WIDTH, LEFT, RIGHT = 860, 300, 90
BAR, GAP, HEAD = 13, 12, 46
ROOM_BEYOND = 2  # a panel ends at so much of mailhaul's longest bar; an arrow tells of bars that are longer
STYLE = """
  .page { fill: #ffffff } .text { fill: #1f2328 } .faint { fill: #59636e } .line { stroke: #59636e } .grid { stroke: #d8dee4 }
  .mailhaul { fill: #1f6feb } .mbsync { fill: #8c959f } .dsync { fill: #bf8700 } .ceiling-sha256 { fill: #d0d7de }
  text { font: 12px system-ui, sans-serif } .title { font-weight: 600; font-size: 14px }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } .text { fill: #e6edf3 } .faint { fill: #9198a1 } .line { stroke: #9198a1 } .grid { stroke: #30363d }
    .mailhaul { fill: #58a6ff } .mbsync { fill: #6e7681 } .dsync { fill: #d29922 }
    .ceiling-sha256 { fill: #3d444d }
  }
"""


class Drawing:
    def __init__(self):
        self.parts, self.y = [], 0

    def text(self, x, y, words, kind="text", anchor="start"):
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>')

    def bar(self, y, width, kind):
        self.parts.append(f'<rect x="{LEFT}" y="{y}" width="{max(width, 1):.1f}" height="{BAR - 2}" rx="2" class="{kind}"/>')

    def rule(self, x, top, bottom, kind):
        self.parts.append(f'<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}" class="{kind}"/>')

    def svg(self):
        return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.y}" width="{WIDTH}" height="{self.y}" role="img" '
                f'aria-label="How long each program takes, case by case">\n<style>{STYLE}</style>\n'
                f'<rect class="page" width="{WIDTH}" height="{self.y}" rx="6"/>\n' + "\n".join(self.parts) + "\n</svg>\n")


def step_of(most):
    """Between two lines of the grid: a round number that makes some five of them."""
    step = 1e-3
    while True:
        for factor in (1, 2, 5):
            if step * factor * 6 >= most:
                return step * factor
        step *= 10


def panel(drawing, title, groups, unit, marked=None):
    """`groups`: [(case, [(label, program, value)])]; `marked`: a value that gets a line of its own."""
    if not groups:
        return
    values = lambda *programs: [value for _, bars in groups for _, program, value in bars if program in programs]
    most = max(values("mailhaul", "mbsync", "dsync"))
    if shown := values("mailhaul"):  # what is far beyond would make all else too short to tell apart
        most = min(most, ROOM_BEYOND * max(shown))
    most = max(most, marked or 0)
    scale = (WIDTH - LEFT - RIGHT) / most
    top = drawing.y + HEAD
    bottom = top + sum(len(bars) * BAR + GAP for _, bars in groups)
    drawing.text(20, drawing.y + 28, title, "title text")
    step, index = step_of(most), 0
    while index * step <= most:
        drawing.rule(LEFT + index * step * scale, top - 6, bottom, "grid")
        drawing.text(LEFT + index * step * scale, bottom + 12, f"{index * step:g}", "faint", "middle")
        index += 1
    y = top
    for name, bars in groups:
        drawing.text(20, y + BAR - 3, name)
        for label, program, value in bars:
            drawing.text(LEFT - 8, y + BAR - 3, label, "faint", "end")
            length = min(value, most) * scale
            drawing.bar(y, length, program)
            drawing.text(LEFT + length + 6, y + BAR - 3, f"{'→ ' if value > most else ''}{value:.2f}{unit}")
            y += BAR
        y += GAP
    if marked is not None:
        drawing.rule(LEFT + marked * scale, top - 6, bottom, "line")
    drawing.y = bottom + 22


def bars_of(by_program, ceiling):
    return [(f"{program}, {variant}" if variant else program, program, result.median("seconds") / ceiling)
            for (program, variant), result in by_program.items()
            if program != "ceiling" and result.runs and not result.trouble]


def chart(results):
    ratios, passes = [], []
    for name, by_program in results.items():
        ceiling = by_program.get(("ceiling", ""), Result()).median("seconds")
        if CASES[name].measured == PASS:
            passes.append((name, bars_of(by_program, 1)))
        elif ceiling:
            ratios.append((name, bars_of(by_program, ceiling)))
    drawing = Drawing()
    panel(drawing, "Copying: times the ceiling (the line at 1); shorter is better", [group for group in ratios if group[1]], "×", 1)
    panel(drawing, "A further pass: seconds; shorter is better", [group for group in passes if group[1]], " s")
    drawing.y += 6
    return drawing.svg()
