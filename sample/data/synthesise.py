"""Makes monthly_co2.csv. SYNTHETIC: the numbers imitate Mauna Loa, nobody measured them.

    python3 synthesise.py > monthly_co2.csv

Not a step of the pipeline: the pipeline starts from the file.
"""

import math
import random

MISSING = {(1958, 6), (1958, 10), (1964, 2), (1964, 3), (1964, 4), (1975, 12), (1984, 4), (2022, 12)}
SLIPS = {(1971, 7): 9.7, (1996, 2): -8.4}  # two months with a transcription slip

HEADER = """\
# Atmospheric carbon dioxide, monthly mean mole fraction in dry air
# Station: Mauna Loa lookalike, 19.5 N 155.6 W, 3397 m
# *** SYNTHETIC DATA for the ReproLens sample: not a measurement, do not cite ***
# year,month  : calendar month
# decimal     : middle of the month in years
# co2_ppm     : micromol per mol; -99.99 where the month has too few days
# days        : days with a valid daily mean
year,month,decimal,co2_ppm,days"""


def main():
    rng = random.Random(19580329)
    print(HEADER)
    slow = 0.0
    for index in range(1958 * 12 + 2, 2026 * 12):
        year, month = divmod(index, 12)
        month += 1
        decimal = year + (month - 0.5) / 12
        t = decimal - 1990
        noise = math.sqrt(-2 * math.log(1 - rng.random())) * math.cos(2 * math.pi * rng.random())
        slow = 0.94 * slow + 0.13 * noise
        w = 2 * math.pi * decimal
        swing = -1.065 * math.cos(w) + 2.598 * math.sin(w) + 0.678 * math.cos(2 * w) - 0.375 * math.sin(2 * w)
        swing *= 1 + 0.003 * t
        value = 353.9 + 1.587 * t + 0.01345 * t * t + swing + slow + 0.16 * (rng.random() - 0.5)
        value += SLIPS.get((year, month), 0.0)
        days = 18 + int(rng.random() * 11)
        if (year, month) in MISSING:
            value, days = -99.99, int(rng.random() * 5)
        print(f"{year},{month},{decimal:.4f},{value:.2f},{days}")


main()
