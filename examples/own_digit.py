"""Tells which digit is in a picture of one's own: a photo or a drawing of a single digit.

In: a picture (any format that Pillow reads), and a folder for the trained network. The first time
the network of deep_mnist.py is trained and saved there; later it is restored. Out: the digit, how
likely each one is, and the picture as the network sees it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from command_line import positive
from deep_mnist import DeepMnist, accuracy_on, train
from kmeans import picture
from mnist import CLASSES, add_data_option, load_both
from pictures import load_digit

import jitgraph as tf

BAR = 40


def trained(session: tf.Session, model: DeepMnist, options: argparse.Namespace) -> None:
    """Restores the network from the folder, or trains and saves it there."""
    saver = tf.train.Saver()
    checkpoint = tf.train.latest_checkpoint(str(options.model))
    if checkpoint:
        saver.restore(session, checkpoint)
        print(f"network restored from {checkpoint}")
        return
    data, held_out = load_both(options.data)
    session.run(tf.global_variables_initializer())
    train(session, model, data, options)
    print(f"accuracy on held-out digits  {accuracy_on(session, model, held_out):.2%}")
    options.model.mkdir(parents=True, exist_ok=True)
    path = saver.save(session, str(options.model / "digits"), global_step=options.steps)
    print(f"network saved in {path}")


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("picture", type=Path, nargs="+", help="pictures of one digit each")
    parser.add_argument("--model", type=Path, default=Path("digits-model"), help="its folder")
    add_data_option(parser)
    parser.add_argument("--steps", type=positive, default=1500, help="of training")
    parser.add_argument("--seed", type=int, default=1, help="of the weights and the shuffling")
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    images = np.stack([load_digit(path) for path in options.picture])
    tf.set_random_seed(options.seed)
    model = DeepMnist()
    probabilities = tf.nn.softmax(model.scores)
    with tf.Session() as session:
        trained(session, model, options)
        found = session.run(probabilities, {model.images: images, model.keep_prob: 1.0})
    for path, image, shares in zip(options.picture, images, found, strict=True):
        print(f"\n{path}: a {shares.argmax()}\n")
        print(picture([image]))
        for digit in range(CLASSES):
            bar = "█" * round(BAR * float(shares[digit]))
            print(f"{digit}  {shares[digit]:6.1%}  {bar}".rstrip())


if __name__ == "__main__":
    main()
