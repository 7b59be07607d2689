"""Writes the table of the paper, as CSV and as LaTeX.

usage: python3 write_table.py FIT.json INTERVALS.json CYCLE.csv RESULTS.csv TABLE.tex
"""

import csv
import json
import sys

MONTHS = "January February March April May June July August September October November December".split()


def main(fit, intervals, cycle, table, latex):
    with open(fit, encoding="utf-8") as file:
        c = json.load(file)
    with open(intervals, encoding="utf-8") as file:
        spread = json.load(file)
    with open(cycle, newline="", encoding="utf-8") as file:
        months = [float(row["anomaly_ppm"]) for row in csv.DictReader(file)]
    k, epoch = c["coefficients"], c["epoch"]

    def trend(year):
        t = year - epoch
        return k["c0"] + k["c1"] * t + k["c2"] * t * t

    growth = k["c1"] + 2 * k["c2"] * (2021.0 - epoch)
    rows = [
        ["months used", str(c["months"]), "", ""],
        ["trend at 1960.0", f"{trend(1960.0):.1f}", "", "ppm"],
        ["trend at 2026.0", f"{trend(2026.0):.1f}", "", "ppm"],
        ["growth 2016-2025", f"{growth:.2f}", f"{spread['growth']['deviation']:.2f}", "ppm/yr"],
        ["acceleration", f"{2 * k['c2']:.4f}", f"{spread['acceleration']['deviation']:.4f}", "ppm/yr^2"],
        ["seasonal range", f"{max(months) - min(months):.2f}", f"{spread['seasonal_range']['deviation']:.2f}", "ppm"],
        ["month of maximum", MONTHS[months.index(max(months))], "", ""],
        ["month of minimum", MONTHS[months.index(min(months))], "", ""],
        ["rms of residuals", f"{c['rms_ppm']:.2f}", "", "ppm"],
    ]
    with open(table, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["quantity", "value", "uncertainty", "unit"])
        writer.writerows(rows)
    with open(latex, "w", encoding="utf-8", newline="\n") as file:
        file.write("\\begin{tabular}{lrl}\n\\hline\n")
        for name, value, error, unit in rows:
            number = f"${value} \\pm {error}$" if error else value
            unit = unit.replace("^2", "$^2$")
            file.write(f"{name.replace('-', '--')} & {number} & {unit} \\\\\n")
        file.write("\\hline\n\\end{tabular}\n")
    print(f"{len(rows)} rows")


main(*sys.argv[1:])
