"""A model function with tf.estimator: digits, by a network of one hidden layer."""

import tempfile

import numpy as np
import tensorflow as tf


def digits(count, seed):
    """Pictures of 8x8 pixels: one row and one column are bright, the class tells which."""
    random = np.random.RandomState(seed)
    labels = random.randint(0, 10, count)
    pictures = random.uniform(0, 0.5, (count, 8, 8)).astype(np.float32)
    pictures[np.arange(count), labels % 8] += 0.5
    pictures[np.arange(count), :, labels // 2] += 0.5
    return pictures.reshape(count, 64), labels.astype(np.int32)


def model_fn(features, labels, mode, params):
    hidden = tf.layers.dense(features["x"], params["hidden"], activation=tf.nn.relu, name="hidden")
    logits = tf.layers.dense(hidden, 10, name="logits")
    predictions = {
        "classes": tf.argmax(logits, axis=1),
        "probabilities": tf.nn.softmax(logits, name="softmax_tensor"),
    }
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode=mode, predictions=predictions)
    loss = tf.losses.sparse_softmax_cross_entropy(labels=labels, logits=logits)
    if mode == tf.estimator.ModeKeys.TRAIN:
        optimizer = tf.train.AdamOptimizer(params["learning_rate"])
        train_op = optimizer.minimize(loss, global_step=tf.train.get_global_step())
        return tf.estimator.EstimatorSpec(mode=mode, loss=loss, train_op=train_op)
    metrics = {"accuracy": tf.metrics.accuracy(labels, predictions["classes"])}
    return tf.estimator.EstimatorSpec(mode=mode, loss=loss, eval_metric_ops=metrics)


class Losses(tf.train.SessionRunHook):
    """Prints each twentieth loss, and the operations of the graph once."""

    def begin(self):
        self.count = 0
        for op in tf.get_default_graph().get_operations():
            if op.type in ("VariableV2", "FIFOQueueV2", "ScalarSummary", "QueueDequeueManyV2"):
                print(op.type, op.name)

    def before_run(self, run_context):
        return tf.train.SessionRunArgs(
            tf.get_default_graph().get_tensor_by_name("sparse_softmax_cross_entropy_loss/value:0")
        )

    def after_run(self, run_context, run_values):
        if self.count % 20 == 0:
            print("%d: %.4f" % (self.count, run_values.results))
        self.count += 1


def main():
    tf.logging.set_verbosity(tf.logging.ERROR)
    x, y = digits(400, 1)
    config = tf.estimator.RunConfig(tf_random_seed=7, save_checkpoints_steps=50)
    model = tf.estimator.Estimator(
        model_fn, tempfile.mkdtemp(), config, {"hidden": 32, "learning_rate": 0.01}
    )
    train = tf.estimator.inputs.numpy_input_fn(
        {"x": x}, y, batch_size=50, num_epochs=None, shuffle=False
    )
    model.train(train, steps=60, hooks=[Losses()])
    model.train(train, max_steps=100, hooks=[Losses()])
    x, y = digits(100, 2)
    test = tf.estimator.inputs.numpy_input_fn({"x": x}, y, num_epochs=1, shuffle=False)
    found = model.evaluate(test)
    print(sorted(found), found["global_step"])
    print("accuracy %.3f, loss %.4f" % (found["accuracy"], found["loss"]))
    ask = tf.estimator.inputs.numpy_input_fn({"x": x[:5]}, shuffle=False)
    for item, label in zip(model.predict(ask), y):
        print(item["classes"], label, "%.3f" % item["probabilities"].max())
    for name in model.get_variable_names():
        print(name, model.get_variable_value(name).shape)


if __name__ == "__main__":
    main()
