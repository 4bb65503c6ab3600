"""Records checkpoints that TensorFlow 1.15 writes (run it with that TensorFlow; Python 3.7)."""

import base64
import json
import os
import tempfile

import numpy as np
import tensorflow as tf

HERE = os.path.dirname(os.path.abspath(__file__))
DTYPES = "float16 float32 float64 int8 int16 int32 int64 uint8 uint16 bool complex64".split()


def sets():
    rng = np.random.RandomState(7)
    yield {"w": np.arange(6, dtype=np.float32).reshape(2, 3)}
    yield {name: (9 * rng.randn(2, 2)).astype(name) for name in DTYPES}
    yield {"layer%d/kernel" % n: rng.randint(0, 9, [n % 3, 2]).astype(np.int32) for n in range(40)}
    yield {"text": np.array([b"", b"abc", b"de" * 99], object), "step": np.int64(12)}


def recorded(arrays, folder):
    with tf.Graph().as_default(), tf.Session() as session:
        variables = [tf.Variable(array, name=name) for name, array in sorted(arrays.items())]
        session.run(tf.global_variables_initializer())
        prefix = tf.train.Saver(variables).save(
            session, os.path.join(folder, "model"), write_meta_graph=False, write_state=False
        )
        values = session.run(variables)
    encoded = {}
    for key, suffix in (("index", ".index"), ("data", ".data-00000-of-00001")):
        with open(prefix + suffix, "rb") as file:
            encoded[key] = base64.b64encode(file.read()).decode()
    tensors = {}
    for variable, value in zip(variables, values):
        value = np.asarray(value)
        tensors[variable.op.name] = [
            value.dtype.name,
            [str(item) for item in value.ravel().tolist()],
        ]
    return dict(encoded, tensors=tensors)


def main():
    found = [recorded(arrays, tempfile.mkdtemp()) for arrays in sets()]
    with open(os.path.join(HERE, "written_by_tensorflow.json"), "w") as file:
        json.dump(found, file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
