"""Fits a quadratic trend and two seasonal harmonics by least squares.

    co2(t) = c0 + c1 t + c2 t^2 + a1 cos wt + b1 sin wt + a2 cos 2wt + b2 sin 2wt,   t = year - 1990

usage: python3 fit_trend.py CLEAN.csv FIT.json RESIDUALS.csv CYCLE.csv
"""

import csv
import json
import math
import sys

EPOCH = 1990.0
NAMES = ["c0", "c1", "c2", "a1", "b1", "a2", "b2"]


def basis(decimal):
    t, w = decimal - EPOCH, 2 * math.pi * decimal
    return [1.0, t, t * t, math.cos(w), math.sin(w), math.cos(2 * w), math.sin(2 * w)]


def solve(matrix, right):
    """Gaussian elimination with partial pivoting."""
    size = len(right)
    rows = [list(row) + [value] for row, value in zip(matrix, right)]
    for column in range(size):
        pivot = max(range(column, size), key=lambda i: abs(rows[i][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        for i in range(column + 1, size):
            factor = rows[i][column] / rows[column][column]
            rows[i] = [x - factor * y for x, y in zip(rows[i], rows[column])]
    result = [0.0] * size
    for i in reversed(range(size)):
        known = sum(rows[i][j] * result[j] for j in range(i + 1, size))
        result[i] = (rows[i][size] - known) / rows[i][i]
    return result


def least_squares(design, values):
    size = len(design[0])
    normal = [[math.fsum(row[i] * row[j] for row in design) for j in range(size)] for i in range(size)]
    right = [math.fsum(row[i] * value for row, value in zip(design, values)) for i in range(size)]
    return solve(normal, right)


def write(path, header, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main(clean, fit, residuals, cycle):
    with open(clean, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    dates = [float(row["decimal"]) for row in rows]
    values = [float(row["co2_ppm"]) for row in rows]
    design = [basis(date) for date in dates]
    found = least_squares(design, values)
    model = [sum(c * x for c, x in zip(found, row)) for row in design]
    rest = [value - fitted for value, fitted in zip(values, model)]
    rms = math.sqrt(math.fsum(r * r for r in rest) / (len(rest) - len(found)))

    with open(fit, "w", encoding="utf-8", newline="\n") as file:
        document = {
            "epoch": EPOCH,
            "months": len(rows),
            "coefficients": {name: round(c, 6) for name, c in zip(NAMES, found)},
            "rms_ppm": round(rms, 4),
        }
        json.dump(document, file, indent=2)
        file.write("\n")
    write(
        residuals,
        ["decimal", "trend_ppm", "residual_ppm"],
        [
            [f"{date:.4f}", f"{sum(c * x for c, x in zip(found[:3], row[:3])):.3f}", f"{r:.3f}"]
            for date, row, r in zip(dates, design, rest)
        ],
    )
    months = [(month, sum(c * x for c, x in zip(found[3:], basis((month - 0.5) / 12)[3:]))) for month in range(1, 13)]
    write(cycle, ["month", "anomaly_ppm"], [[month, f"{value:.3f}"] for month, value in months])
    print(f"rms of the residuals: {rms:.3f} ppm")


main(*sys.argv[1:])
