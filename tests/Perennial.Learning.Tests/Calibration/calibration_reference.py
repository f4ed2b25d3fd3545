# Makes calibration_reference.json with scikit-learn 1.2.1, SciPy and NumPy 1.24 (Debian 12: apt-get install python3-sklearn):
#     /usr/bin/python3 calibration_reference.py > calibration_reference.json
# Weights are whole numbers: where scikit-learn counts rows, each row stands there as often as it weighs.
import json

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import logit, softmax
from sklearn.calibration import _SigmoidCalibration, calibration_curve
from sklearn.isotonic import IsotonicRegression

random = np.random.default_rng(20261121)


def listed(values):
    return [float(v) for v in values]


def filled(scores):
    # The bins of calibration_curve: an edge belongs to the bin below it.
    counts = np.bincount(np.searchsorted(np.linspace(0, 1, 11)[1:-1], scores), minlength=10)
    return counts[counts > 0]


def binary(rows, ties):
    margin = random.normal(0, 2.5, rows)
    y = (random.uniform(size=rows) < 1 / (1 + np.exp(-0.5 * margin + 0.7))).astype(int)
    s = 1 / (1 + np.exp(-margin))
    if ties:
        s = np.round(s, 2).clip(0.01, 0.99)
    w = random.integers(1, 4, rows)
    often = np.repeat(np.arange(rows), w)
    platt = _SigmoidCalibration().fit(logit(s)[often], y[often])
    curve = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(s, y, sample_weight=w)
    at = np.linspace(0, 1, 41)
    true, told = calibration_curve(y[often], s[often], n_bins=10)
    counts = filled(s[often])
    return dict(labels=listed(y), scores=listed(s), weights=listed(w),
                slope=-platt.a_, intercept=-platt.b_,
                at=listed(at), isotonic=listed(curve.predict(at)), plattAt=listed(platt.predict(logit(at.clip(1e-9, 1 - 1e-9)))),
                told=listed(told), true=listed(true),
                error=float((counts * np.abs(true - told)).sum() / counts.sum()))


def multiclass(rows, classes):
    logits = random.normal(0, 3, (rows, classes))
    y = np.array([random.choice(classes, p=softmax(z / 2.2)) for z in logits])
    s = softmax(logits, axis=1)
    w = random.integers(1, 4, rows)
    log = np.log(s)

    def loss(t):
        return -(w * np.log(softmax(log / t, axis=1)[np.arange(rows), y])).sum()

    # Top-label calibration error: the share of right answers by the probability of the answer.
    best = s.max(axis=1)
    right = (s.argmax(axis=1) == y).astype(int)
    often = np.repeat(np.arange(rows), w)
    true, told = calibration_curve(right[often], best[often], n_bins=10)
    counts = filled(best[often])
    return dict(outputs=classes, labels=listed(y), scores=listed(s.ravel()), weights=listed(w),
                temperature=float(minimize_scalar(loss, bounds=(0.1, 20), method="bounded", options=dict(xatol=1e-10)).x),
                error=float((counts * np.abs(true - told)).sum() / counts.sum()))


print(json.dumps(dict(binary=[binary(300, False), binary(400, True)], multiclass=[multiclass(250, 3), multiclass(200, 5)])))
