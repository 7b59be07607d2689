"""Uncertainties by a moving-block bootstrap of the residuals, with a fixed seed.

Blocks of two years keep the correlation from month to month. The fit is linear, so its
pseudo-inverse is computed once and applied to every replicate.

usage: python3 bootstrap.py CLEAN.csv RESIDUALS.csv SEED COUNT REPLICATES.csv INTERVALS.json
"""

import csv
import json
import math
import random
import sys

EPOCH, BLOCK = 1990.0, 24


def basis(decimal):
    t, w = decimal - EPOCH, 2 * math.pi * decimal
    return [1.0, t, t * t, math.cos(w), math.sin(w), math.cos(2 * w), math.sin(2 * w)]


def inverse(matrix):
    size = len(matrix)
    rows = [list(row) + [float(i == j) for j in range(size)] for i, row in enumerate(matrix)]
    for column in range(size):
        pivot = max(range(column, size), key=lambda i: abs(rows[i][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        scale = rows[column][column]
        rows[column] = [x / scale for x in rows[column]]
        for i in range(size):
            if i != column:
                factor = rows[i][column]
                rows[i] = [x - factor * y for x, y in zip(rows[i], rows[column])]
    return [row[size:] for row in rows]


def pseudo_inverse(design):
    size = len(design[0])
    normal = [[math.fsum(row[i] * row[j] for row in design) for j in range(size)] for i in range(size)]
    inner = inverse(normal)
    return [[sum(a * x for a, x in zip(line, row)) for row in design] for line in inner]


def column(path, name):
    with open(path, newline="", encoding="utf-8") as file:
        return [float(row[name]) for row in csv.DictReader(file)]


def quantities(c):
    """What the paper quotes: growth over the last ten years, acceleration, seasonal range."""
    growth = c[1] + 2 * c[2] * (2021.0 - EPOCH)
    cycle = [sum(a * x for a, x in zip(c[3:], basis((m - 0.5) / 12)[3:])) for m in range(1, 13)]
    return {"growth": growth, "acceleration": 2 * c[2], "seasonal_range": max(cycle) - min(cycle)}


def main(clean, residuals, seed, count, replicates, intervals):
    dates, values = column(clean, "decimal"), column(clean, "co2_ppm")
    rest = column(residuals, "residual_ppm")
    model = [value - r for value, r in zip(values, rest)]
    project = pseudo_inverse([basis(date) for date in dates])
    rng = random.Random(int(seed))
    samples = []
    for _ in range(int(count)):
        drawn = []
        while len(drawn) < len(rest):
            start = int(rng.random() * (len(rest) - BLOCK + 1))
            drawn += rest[start : start + BLOCK]
        series = [m + r for m, r in zip(model, drawn)]
        samples.append(quantities([sum(p * y for p, y in zip(line, series)) for line in project]))

    names = list(samples[0])
    with open(replicates, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["replicate", *names])
        for number, sample in enumerate(samples, 1):
            writer.writerow([number, *(f"{sample[name]:.5f}" for name in names)])
    document = {"seed": int(seed), "replicates": len(samples), "block_months": BLOCK}
    for name in names:
        ordered = sorted(sample[name] for sample in samples)
        mean = math.fsum(ordered) / len(ordered)
        deviation = math.sqrt(math.fsum((x - mean) ** 2 for x in ordered) / (len(ordered) - 1))
        low, high = (ordered[round(q * (len(ordered) - 1))] for q in (0.025, 0.975))
        document[name] = {"deviation": round(deviation, 5), "low": round(low, 5), "high": round(high, 5)}
    with open(intervals, "w", encoding="utf-8", newline="\n") as file:
        json.dump(document, file, indent=2)
        file.write("\n")
    print(f"growth {document['growth']['low']:.3f} .. {document['growth']['high']:.3f} ppm/yr")


main(*sys.argv[1:])
