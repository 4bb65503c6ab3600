"""Your own pictures, one folder a class: into records, through a queue, into a network.

In: a folder with a folder for each class, of JPEG, PNG, GIF or BMP files; without one, it draws
circles, squares and triangles. Out: a model in a folder, that recognise.py asks; progress and the
accuracy on a fifth of the pictures, which are held out.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
from command_line import Progress, positive
from picture_network import CHECKPOINT, SIDE, decoded, reason, save_classes, scores

import jitgraph as tf

ENDINGS = (".jpg", ".jpeg", ".png", ".gif", ".bmp")
HELD_OUT = 5
Pairs = list[tuple[Path, int]]


def listed(folder: Path) -> tuple[list[str], Pairs]:
    """The classes, and pictures with their class; ends the program where there is too little."""
    if not folder.is_dir():
        sys.exit(f"{folder} is not a folder")
    classes = [path for path in shown(folder) if path.is_dir()]
    if len(classes) < 2:
        sys.exit(
            f"two folders at least, one for each class, are needed in {folder}: "
            f"it has {len(classes)}"
        )
    pairs = []
    for number, each in enumerate(classes):
        found = [path for path in shown(each) if path.suffix.lower() in ENDINGS and path.is_file()]
        if len(found) < HELD_OUT:
            sys.exit(
                f"{HELD_OUT} pictures at least ({', '.join(ENDINGS)}) are needed in {each}: "
                f"it has {len(found)}"
            )
        pairs += [(path, number) for path in found]
    return [each.name for each in classes], pairs


def shown(folder: Path) -> list[Path]:
    """What a folder has, without what programs keep there for themselves."""
    return sorted(path for path in folder.iterdir() if not path.name.startswith((".", "__")))


def write_records(pairs: Pairs, path: Path) -> list[int]:
    """The classes of pictures written to a file of records; leaves out what is no picture."""
    contents = tf.placeholder(tf.string, [])
    picture = decoded(contents)
    written = []
    with tf.Session() as session, tf.python_io.TFRecordWriter(str(path)) as writer:
        for name, number in pairs:
            try:
                data = name.read_bytes()
                session.run(picture.op, {contents: data})
            except (OSError, tf.errors.InvalidArgumentError) as error:
                print(f"left out: {name}: {reason(error)}", file=sys.stderr)
                continue
            features = {
                "picture": tf.train.Feature(bytes_list=tf.train.BytesList(value=[data])),
                "class": tf.train.Feature(int64_list=tf.train.Int64List(value=[number])),
            }
            example = tf.train.Example(features=tf.train.Features(feature=features))
            writer.write(example.SerializeToString())
            written.append(number)
    return written


def batches(path: Path, size: int, *, is_training: bool) -> tuple[tf.Tensor, tf.Tensor]:
    """Pictures and classes; shuffled, turned and brightened without end, or each once."""
    queue = tf.train.string_input_producer([str(path)], None if is_training else 1)
    _, record = tf.TFRecordReader().read(queue)
    features = {
        "picture": tf.FixedLenFeature([], tf.string),
        "class": tf.FixedLenFeature([], tf.int64),
    }
    found = tf.parse_single_example(record, features)
    picture = decoded(found["picture"])
    if is_training:
        picture = tf.image.random_flip_left_right(picture)
        picture = tf.image.random_contrast(tf.image.random_brightness(picture, 0.2), 0.7, 1.4)
    pair = [tf.image.per_image_standardization(picture), found["class"]]
    if not is_training:
        return tf.train.batch(pair, size, allow_smaller_final_batch=True)
    return tf.train.shuffle_batch(pair, size, 4 * size, size, num_threads=2)


def train(records: Path, model: Path, classes: int, steps: int, size: int) -> None:
    """Trains the network, until Ctrl-C if that comes first, and saves it."""
    with tf.Graph().as_default():
        tf.set_random_seed(1)
        pictures, labels = batches(records, size, is_training=True)
        loss = tf.losses.sparse_softmax_cross_entropy(
            labels, scores(pictures, classes, is_training=True)
        )
        step = tf.train.AdamOptimizer(2e-3).minimize(loss)
        saver = tf.train.Saver()
        progress = Progress("training", steps)
        recent: list[float] = []
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(tf.local_variables_initializer())
            coordinator = tf.train.Coordinator()
            threads = tf.train.start_queue_runners(session, coordinator)
            done = 0
            try:
                for number in range(1, steps + 1):
                    _, now = session.run([step, loss])
                    recent, done = [*recent[-19:], now], number
                    progress.show(number, float(np.mean(recent)))
            except KeyboardInterrupt:
                if not done:
                    raise
            progress.finish(f"{done} steps, loss {np.mean(recent):.4f}")
            saver.save(session, str(model / CHECKPOINT))
            coordinator.request_stop()
            coordinator.join(threads)


def accuracy(records: Path, model: Path, classes: int) -> tuple[int, int]:
    """How many of the held-out pictures the saved model tells, and how many there are."""
    right = count = 0
    with tf.Graph().as_default():
        pictures, labels = batches(records, 50, is_training=False)
        told = tf.argmax(scores(pictures, classes), 1)
        saver = tf.train.Saver()
        with tf.Session() as session:
            session.run(tf.local_variables_initializer())
            saver.restore(session, str(model / CHECKPOINT))
            coordinator = tf.train.Coordinator()
            threads = tf.train.start_queue_runners(session, coordinator)
            try:
                while True:
                    found, expected = session.run([told, labels])
                    right, count = right + int((found == expected).sum()), count + len(found)
            except tf.errors.OutOfRangeError:
                coordinator.request_stop()
            coordinator.join(threads)
    return right, count


def draw_shapes(folder: Path, count: int = 150) -> None:
    """Pictures of circles, squares and triangles, of any place, size and colour."""
    random = np.random.RandomState(0)
    y, x = np.mgrid[:96, :96]
    contents = tf.placeholder(tf.uint8, [96, 96, 3])
    jpeg = tf.image.encode_jpeg(contents)
    with tf.Session() as session:
        for kind in ("circle", "square", "triangle"):
            (folder / kind).mkdir(parents=True, exist_ok=True)
            for number in range(count):
                down, across, size = random.uniform([35, 35, 12], [60, 60, 30])
                dy, dx = y - down, x - across
                inside = {
                    "circle": dy**2 + dx**2 < size**2,
                    "square": np.maximum(np.abs(dy), np.abs(dx)) < size * 0.9,
                    "triangle": (dy < size * 0.8) & (np.abs(dx) * 1.7 - dy < size * 0.9),
                }[kind]
                paper, ink = random.uniform(0, 255, (2, 3))
                pixels = np.where(inside[..., None], ink, paper) + random.normal(0, 9, (96, 96, 3))
                data = session.run(jpeg, {contents: np.clip(pixels, 0, 255).astype(np.uint8)})
                (folder / kind / f"{number}.jpg").write_bytes(data)


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, help="one folder a class inside")
    parser.add_argument("--model", type=Path, default=Path("own_pictures_model"),
                        help="where the model goes (default: own_pictures_model)")  # fmt: skip
    parser.add_argument("--steps", type=positive, default=400, help="(default: 400)")
    parser.add_argument("--batch-size", type=positive, default=32, help="(default: 32)")
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    with tempfile.TemporaryDirectory() as drawn:
        folder = options.folder or Path(drawn)
        if options.folder is None:
            draw_shapes(folder)
        names, pairs = listed(folder)
        random = np.random.RandomState(0)
        mixed = [pairs[place] for place in random.permutation(len(pairs))]
        held_out, rest = mixed[: len(mixed) // HELD_OUT], mixed[len(mixed) // HELD_OUT :]
        try:
            options.model.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            sys.exit(f"the model can't go to {options.model}: {error.strerror}")
        records, test = options.model / "train.tfrecords", options.model / "test.tfrecords"
        to_learn, to_tell = write_records(rest, records), write_records(held_out, test)
    unseen = [name for number, name in enumerate(names) if number not in to_learn]
    if unseen or not to_tell:
        sys.exit(f"too few pictures can be read: {', '.join(unseen) or 'none is held out'}")
    print(
        f"{len(to_learn)} pictures to train on, {len(to_tell)} held out, {SIDE}x{SIDE}: "
        f"{', '.join(names)}"
    )
    train(records, options.model, len(names), options.steps, options.batch_size)
    save_classes(options.model, names)
    right, count = accuracy(test, options.model, len(names))
    print(f"held-out pictures told: {right} of {count} ({right / count:.1%})")
    print(f"model in {options.model}; ask it: recognise.py PICTURE --model {options.model}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("stopped")
