# Makes reference.json with scikit-learn 1.2.1 and NumPy 1.24 (Debian 12: apt-get install python3-sklearn):
#     /usr/bin/python3 reference.py > reference.json
import json
import warnings

import numpy as np
from sklearn import metrics as m

warnings.simplefilter("ignore")
random = np.random.default_rng(20261121)


def rounded(values):
    return [float(v) for v in values]


def curves(y, s, w):
    # Both from high thresholds to low; the last point of the second is a convention, not a threshold.
    false, true, _ = m.roc_curve(y, s, sample_weight=w, drop_intermediate=False)
    precision, recall, _ = m.precision_recall_curve(y, s, sample_weight=w)
    return dict(falsePositiveRates=rounded(false), truePositiveRates=rounded(true),
                recalls=rounded(recall[:-1][::-1]), precisions=rounded(precision[:-1][::-1]))


def average(loss, w):
    return float(np.average(loss, weights=w))


def binary(rows, ties, weighted):
    y = random.integers(0, 2, rows)
    s = np.clip(0.35 * y + random.uniform(0, 0.7, rows), 0.001, 0.999)
    if ties:
        s = np.round(s, 1).clip(0.1, 0.9)
    w = random.uniform(0.2, 3, rows) if weighted else np.ones(rows)
    p = (s >= 0.5).astype(int)
    k = dict(sample_weight=w)
    return dict(task="binary", outputs=1, labels=rounded(y), scores=rounded(s), weights=rounded(w), curves=curves(y, s, w),
                confusion=rounded(m.confusion_matrix(y, p, **k).ravel()), expected=dict(
        accuracy=m.accuracy_score(y, p, **k), balancedAccuracy=m.balanced_accuracy_score(y, p, **k),
        precision=m.precision_score(y, p, **k), recall=m.recall_score(y, p, **k), f1=m.f1_score(y, p, **k),
        rocAuc=m.roc_auc_score(y, s, **k), prAuc=m.average_precision_score(y, s, **k), logLoss=m.log_loss(y, s, **k),
        brier=m.brier_score_loss(y, s, **k), mcc=m.matthews_corrcoef(y, p, **k)))


def multiclass(rows, classes, weighted):
    y = random.integers(0, classes, rows)
    y[:classes] = range(classes)
    s = random.dirichlet(np.ones(classes), rows) + np.eye(classes)[y] * 0.4
    s /= s.sum(axis=1, keepdims=True)
    w = random.uniform(0.2, 3, rows) if weighted else np.ones(rows)
    p = s.argmax(axis=1)
    k = dict(sample_weight=w)
    return dict(task="multiclass", outputs=classes, labels=rounded(y), scores=rounded(s.ravel()), weights=rounded(w),
                confusion=rounded(m.confusion_matrix(y, p, **k).ravel()), expected=dict(
        accuracy=m.accuracy_score(y, p, **k), balancedAccuracy=m.balanced_accuracy_score(y, p, **k),
        rocAuc=m.roc_auc_score(y, s, multi_class="ovr", average="macro", **k),
        prAuc=m.average_precision_score(np.eye(classes)[y], s, average="macro", **k),
        brier=average(((s - np.eye(classes)[y]) ** 2).sum(axis=1), w),
        macroPrecision=m.precision_score(y, p, average="macro", **k), macroRecall=m.recall_score(y, p, average="macro", **k),
        macroF1=m.f1_score(y, p, average="macro", **k), logLoss=m.log_loss(y, s, **k), mcc=m.matthews_corrcoef(y, p, **k)))


def regression(rows, weighted):
    y = random.normal(10, 3, rows)
    s = y + random.normal(0, 1, rows)
    w = random.uniform(0.2, 3, rows) if weighted else np.ones(rows)
    k = dict(sample_weight=w)
    return dict(task="regression", outputs=1, labels=rounded(y), scores=rounded(s), weights=rounded(w), expected=dict(
        rmse=m.mean_squared_error(y, s, squared=False, **k), mae=m.mean_absolute_error(y, s, **k),
        mape=m.mean_absolute_percentage_error(y, s, **k), r2=m.r2_score(y, s, **k),
        quantileLoss10=m.mean_pinball_loss(y, s, alpha=0.1, **k), quantileLoss50=m.mean_pinball_loss(y, s, alpha=0.5, **k),
        quantileLoss90=m.mean_pinball_loss(y, s, alpha=0.9, **k)))


cases = [binary(60, False, False), binary(60, True, False), binary(60, True, True), multiclass(60, 4, False),
         multiclass(60, 3, True), regression(40, False), regression(40, True)]
print("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]")
