"""Records optimizers.json and decays.json: what the runs beside give under TensorFlow 1.15.5.

python tests/frontend/record_optimizers.py
"""

import json
import os

import decay_runs
import optimizer_runs
import tensorflow as tf

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    """Writes both files."""
    optimizers = {code: optimizer_runs.run(tf, code) for code in optimizer_runs.OPTIMIZERS}
    decays = {code: decay_runs.rates(tf, code) for code in decay_runs.DECAYS}
    for code, items in decay_runs.AVERAGES:
        decays["%s of %s" % (code, items)] = decay_runs.averages(tf, code, items)
    write("optimizers", optimizers)
    write("decays", decays)


def write(name, content):
    """Writes one entry a line."""
    lines = (
        "%s:%s" % (json.dumps(key), json.dumps(rounded(value), separators=(",", ":")))
        for key, value in content.items()
    )
    with open(os.path.join(HERE, name + ".json"), "w") as file:
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


def rounded(value):
    """Numbers with eight digits, however deep."""
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return float("%.8g" % value)


if __name__ == "__main__":
    main()
