"""tf.estimator.DNNClassifier on flowers of three kinds, as introductions to Estimators have it."""

import numpy as np
import tensorflow as tf

KINDS = ["Setosa", "Versicolor", "Virginica"]
PARTS = ["SepalLength", "SepalWidth", "PetalLength", "PetalWidth"]
MEANS = np.array([[5.0, 3.4, 1.5, 0.2], [5.9, 2.8, 4.3, 1.3], [6.6, 3.0, 5.5, 2.0]])


def flowers(count, seed):
    random = np.random.RandomState(seed)
    kinds = random.randint(0, 3, count)
    sizes = (MEANS[kinds] + random.normal(0, 0.3, (count, 4))).astype(np.float32)
    return {name: sizes[:, at] for at, name in enumerate(PARTS)}, kinds


def train_input_fn(features, labels, batch_size):
    dataset = tf.data.Dataset.from_tensor_slices((dict(features), labels))
    return dataset.shuffle(200, seed=3).repeat().batch(batch_size)


def eval_input_fn(features, labels, batch_size):
    inputs = dict(features) if labels is None else (dict(features), labels)
    return tf.data.Dataset.from_tensor_slices(inputs).batch(batch_size)


def main():
    tf.logging.set_verbosity(tf.logging.ERROR)
    train_x, train_y = flowers(150, 1)
    test_x, test_y = flowers(40, 2)
    columns = [tf.feature_column.numeric_column(key=key) for key in train_x]
    classifier = tf.estimator.DNNClassifier(
        feature_columns=columns,
        hidden_units=[10, 10],
        n_classes=3,
        config=tf.estimator.RunConfig(tf_random_seed=5),
    )
    classifier.train(input_fn=lambda: train_input_fn(train_x, train_y, 30), steps=120)
    found = classifier.evaluate(input_fn=lambda: eval_input_fn(test_x, test_y, 16))
    print("Test set accuracy: {accuracy:0.3f}".format(**found))
    print(sorted(found), "%.4f %.4f" % (found["loss"], found["average_loss"]))

    expected = ["Setosa", "Versicolor", "Virginica"]
    sizes = np.array([[5.1, 5.9, 6.9], [3.3, 3.0, 3.1], [1.7, 4.2, 5.4], [0.5, 1.5, 2.1]])
    asked = {name: row.astype(np.float32) for name, row in zip(PARTS, sizes)}
    predictions = classifier.predict(input_fn=lambda: eval_input_fn(asked, None, 16))
    for item, kind in zip(predictions, expected):
        number = item["class_ids"][0]
        print(KINDS[number], "%.1f" % (100 * item["probabilities"][number]), kind, item["classes"])
    for name in classifier.get_variable_names():
        print(name, classifier.get_variable_value(name).shape)
    with tf.Session() as session:
        print(session.run(tf.feature_column.input_layer(asked, columns)))


if __name__ == "__main__":
    main()
