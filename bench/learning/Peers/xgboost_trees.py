"""XGBoost on a task that the bench wrote: folder, number of features, threads. Prints one line of JSON."""
import json
import os
import resource
import sys
import time

import numpy as np
import xgboost as xgb

import peak

folder, features, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


def read(name):
    path = os.path.join(folder, name + ".bin")
    rows = os.path.getsize(path) // (4 * features + 1)
    with open(path, "rb") as file:
        columns = np.fromfile(file, np.float32, rows * features).reshape(features, rows)
        labels = np.fromfile(file, np.uint8, rows)
    return np.ascontiguousarray(columns.T), labels


def auc(scores, labels):
    values, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    positive = labels == 1
    p, n = positive.sum(), (~positive).sum()
    return float((ranks[positive].sum() - p * (p + 1) / 2) / (p * n))


x, y = read("train")
before, start = resource.getrusage(resource.RUSAGE_SELF).ru_utime, time.perf_counter()
model = xgb.train(
    dict(objective="binary:logistic", tree_method="hist", grow_policy="lossguide", max_leaves=31, max_depth=0, eta=0.1, nthread=threads),
    xgb.DMatrix(x, y, nthread=threads), 100)
seconds = time.perf_counter() - start
usage = resource.getrusage(resource.RUSAGE_SELF)
test, labels = read("test")
print(json.dumps(dict(
    seconds=seconds, userSeconds=usage.ru_utime - before, peakMegabytes=peak.megabytes(),
    score=auc(model.predict(xgb.DMatrix(test)), labels))))
