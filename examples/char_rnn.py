"""Learns to write a text letter by letter, then writes one of its own.

In: some of Shakespeare's sonnets (data/sonnets.txt), or any text file. Out: progress, and a text
that is drawn from the model, one character after another.
After A. Karpathy, "The unreasonable effectiveness of recurrent neural networks", 2015.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from command_line import Progress, positive

import jitgraph as tf

SONNETS = Path(__file__).resolve().parent / "data" / "sonnets.txt"


class Writer(NamedTuple):
    """The tensors and operations of the graph; the states are tuples of tensors, layer by layer."""

    letters: tf.Tensor
    following: tf.Tensor
    first_state: Any
    last_state: Any
    shares: tf.Tensor
    loss: tf.Tensor
    train_step: tf.Operation


def read_text(path: Path) -> str:
    """The text of a file; ends the program where it can't be read or is too short."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        sys.exit(f"char_rnn: {problem}")
    if len(text) < 2:
        sys.exit(f"char_rnn: {path} holds no text")
    return text


def build_writer(alphabet: int, batch: int, length: int, units: int, layers: int) -> Writer:
    """LSTMs on top of each other that guess each letter's successor."""
    letters = tf.placeholder(tf.int32, [batch, length], name="letters")
    following = tf.placeholder(tf.int32, [batch, length], name="following")
    cells = [tf.nn.rnn_cell.BasicLSTMCell(units) for _ in range(layers)]
    cell = tf.nn.rnn_cell.MultiRNNCell(cells)
    first_state = cell.zero_state(batch, tf.float32)
    vectors = tf.get_variable("vectors", [alphabet, units])
    steps = tf.unstack(tf.nn.embedding_lookup(vectors, letters), axis=1)
    outputs, last_state = tf.nn.static_rnn(cell, steps, initial_state=first_state)
    logits = tf.layers.dense(tf.concat(outputs, 0), alphabet, name="next")
    labels = tf.reshape(tf.transpose(following), [-1])
    each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    loss = tf.reduce_mean(each)
    variables = tf.trainable_variables()
    slopes, _ = tf.clip_by_global_norm(tf.gradients(loss, variables), 5.0)
    optimizer = tf.train.AdamOptimizer(3e-3)
    train_step = optimizer.apply_gradients(zip(slopes, variables, strict=True))
    shares = tf.nn.softmax(logits)
    return Writer(letters, following, first_state, last_state, shares, loss, train_step)


def cut(text: np.ndarray, batch: int, length: int, rng: np.random.Generator) -> tuple[Any, Any]:
    """Pieces of the text from random places, and for each letter the one after it."""
    starts = rng.integers(0, len(text), batch)
    pieces = text[(starts[:, None] + np.arange(length + 1)) % len(text)]
    return pieces[:, :-1], pieces[:, 1:]


def write(
    session: tf.Session, writer: Writer, start: int, count: int, rng: np.random.Generator
) -> list[int]:
    """Letters drawn one by one, each by the shares that the model gives after those before."""
    written = [start]
    state = session.run(writer.first_state)
    for _ in range(count):
        feeds = {writer.letters: [[written[-1]]], writer.first_state: state}
        shares, state = session.run([writer.shares, writer.last_state], feeds)
        shares = shares[0].astype(np.float64)
        written.append(int(rng.choice(len(shares), p=shares / shares.sum())))
    return written


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--text", type=Path, default=SONNETS, help="a file to learn from")
    parser.add_argument("--steps", type=positive, default=600)
    parser.add_argument("--length", type=positive, default=40, help="letters of a piece of text")
    parser.add_argument("--units", type=positive, default=128, help="of each LSTM")
    parser.add_argument("--layers", type=positive, default=1)
    parser.add_argument("--letters", type=positive, default=400, help="how many are written")
    parser.add_argument("--seed", type=int, default=1, help="of the weights and all that is drawn")
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    text = read_text(options.text)
    alphabet = sorted(set(text))
    numbers = {letter: number for number, letter in enumerate(alphabet)}
    data = np.array([numbers[letter] for letter in text], np.int32)
    print(f"{len(data):,} letters of {len(alphabet)} kinds")
    rng = np.random.default_rng(options.seed)
    tf.set_random_seed(options.seed)
    sizes = {"units": options.units, "layers": options.layers}
    batch = 32
    with tf.variable_scope("writer"):
        learner = build_writer(len(alphabet), batch, options.length, **sizes)
    with tf.variable_scope("writer", reuse=tf.AUTO_REUSE):
        writer = build_writer(len(alphabet), 1, 1, **sizes)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        progress = Progress(f"{options.steps} steps", options.steps)
        began = time.perf_counter()
        for step in range(1, options.steps + 1):
            letters, following = cut(data, batch, options.length, rng)
            feeds = {learner.letters: letters, learner.following: following}
            _, loss = session.run([learner.train_step, learner.loss], feeds)
            progress.show(step, float(loss))
        seconds = time.perf_counter() - began
        progress.finish(f"in {seconds:.1f} s, the last loss {loss:.4f}")
        written = write(session, writer, numbers[text[0]], options.letters, rng)
    print("\n" + "".join(alphabet[number] for number in written))


if __name__ == "__main__":
    main()
