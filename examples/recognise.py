"""What a picture shows, by the model that own_pictures.py trained.

In: pictures, JPEG, PNG, GIF or BMP. Out, on the screen: the classes with their probabilities.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from picture_network import CHECKPOINT, decoded, load_classes, reason, scores

import jitgraph as tf


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("picture", nargs="+", type=Path, help="JPEG, PNG, GIF or BMP files")
    parser.add_argument("--model", type=Path, default=Path("own_pictures_model"),
                        help="what own_pictures.py made (default: own_pictures_model)")  # fmt: skip
    options = parser.parse_args()
    names = load_classes(options.model)
    path = tf.placeholder(tf.string, [])
    picture = tf.image.per_image_standardization(decoded(tf.read_file(path)))
    probabilities = tf.nn.softmax(scores(picture[None], len(names)))[0]
    with tf.Session() as session:
        try:
            tf.train.Saver().restore(session, str(options.model / CHECKPOINT))
        except (tf.errors.OpError, ValueError) as error:
            sys.exit(f"can't read the model in {options.model}: {error}")
        unread = 0
        for each in options.picture:
            try:
                found = session.run(probabilities, {path: str(each)})
            except tf.errors.OpError as error:
                print(f"can't read the picture {each}: {reason(error)}", file=sys.stderr)
                unread += 1
                continue
            ranked = sorted(zip(found, names, strict=True), reverse=True)
            shown = ", ".join(f"{name} {share:.1%}" for share, name in ranked[:3])
            print(f"{each}: {shown}")
    sys.exit(min(unread, 1))


if __name__ == "__main__":
    main()
