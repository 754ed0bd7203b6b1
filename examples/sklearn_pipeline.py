"""Tune a scikit-learn pipeline with two alternative models, with the interface of scikit-learn's searches."""

from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

import tanteo as tt
from tanteo.integrations.sklearn import TanteoSearchCV

linear, neighbors = LogisticRegression(max_iter=1000), KNeighborsClassifier()
space = tt.SearchSpace(
    {
        "model": tt.Categorical([linear, neighbors]),
        "model__C": tt.Float(1e-3, 1e3, log=True, when={"model": linear}),
        "model__n_neighbors": tt.Int(1, 30, when={"model": neighbors}),
        "scale": {"with_std": tt.Categorical([True, False])},
    }
)


def main():
    """Search, and print the best configuration with its standard error."""
    x, y = load_wine(return_X_y=True)
    pipeline = Pipeline([("scale", StandardScaler()), ("model", linear)])
    search = TanteoSearchCV(pipeline, space, n_iter=15, cv=5, random_state=0).fit(x, y)
    best = search.study_.best
    print(f"best of {len(search.cv_results_['params'])}: {search.best_params_}")
    folds = tt.Replicates(best.folds.values())
    print(f"accuracy {folds.mean:.3f} ± {folds.sem:.3f} of {search.n_splits_} folds, {search.score(x, y):.3f} refitted")


if __name__ == "__main__":
    main()
