"""Drops empty months and transcription slips from the raw monthly means.

usage: python3 clean_data.py RAW.csv CLEAN.csv REJECTED.csv
"""

import csv
import sys

LARGEST_STEP = 5.0  # ppm; no month differs by more from the mean of its neighbours


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def reason_to_reject(rows, index):
    value = float(rows[index]["co2_ppm"])
    if value < 0:
        return "no data"
    around = [float(row["co2_ppm"]) for row in rows[max(0, index - 2) : index] + rows[index + 1 : index + 3]]
    around = [other for other in around if other > 0]
    if abs(value - sorted(around)[len(around) // 2]) > LARGEST_STEP:
        return "jump"
    return None


def write(path, header, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main(raw, clean, rejected):
    rows = read(raw)
    kept, dropped = [], []
    for index, row in enumerate(rows):
        reason = reason_to_reject(rows, index)
        date = [row["year"], row["month"]]
        if reason is None:
            kept.append([*date, row["decimal"], row["co2_ppm"]])
        else:
            dropped.append([*date, row["co2_ppm"], reason])
    write(clean, ["year", "month", "decimal", "co2_ppm"], kept)
    write(rejected, ["year", "month", "co2_ppm", "reason"], dropped)
    print(f"{len(kept)} months kept, {len(dropped)} rejected")


main(*sys.argv[1:])
