"""Draws the three figures: two SVG charts and one PNG of stripes.

No plotting library and no compressor is asked: every byte is written here, so the
figures come out the same on every machine.

usage: python3 draw_figures.py CLEAN.csv FIT_FOLDER REPLICATES.csv FIGURE_FOLDER
"""

import csv
import json
import struct
import sys
import zlib

INK, QUIET, GRID, RED, BLUE = "#24292f", "#57606a", "#e4e7eb", "#c8442f", "#2f6db5"


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Chart:
    """An SVG chart with linear axes."""

    def __init__(self, title, x_range, y_range, size=(760, 440)):
        self.width, self.height = size
        self.x_range, self.y_range = x_range, y_range
        self.left, self.right, self.top, self.bottom = 70, 24, 54, 56
        self.lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{self.height}" '
            f'viewBox="0 0 {self.width} {self.height}" font-family="Helvetica, Arial, sans-serif" font-size="13">',
            f"<title>{title}</title>",
            f'<rect width="{self.width}" height="{self.height}" fill="#ffffff"/>',
            f'<text x="{self.left}" y="30" font-size="17" font-weight="bold" fill="{INK}">{title}</text>',
        ]

    def x(self, value):
        low, high = self.x_range
        return self.left + (value - low) / (high - low) * (self.width - self.left - self.right)

    def y(self, value):
        low, high = self.y_range
        return self.height - self.bottom - (value - low) / (high - low) * (self.height - self.top - self.bottom)

    def text(self, x, y, words, anchor="middle", fill=QUIET, extra=""):
        self.lines.append(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}"{extra}>{words}</text>')

    def axes(self, x_ticks, y_ticks, x_label, y_label):
        floor, end = self.height - self.bottom, self.width - self.right
        for value, label in y_ticks:
            y = self.y(value)
            self.lines.append(f'<path d="M{self.left} {y:.1f}H{end}" stroke="{GRID}"/>')
            self.text(self.left - 10, y + 4.5, label, "end")
        for value, label in x_ticks:
            x = self.x(value)
            self.lines.append(f'<path d="M{x:.1f} {floor}v6" stroke="{QUIET}"/>')
            self.text(x, floor + 21, label)
        self.lines.append(f'<path d="M{self.left} {self.top}V{floor}H{end}" fill="none" stroke="{QUIET}"/>')
        self.text((self.left + end) / 2, self.height - 14, x_label, fill=INK)
        middle = (self.top + floor) / 2
        self.text(20, middle, y_label, fill=INK, extra=f' transform="rotate(-90 20 {middle:.1f})"')

    def curve(self, points, colour, width, dash=""):
        path = "L".join(f"{self.x(x):.1f} {self.y(y):.1f}" for x, y in points)
        dash = f' stroke-dasharray="{dash}"' if dash else ""
        self.lines.append(
            f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linejoin="round"{dash}/>'
        )

    def bar(self, x, low, high, half, colour):
        left, right, top, floor = self.x(x - half), self.x(x + half), self.y(high), self.y(low)
        self.lines.append(
            f'<rect x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{floor - top:.1f}" fill="{colour}"/>'
        )

    def legend(self, entries, x, y):
        for row, (label, colour, width) in enumerate(entries):
            at = y + 20 * row
            self.lines.append(f'<path d="M{x} {at}h28" stroke="{colour}" stroke-width="{width}"/>')
            self.text(x + 36, at + 4.5, label, "start", INK)

    def write(self, path):
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write("\n".join(self.lines) + "\n</svg>\n")


def draw_curve(clean, residuals, path):
    chart = Chart("Carbon dioxide at a Mauna Loa lookalike (synthetic)", (1956, 2028), (305, 435))
    chart.axes(
        [(year, str(year)) for year in range(1960, 2030, 10)],
        [(ppm, str(ppm)) for ppm in range(320, 440, 20)],
        "year",
        "CO\u2082 (ppm)",
    )
    chart.curve([(float(r["decimal"]), float(r["co2_ppm"])) for r in clean], RED, 1)
    chart.curve([(float(r["decimal"]), float(r["trend_ppm"])) for r in residuals[::6] + residuals[-1:]], INK, 2)
    chart.legend([("monthly mean", RED, 1.5), ("quadratic trend", INK, 2)], 100, 78)
    chart.write(path)


