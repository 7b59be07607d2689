"""Compares the two tables of the paper, number by number, with their uncertainties.

Not a step of the pipeline: whoever proofreads runs it. It is the one script here that needs a package
(see requirements.in).
"""
import csv
import re
import sys

from uncertainties import ufloat_fromstr

NUMBER = re.compile(r"-?\d+(\.\d+)?$")


def number(text, spread):
    """A number with its uncertainty; without one it is compared as it is written."""
    return ufloat_fromstr(f"{text}+/-{spread}") if spread else text


def from_csv(path):
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if NUMBER.match(row["value"]):
                yield row["quantity"], number(row["value"], row["uncertainty"])


def from_latex(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            name, _, rest = line.partition(" & ")
            text, _, spread = rest.partition(" & ")[0].strip("$ ").partition(r" \pm ")
            if NUMBER.match(text):
                yield name.replace("--", "-"), number(text, spread)


def main():
    table = dict(from_csv("WriteTable/results.csv"))
    paper = dict(from_latex("WriteTable/table.tex"))
    status = 0 if table.keys() == paper.keys() else 1
    for name in table.keys() & paper.keys():
        ours, theirs = table[name], paper[name]
        if str(ours) == str(theirs):
            continue
        status = 1
        print(f"{name}: {ours} in the CSV, {theirs} in the paper")
        if not isinstance(theirs, str):
            print(f"  {abs(ours.n - theirs.n) / theirs.s:.1f} standard deviations apart")
    if status == 0:
        print(f"{len(table)} numbers, the same in both")
    return status


if __name__ == "__main__":
    sys.exit(main())
