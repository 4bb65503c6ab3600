"""Records a SavedModel of TensorFlow 1.15 (run it with that TensorFlow), or reads one.

Without arguments it writes `recorded.json`; with a folder it loads that and prints what it gives.
"""

import base64
import json
import os
import sys
import tempfile

import numpy as np
import tensorflow as tf

HERE = os.path.dirname(os.path.abspath(__file__))
ROWS = np.linspace(-1, 1, 6).reshape(2, 3).astype(np.float32)


def build(folder):
    """A model with a variable, an asset and a main op, in a folder."""
    source = os.path.join(tempfile.mkdtemp(), "words.txt")
    with open(source, "w") as file:
        file.write("cat dog")
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        w = tf.Variable(np.arange(6, dtype=np.float32).reshape(3, 2), name="w")
        ready = tf.Variable(0, name="ready", collections=[tf.GraphKeys.LOCAL_VARIABLES])
        path = tf.constant(source, name="path")
        words = tf.Variable("", name="words", collections=[tf.GraphKeys.LOCAL_VARIABLES])
        y = tf.matmul(x, w, name="y")
        session.run(tf.global_variables_initializer())
        start = tf.group(ready.initializer, words.initializer)
        with tf.control_dependencies([start]):
            main_op = tf.group(tf.assign(ready, 7), tf.assign(words, path))
        signature = tf.saved_model.signature_def_utils.predict_signature_def({"x": x}, {"y": y})
        builder = tf.saved_model.builder.SavedModelBuilder(folder)
        builder.add_meta_graph_and_variables(
            session, ["serve"], {"serving_default": signature}, [path], main_op=main_op
        )
        builder.add_meta_graph(["serve", "gpu"], {"serving_default": signature})
        builder.save()
        return session.run(y, {x: ROWS}).tolist()


def loaded(folder):
    """What a model that `build` made gives."""
    with tf.Graph().as_default(), tf.Session() as session:
        found = tf.saved_model.loader.load(session, ["serve"], folder)
        signature = found.signature_def["serving_default"]
        y = session.run(signature.outputs["y"].name, {signature.inputs["x"].name: ROWS})
        ready, words = session.run(["ready:0", "words:0"])
        return {"y": y.tolist(), "ready": int(ready), "words": os.path.basename(words).decode()}


def files_of(folder):
    found = {}
    for here, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(here, name)
            with open(path, "rb") as file:
                key = os.path.relpath(path, folder)
                found[key] = base64.b64encode(file.read()).decode()
    return found


def main():
    if sys.argv[1:]:
        print(json.dumps(loaded(sys.argv[1]), sort_keys=True))
        return
    folder = os.path.join(tempfile.mkdtemp(), "model")
    build(folder)
    recorded = {"files": files_of(folder), "loaded": loaded(folder)}
    with open(os.path.join(HERE, "recorded.json"), "w") as file:
        json.dump(recorded, file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
