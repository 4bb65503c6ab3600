"""Ready-made models on made-up data: run by TensorFlow 1.15 to record, and by the tests."""

import numpy as np


def trained(tf, folder):
    """For each model what its evaluation and its predictions are, and two of its numbers."""
    random = np.random.RandomState(0)
    x = {
        "a": random.normal(size=60).astype(np.float32),
        "b": random.normal(size=(60, 2)).astype(np.float32),
        "c": random.choice(["u", "v", "w"], 60),
        "weight": random.uniform(0.5, 1, 60).astype(np.float32),
    }
    two = (x["a"] + x["b"][:, 0] > 0).astype(np.int32)
    three = random.randint(0, 3, 60)
    named = np.array(["p", "q", "s"])[three]
    real = (x["a"] * 2 + x["b"][:, 1]).astype(np.float32)

    columns, estimators = tf.feature_column, tf.estimator
    numbers = [columns.numeric_column("a"), columns.numeric_column("b", shape=2)]
    categories = columns.categorical_column_with_vocabulary_list("c", ["u", "v", "w"])
    all_columns = [
        *numbers,
        categories,
        columns.bucketized_column(numbers[0], [-1.0, 0.0, 1.0]),
    ]

    def inputs(labels, epochs):
        return estimators.inputs.numpy_input_fn(
            x, labels, batch_size=20, num_epochs=epochs, shuffle=False
        )

    listed = []

    def made(kind, *args, **options):
        config = estimators.RunConfig(tf_random_seed=7, model_dir=folder + "/" + str(len(listed)))
        listed.append(getattr(estimators, kind)(*args, config=config, **options))
        return listed[-1]

    models = [
        (made("LinearClassifier", all_columns), two),
        (
            made(
                "LinearClassifier",
                all_columns,
                n_classes=3,
                label_vocabulary=["p", "q", "s"],
                weight_column="weight",
            ),
            named,
        ),
        (made("LinearRegressor", all_columns, optimizer="SGD"), real * 0.01),
        (made("DNNClassifier", [8, 4], numbers, optimizer="Adam"), two),
        (made("DNNClassifier", [8], numbers, n_classes=3, activation_fn=tf.nn.tanh), three),
        (made("DNNRegressor", [8], numbers, weight_column="weight"), real),
        (
            made(
                "DNNLinearCombinedClassifier",
                linear_feature_columns=[categories],
                dnn_feature_columns=[*numbers, columns.embedding_column(categories, 2)],
                dnn_hidden_units=[5],
            ),
            two,
        ),
        (
            made(
                "DNNLinearCombinedRegressor",
                linear_feature_columns=numbers,
                linear_optimizer="SGD",
            ),
            real * 0.01,
        ),
        (
            made(
                "DNNClassifier",
                [6, 5],
                [
                    *numbers,
                    columns.embedding_column(categories, 2),
                    columns.embedding_column(all_columns[-1], 3),
                ],
                batch_norm=True,
                dropout=0.2,
            ),
            two,
        ),
        (made("BaselineClassifier", n_classes=3, weight_column="weight"), three),
        (made("BaselineRegressor", optimizer="Adam"), real),
    ]
    found = []
    for model, labels in models:
        model.train(inputs(labels, None), steps=15)
        metrics = model.evaluate(inputs(labels, 1))
        told = next(iter(model.predict(inputs(None, 1))))
        found.append(
            {
                "metrics": {name: float(value) for name, value in metrics.items()},
                "told": {
                    name: np.asarray(value).tolist()
                    for name, value in told.items()
                    if np.asarray(value).dtype.kind != "O"
                },
                "names": sorted(told),
                "variables": sorted(model.get_variable_names()),
            }
        )
    return found
