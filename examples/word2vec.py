"""word2vec: learns from a text which words are used alike, and names each word's neighbours.

In: the text of Python's own language reference, which every Python carries (pydoc_data.topics,
under Python's licence), or any text file. Out: progress, and the neighbours of some words.
T. Mikolov et al., "Distributed representations of words and phrases and their compositionality",
NIPS 2013; the loss is noise-contrastive estimation (Gutmann and Hyvärinen, 2010), as in
TensorFlow's tutorial.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from command_line import Progress, positive

import jitgraph as tf

UNKNOWN = "…"
WORD = re.compile(r"[a-z_]+")
FREQUENT = 1e-3


def read_text(path: Path | None) -> str:
    """The text of a file, or Python's language reference."""
    if path is None:
        from pydoc_data.topics import topics

        return "\n".join(topics[name] for name in sorted(topics))
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        sys.exit(f"word2vec: {problem}")


def numbered(text: str, size: int) -> tuple[np.ndarray, list[str]]:
    """The text as numbers of words, and the words: the commonest ones, the rest is one."""
    words = WORD.findall(text.lower())
    common = [word for word, _ in Counter(words).most_common(size - 1)]
    vocabulary = [UNKNOWN, *common]
    numbers = {word: number for number, word in enumerate(vocabulary)}
    return np.array([numbers.get(word, 0) for word in words], np.int32), vocabulary


def thinned(text: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The text without most occurrences of its most frequent words (section 2.3 of the paper)."""
    share = np.bincount(text) / len(text)
    keep = np.sqrt(FREQUENT / np.maximum(share, FREQUENT))
    keep[0] = 0
    return text[rng.random(len(text)) < keep[text]]


def pairs(
    text: np.ndarray, window: int, size: int, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Batches for ever: words, and for each a word that stands near it."""
    while True:
        place = rng.integers(window, len(text) - window, size)
        distance = rng.integers(1, window + 1, size) * rng.choice([-1, 1], size)
        yield text[place], text[place + distance][:, None]


class SkipGram:
    """The graph: a vector for each word, good at telling the words near it from noise."""

    def __init__(self, words: int, width: int, sampled: int, rate: float) -> None:
        self.words = tf.placeholder(tf.int32, [None], name="words")
        self.near = tf.placeholder(tf.int32, [None, 1], name="near")
        vectors = tf.Variable(tf.random_uniform([words, width], -1.0, 1.0), name="vectors")
        weights = tf.Variable(tf.truncated_normal([words, width], stddev=1 / np.sqrt(width)))
        biases = tf.Variable(tf.zeros([words]))
        chosen = tf.nn.embedding_lookup(vectors, self.words)
        losses = tf.nn.nce_loss(
            weights=weights, biases=biases, labels=self.near, inputs=chosen,
            num_sampled=sampled, num_classes=words,
        )  # fmt: skip
        self.loss = tf.reduce_mean(losses)
        self.train_step = tf.train.GradientDescentOptimizer(rate).minimize(self.loss)
        self.unit_vectors = tf.nn.l2_normalize(vectors, 1)


def neighbours(vectors: np.ndarray, number: int, count: int) -> np.ndarray:
    """The numbers of the words whose vectors point most nearly the same way."""
    order = np.argsort(-(vectors @ vectors[number]))
    return order[(order != number) & (order != 0)][:count]


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--text", type=Path, help="a text file (default: Python's reference)")
    parser.add_argument("--steps", type=positive, default=20_000)
    parser.add_argument("--batch-size", type=positive, default=128)
    parser.add_argument("--words", type=positive, default=2000, help="size of the vocabulary")
    parser.add_argument("--width", type=positive, default=64, help="numbers in a word's vector")
    parser.add_argument("--window", type=positive, default=4, help="how far near is")
    parser.add_argument("--sampled", type=positive, default=32, help="noise words a step")
    parser.add_argument("--rate", type=float, default=1.0, help="learning rate")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", default="list class import string true function error")
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    rng = np.random.default_rng(options.seed)
    text, vocabulary = numbered(read_text(options.text), options.words)
    print(f"{len(text):,} words, {len(vocabulary):,} different ones are learnt")
    text = thinned(text, rng)
    if len(text) <= 2 * options.window:
        sys.exit("word2vec: the text is too short")
    tf.set_random_seed(options.seed)
    model = SkipGram(len(vocabulary), options.width, options.sampled, options.rate)
    batched = pairs(text, options.window, options.batch_size, rng)
    progress = Progress("training", options.steps)
    mean = 0.0
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for step in range(1, options.steps + 1):
            words, near = next(batched)
            feed = {model.words: words, model.near: near}
            _, loss = session.run([model.train_step, model.loss], feed)
            mean += (loss - mean) / min(step, 1000)
            progress.show(step, mean)
        progress.finish(f"{options.steps} steps, loss {mean:.3f}")
        vectors = session.run(model.unit_vectors)
    for word in options.show.split():
        if word in vocabulary:
            near = neighbours(vectors, vocabulary.index(word), 6)
            print(f"{word:10} {', '.join(vocabulary[number] for number in near)}")


if __name__ == "__main__":
    main()
