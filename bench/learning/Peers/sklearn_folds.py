"""scikit-learn's HistGradientBoosting on UCI Abalone in given folds: folder, seed, file of folds, threads. Prints one line of JSON."""
import os
import sys

folder, seed, file, threads = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
os.environ["OMP_NUM_THREADS"] = threads

import json
import resource
import time

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.model_selection import KFold

frame = pd.read_csv(os.path.join(folder, "abalone.csv"))
y = frame.pop("rings").to_numpy(float)
frame["sex"] = frame["sex"].astype("category").cat.codes
x, categorical = frame.to_numpy(float), [c == "sex" for c in frame]
with open(file) as text:
    folds = json.load(text)
random = np.random.RandomState(seed)


def log(low, high):
    return float(np.exp(random.uniform(np.log(low), np.log(high))))


def rmse(model, rows):
    return float(np.sqrt(np.mean((model.predict(x[rows]) - y[rows]) ** 2)))


def judged(rows, point):
    """The mean RMSE over three inner folds, and the mean of the rounds found."""
    scores, rounds = [], []
    for inner, held in KFold(3, shuffle=True, random_state=seed).split(rows):
        if point is None:
            model = HistGradientBoostingRegressor(categorical_features=categorical).fit(x[rows[inner]], y[rows[inner]])
        else:
            model = HistGradientBoostingRegressor(
                max_iter=400, early_stopping=True, n_iter_no_change=30, validation_fraction=0.15, categorical_features=categorical, random_state=seed, **point).fit(x[rows[inner]], y[rows[inner]])
        scores.append(rmse(model, rows[held]))
        rounds.append(model.n_iter_ - (30 if point is not None and model.n_iter_ < 400 else 0))
    return np.mean(scores), max(1, int(round(np.mean(rounds))))


before, start = resource.getrusage(resource.RUSAGE_SELF).ru_utime, time.perf_counter()
results = []
for fold in folds:
    rows = np.setdiff1d(np.arange(len(y)), fold)
    points = [None] + [dict(learning_rate=log(0.02, 0.3), max_leaf_nodes=int(round(log(4, 63))), min_samples_leaf=int(round(log(5, 100))), l2_regularization=log(0.01, 30)) for _ in range(19)]
    tried = [(judged(rows, point), point) for point in points]
    (_, rounds), point = min(tried, key=lambda t: t[0][0])
    settings = {} if point is None else dict(max_iter=rounds, early_stopping=False, **point)
    results.append(rmse(HistGradientBoostingRegressor(categorical_features=categorical, **settings).fit(x[rows], y[rows]), np.array(fold)))
seconds, user = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_utime - before
# The defaults alone are reported, not searched: outside the clock.
defaults = []
for fold in folds:
    rows = np.setdiff1d(np.arange(len(y)), fold)
    defaults.append(rmse(HistGradientBoostingRegressor(categorical_features=categorical).fit(x[rows], y[rows]), np.array(fold)))
print(json.dumps(dict(seconds=seconds, userSeconds=user, rmse=float(np.mean(results)), defaults=float(np.mean(defaults)))))