def draw_cycle(cycle, replicates, fit, path):
    chart = Chart("Mean seasonal cycle", (0.4, 12.6), (-4.5, 4.5))
    chart.axes(
        [(month, name) for month, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)],
        [(ppm, f"{ppm:+d}".replace("+0", "0").replace("-", "\u2212")) for ppm in range(-4, 5, 2)],
        "month",
        "anomaly (ppm)",
    )
    values = [(int(r["month"]), float(r["anomaly_ppm"])) for r in cycle]
    for month, value in values:
        chart.bar(month, min(value, 0), max(value, 0), 0.36, RED if value > 0 else BLUE)
    chart.curve([(0.4, 0), (12.6, 0)], INK, 1)
    ranges = sorted(float(r["seasonal_range"]) for r in replicates)
    low, high = ranges[round(0.025 * (len(ranges) - 1))], ranges[round(0.975 * (len(ranges) - 1))]
    found = max(v for _, v in values) - min(v for _, v in values)
    chart.text(736, 78, f"range {found:.2f} ppm", "end", INK, ' font-weight="bold"')
    chart.text(736, 97, f"95 % interval {low:.2f} to {high:.2f}", "end")
    chart.text(736, 116, f"{fit['months']} months", "end")
    chart.legend([("above the trend", RED, 9), ("below the trend", BLUE, 9)], 84, 336)
    chart.write(path)


# Sixteen colours from low growth to high growth.
STRIPES = (
    "08306b 08519c 2171b5 4292c6 6baed6 9ecae1 c6dbef deebf7 "
    "fee0d2 fcbba1 fc9272 fb6a4a ef3b2c cb181d a50f15 67000d"
).split()


def deflate(data):
    """A deflate stream of fixed Huffman codes that knows one trick: runs of one byte.

    zlib and zlib-ng compress the same pixels to different bytes; this does not.
    """
    bits = [1, 1, 0]  # last block, fixed codes

    def code(symbol):
        if symbol < 144:
            value, length = 0x30 + symbol, 8
        elif symbol < 256:
            value, length = 0x190 + symbol - 144, 9
        elif symbol < 280:
            value, length = symbol - 256, 7
        else:
            value, length = 0xC0 + symbol - 280, 8
        bits.extend(value >> i & 1 for i in reversed(range(length)))

    at = 0
    while at < len(data):
        for run, symbol in ((258, 285), (10, 264)):
            if at and data[at - 1 : at] * run == data[at : at + run]:
                code(symbol)  # the last byte, that many times more
                bits.extend([0] * 5)  # from one byte back
                at += run
                break
        else:
            code(data[at])
            at += 1
    code(256)
    bits.extend([0] * (-len(bits) % 8))
    packed = bytes(sum(bit << i for i, bit in enumerate(bits[k : k + 8])) for k in range(0, len(bits), 8))
    return b"\x78\x01" + packed + struct.pack(">I", zlib.adler32(data))


def draw_stripes(clean, path, width=10, height=180):
    """One stripe a year: how much the annual mean grew."""
    years = {}
    for row in clean:
        years.setdefault(int(row["year"]), []).append(float(row["co2_ppm"]))
    means = {year: sum(v) / len(v) for year, v in years.items() if len(v) >= 9}
    growth = [means[year] - means[year - 1] for year in sorted(means) if year - 1 in means]
    low, high = min(growth), max(growth)
    row = bytes(min(15, int(16 * (g - low) / (high - low))) for g in growth for _ in range(width))
    pixels = b"\x00" + row + (b"\x02" + bytes(len(row))) * (height - 1)  # "the same as above"

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        file.write(chunk(b"IHDR", struct.pack(">IIBBBBB", len(row), height, 8, 3, 0, 0, 0)))
        file.write(chunk(b"PLTE", bytes.fromhex("".join(STRIPES))))
        file.write(chunk(b"tEXt", b"Title\x00Annual growth of carbon dioxide, one stripe a year (synthetic)"))
        file.write(chunk(b"IDAT", deflate(pixels)))
        file.write(chunk(b"IEND", b""))


def main(clean, fit_folder, replicates, figures):
    rows, residuals = read(clean), read(f"{fit_folder}/residuals.csv")
    with open(f"{fit_folder}/fit.json", encoding="utf-8") as file:
        fit = json.load(file)
    draw_curve(rows, residuals, f"{figures}/co2_curve.svg")
    draw_cycle(read(f"{fit_folder}/seasonal_cycle.csv"), read(replicates), fit, f"{figures}/seasonal_cycle.svg")
    draw_stripes(rows, f"{figures}/growth_stripes.png")
    print("three figures")


main(*sys.argv[1:])
