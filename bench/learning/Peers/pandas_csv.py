"""Reads a CSV file with pandas, dates included, and prints a measurement as JSON: the best of so many reads in this process."""
import json
import resource
import sys
import time

import pandas

import peak

path, dates, reads = sys.argv[1], [name for name in sys.argv[2].split(",") if name], int(sys.argv[3])
best = None
for _ in range(reads):
    user, start = resource.getrusage(resource.RUSAGE_SELF).ru_utime, time.perf_counter()
    frame = pandas.read_csv(path)
    for name in dates:
        frame[name] = pandas.to_datetime(frame[name])
    run = (time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_utime - user)
    best = run if best is None else min(best, run)
    rows = len(frame)
print(json.dumps({
    "seconds": best[0], "userSeconds": best[1],
    "peakMegabytes": peak.megabytes(), "score": rows}))
