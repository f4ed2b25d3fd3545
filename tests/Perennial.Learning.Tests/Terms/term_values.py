# Prints term_values.json (scikit-learn 1.2.1): apt-get install python3-sklearn; /usr/bin/python3 <this file> > term_values.json
# Of the texts only ASCII letters have capitals: there scikit-learn's lower-casing and a graph's are the same.
import json
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

texts = [
    "Engine failure on take-off, ENGINE shut down", "bird strike: engine vibration", "Bird strike at 2000 ft", "no damage", "",
    "NO damage found after bird strike", "x y z", "café naïve 鳥鳥 café", "flock of gulls; bird_strike, bird strike again", "take-off aborted after bird strike",
    "engine engine engine", "... !!! ---", "1234 5678 1234", "Café closed", "gulls on runway 27L", "no damage no damage no damage",
]
vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=2)
values = vectorizer.fit_transform(texts).toarray()
terms = vectorizer.get_feature_names_out()
capped = TfidfVectorizer(ngram_range=(1, 2), min_df=2, max_features=3).fit(texts)
print(json.dumps({
    "texts": texts, "terms": list(terms), "weights": list(map(float, vectorizer.idf_)),
    "capped": list(capped.get_feature_names_out()), "values": [[round(float(v), 9) for v in row] for row in values],
}, ensure_ascii=False))
