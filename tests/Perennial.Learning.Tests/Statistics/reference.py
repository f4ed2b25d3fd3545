# Makes reference.json with SciPy 1.10 and NumPy 1.24 (Debian 12: apt-get install python3-scipy):
#     /usr/bin/python3 reference.py > reference.json
import json

import numpy as np
from scipy import special, stats
from scipy.spatial import distance

random = np.random.default_rng(20261121)


def listed(values):
    return [float(v) for v in values]


def psi(e, a):
    e = (np.array(e) + 0.5) / np.sum(np.array(e) + 0.5)
    a = (np.array(a) + 0.5) / np.sum(np.array(a) + 0.5)
    return float(np.sum((a - e) * np.log(a / e)))


pairs = []
for bins in (2, 5, 12):
    a = random.integers(0, 60, bins)
    b = random.integers(1, 90, bins)
    chi = stats.chi2_contingency([a, b], correction=False)
    pairs.append(dict(first=listed(a), second=listed(b), psi=psi(a, b), jensenShannon=float(distance.jensenshannon(a, b, base=2)),
                      statistic=float(chi[0]), degreesOfFreedom=int(chi[2]), pValue=float(chi[1])))

samples = []
for n, m, shift in ((40, 60, 0.0), (200, 150, 0.3), (500, 500, 0.1)):
    a = np.round(random.normal(0, 1, n), 1)
    b = np.round(random.normal(shift, 1, m), 1)
    ks = stats.ks_2samp(a, b, mode="exact" if n < 300 else "asymp")
    samples.append(dict(first=listed(a), second=listed(b), statistic=float(ks[0]), pValue=float(ks[1])))

print(json.dumps(dict(
    chiSquared=[[x, df, float(stats.chi2.sf(x, df))] for df in (0.5, 1, 2, 7, 30, 200) for x in (0.001, 0.7, 3.0, 25.0, 210.0, 800.0)],
    normal=[[z, float(stats.norm.cdf(z))] for z in (-30.0, -8.0, -3.1, -1.0, -0.01, 0.0, 0.5, 1.96, 5.0, 9.0)],
    quantile=[[p, float(stats.norm.ppf(p))] for p in (1e-300, 1e-12, 0.001, 0.05, 0.3, 0.5, 0.8, 0.975, 0.9999999)],
    kolmogorov=[[x, float(special.kolmogorov(x))] for x in (0.2, 0.4, 0.7, 0.99, 1.0, 1.36, 2.0, 3.5)],
    pairs=pairs, samples=samples)))
