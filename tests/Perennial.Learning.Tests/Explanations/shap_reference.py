# Makes shap_reference.json: trees and their contributions as XGBoost computes them (path-dependent TreeSHAP), with XGBoost 1.7.4 and NumPy 1.24
# (Debian 12: apt-get install python3-xgboost):
#     /usr/bin/python3 shap_reference.py > shap_reference.json
import json
import sys

import numpy as np
import xgboost

rng = np.random.default_rng(20240607)
x = rng.normal(size=(600, 6)).astype(np.float32).round(2)
x[rng.random(x.shape) < 0.1] = np.nan
known = np.nan_to_num(x)
y = (known[:, 0] * known[:, 1] + np.sin(2 * known[:, 2]) + 0.3 * rng.normal(size=600) > 0.2).astype(int)
booster = xgboost.train(
    {"objective": "binary:logistic", "max_depth": 6, "eta": 0.3, "base_score": 0.5, "tree_method": "hist"},
    xgboost.DMatrix(x, y), num_boost_round=8)


def nodes(tree):
    found = {}

    def walk(node):
        found[node["nodeid"]] = node
        for child in node.get("children", []):
            walk(child)

    walk(tree)
    return [found[i] for i in sorted(found)]


def arrays(tree):
    flat = nodes(tree)
    place = {node["nodeid"]: i for i, node in enumerate(flat)}
    return {
        "feature": [int(n["split"][1:]) if "split" in n else -1 for n in flat],
        # XGBoost goes left below the threshold.
        "below": [n.get("split_condition", 0) for n in flat],
        "missingLeft": [n.get("missing") == n.get("yes") if "split" in n else False for n in flat],
        "left": [place[n["yes"]] if "split" in n else 0 for n in flat],
        "right": [place[n["no"]] if "split" in n else 0 for n in flat],
        "value": [n.get("leaf", 0) for n in flat],
        "cover": [n["cover"] for n in flat],
    }


rows = x[:25]
contributions = booster.predict(xgboost.DMatrix(rows), pred_contribs=True)
trees = [arrays(json.loads(dump)) for dump in booster.get_dump(dump_format="json", with_stats=True)]
json.dump({
    "xgboost": xgboost.__version__,
    "trees": trees,
    "rows": [[None if np.isnan(v) else float(v) for v in row] for row in rows],
    "contributions": [[float(v) for v in row[:-1]] for row in contributions],
    "baseValue": float(contributions[0][-1]),
}, sys.stdout, separators=(",", ":"))
