#!/bin/sh
# Makes every output again, from the raw data. Needs Python 3.8 or newer and nothing else.
set -eu
cd "$(dirname "$0")"
(cd CleanData && python3 clean_data.py ../data/monthly_co2.csv monthly_clean.csv rejected.csv)
(cd FitTrend && python3 fit_trend.py ../CleanData/monthly_clean.csv fit.json residuals.csv seasonal_cycle.csv)
(cd BootstrapUncertainty && python3 bootstrap.py ../CleanData/monthly_clean.csv ../FitTrend/residuals.csv 1958 500 replicates.csv intervals.json)
(cd DrawFigures && python3 draw_figures.py ../CleanData/monthly_clean.csv ../FitTrend ../BootstrapUncertainty/replicates.csv ../Figures)
(cd WriteTable && python3 write_table.py ../FitTrend/fit.json ../BootstrapUncertainty/intervals.json ../FitTrend/seasonal_cycle.csv results.csv table.tex)
