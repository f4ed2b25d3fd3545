# Prints the expected values of ScikitLearnRows.cs (scikit-learn 1.2.1): apt-get install python3-sklearn; /usr/bin/python3 <this file>
# Takes some seconds. Solver newton-cg, because lbfgs there ends as soon as the loss changes by less than 2e-9, five digits too early.
import numpy as np
from sklearn.linear_model import ElasticNet, LogisticRegression, Ridge

i = np.arange(60)
x = np.column_stack([(i * 37 % 60) / 8, (i * i % 17) / 4, i % 5 == 0, i % 5 == 1]).astype(float)
noise = (i * 7 % 11) / 4
w = 1.0 + i % 3
value = 2 * x[:, 0] - x[:, 1] + 3 * x[:, 2] + noise
yes = (x[:, 0] - x[:, 1] + noise > 3.5).astype(int)
grade = np.where(x[:, 0] + noise < 4, 0, np.where(x[:, 1] + noise < 3, 1, 2))
l2 = 0.01


def show(name, coefficients, intercepts):
    numbers = [f"{v:.12f}" for row in np.column_stack([np.atleast_2d(coefficients), np.atleast_1d(intercepts)]) for v in row]
    print(name, ", ".join(numbers))


logistic = dict(C=1 / (l2 * w.sum()), tol=1e-12, max_iter=100000, solver="newton-cg")
ridge = Ridge(alpha=l2 * w.sum(), solver="cholesky").fit(x, value, sample_weight=w)
show("ridge", ridge.coef_, ridge.intercept_)
binary = LogisticRegression(**logistic).fit(x, yes, sample_weight=w)
show("binary", binary.coef_, binary.intercept_)
multi = LogisticRegression(multi_class="multinomial", **logistic).fit(x, grade, sample_weight=w)
show("multinomial", multi.coef_, multi.intercept_)
net = ElasticNet(alpha=0.3, l1_ratio=0.7, tol=1e-14, max_iter=1000000).fit(x, value, sample_weight=w)
show("elastic net", net.coef_, net.intercept_)
penalty, share = 0.05, 0.6
saga = dict(penalty="elasticnet", l1_ratio=share, C=1 / (penalty * w.sum()), tol=1e-12, max_iter=1000000, solver="saga", random_state=1)
binary = LogisticRegression(**saga).fit(x, yes, sample_weight=w)
show("binary elastic net", binary.coef_, binary.intercept_)
multi = LogisticRegression(multi_class="multinomial", **saga).fit(x, grade, sample_weight=w)
show("multinomial elastic net", multi.coef_, multi.intercept_)
print(np.bincount(yes), np.bincount(grade))
