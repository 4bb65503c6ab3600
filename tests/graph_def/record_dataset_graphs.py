"""Records graphs with datasets: run it with TensorFlow 1.15 (Python 3.7).

Out: datasets.json: for each graph its GraphDef, how it is run, and what it gives.
"""

import base64
import json
import os

import tensorflow as tf
from dataset_graphs import GRAPHS, outputs

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    found = {}
    for name, build in GRAPHS.items():
        with tf.Graph().as_default() as graph:
            run = build(tf)
            content = graph.as_graph_def().SerializeToString()
            given = outputs(tf, *run)
        found[name] = {"graph": base64.b64encode(content).decode(), "run": run, "outputs": given}
    with open(os.path.join(HERE, "datasets.json"), "w") as file:
        json.dump(found, file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
