"""Records GraphDefs and errors of TensorFlow 1.15 (run it with that TensorFlow; Python 3.7)."""

import base64
import json
import os

import models
import numpy as np
import tensorflow as tf
from google.protobuf import text_format

HERE = os.path.dirname(os.path.abspath(__file__))
ROWS = np.linspace(-1, 1, 18).reshape(3, 6).astype(np.float32)


def encoded(graph_def):
    return base64.b64encode(graph_def.SerializeToString()).decode()


def graphs():
    for name, build in models.MODELS.items():
        with tf.Graph().as_default() as graph:
            build(tf, np)
        yield name, encoded(graph.as_graph_def())


def frozen():
    with tf.Graph().as_default() as graph, tf.Session() as session:
        models.classifier(tf, np)
        session.run(tf.global_variables_initializer())
        graph_def = tf.graph_util.convert_variables_to_constants(
            session, graph.as_graph_def(), ["probabilities"]
        )
        outputs = session.run("probabilities:0", {"x:0": ROWS})
    return {"graph": encoded(graph_def), "outputs": outputs.tolist()}


def errors():
    for name, text in models.BROKEN.items():
        graph_def = tf.GraphDef()
        text_format.Merge(models.expanded(text), graph_def)
        with tf.Graph().as_default():
            try:
                tf.import_graph_def(graph_def)
            except Exception as error:
                yield name, [type(error).__name__, str(error)]
            else:
                raise AssertionError(name)


def main():
    found = {"graphs": dict(graphs()), "frozen": frozen(), "errors": dict(errors())}
    with open(os.path.join(HERE, "recorded.json"), "w") as file:
        json.dump(found, file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
