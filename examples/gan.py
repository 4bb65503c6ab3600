"""A generative adversarial network: one net draws digits, another tells them from real ones.

In: the four MNIST files of a folder (a sixth of them comes with the repository).
Out: progress and how often the second net is fooled; with --picture, digits drawn.
I. Goodfellow et al., "Generative adversarial nets", NIPS 2014.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from command_line import Progress, positive
from mnist import add_data_option, endless_batches, load_both
from pictures import save_grid

import jitgraph as tf

NOISE = 64
HIDDEN = 256
LEAK = 0.2


def dense(inputs: tf.Tensor, size: int, name: str) -> tf.Tensor:
    """inputs · weights + bias, with Glorot's initial weights."""
    with tf.variable_scope(name):
        weights = tf.get_variable("weights", [int(inputs.shape[1]), size])
        bias = tf.get_variable("bias", [size], initializer=tf.zeros_initializer())
    return tf.matmul(inputs, weights) + bias


def generator(noise: tf.Tensor, pixels: int) -> tf.Tensor:
    """Images in [-1, 1] from noise."""
    with tf.variable_scope("generator"):
        layer = tf.nn.leaky_relu(dense(noise, HIDDEN, "first"), LEAK)
        layer = tf.nn.leaky_relu(dense(layer, HIDDEN, "second"), LEAK)
        return tf.tanh(dense(layer, pixels, "pixels"))


def discriminator(images: tf.Tensor, keep_prob: tf.Tensor) -> tf.Tensor:
    """Logits: positive for images taken for real ones."""
    with tf.variable_scope("discriminator", reuse=tf.AUTO_REUSE):
        layer = tf.nn.leaky_relu(dense(images, HIDDEN, "first"), LEAK)
        layer = tf.nn.dropout(layer, keep_prob)
        layer = tf.nn.leaky_relu(dense(layer, HIDDEN, "second"), LEAK)
        return dense(tf.nn.dropout(layer, keep_prob), 1, "judgement")


def entropy(logits: tf.Tensor, answer: float) -> tf.Tensor:
    """The mean cross entropy of logits, where all answers should be the same."""
    labels = answer * tf.ones_like(logits)
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits))


class Adversaries:
    """The graph: both nets, and a training step for each."""

    def __init__(self, pixels: int, rate: float) -> None:
        self.images = tf.placeholder(tf.float32, [None, pixels], name="images")
        self.noise = tf.placeholder(tf.float32, [None, NOISE], name="noise")
        keep_prob = tf.placeholder_with_default(0.7, [], name="keep_prob")
        drawn = generator(self.noise, pixels)
        real = discriminator(2.0 * self.images - 1.0, keep_prob)
        faked = discriminator(drawn, keep_prob)
        self.judge_loss = entropy(real, 0.9) + entropy(faked, 0.0)
        self.draw_loss = entropy(faked, 1.0)
        self.fooled = tf.reduce_mean(tf.cast(faked > 0, tf.float32))
        self.judge_step = self._step(self.judge_loss, "discriminator", rate)
        self.draw_step = self._step(self.draw_loss, "generator", rate)
        self.drawn = (drawn + 1.0) / 2.0

    @staticmethod
    def _step(loss: tf.Tensor, scope: str, rate: float) -> tf.Operation:
        variables = tf.trainable_variables(scope)
        return tf.train.AdamOptimizer(rate, beta1=0.5).minimize(loss, var_list=variables)


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_option(parser)
    parser.add_argument("--steps", type=positive, default=6000)
    parser.add_argument("--batch-size", type=positive, default=64)
    parser.add_argument("--rate", type=float, default=2e-4, help="learning rate")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw digits into FILE")
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    data, _ = load_both(options.data)
    tf.set_random_seed(options.seed)
    rng = np.random.default_rng(options.seed)
    model = Adversaries(data.images.shape[1], options.rate)
    batched = endless_batches(data, options.batch_size, rng)
    shown = rng.standard_normal((60, NOISE)).astype(np.float32)
    progress = Progress("training", options.steps)
    fooled = 0.0
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for step in range(1, options.steps + 1):
            noise = rng.standard_normal((options.batch_size, NOISE)).astype(np.float32)
            session.run(model.judge_step, {model.images: next(batched).images, model.noise: noise})
            _, loss, share = session.run(
                [model.draw_step, model.draw_loss, model.fooled], {model.noise: noise}
            )
            fooled += 0.01 * (share - fooled)
            progress.show(step, loss)
        progress.finish(f"{options.steps} steps, of the last drawings {fooled:.0%} passed for real")
        drawn = session.run(model.drawn, {model.noise: shown})
    print(f"pixels drawn: mean {drawn.mean():.3f}, of real digits {data.images.mean():.3f}")
    if options.picture:
        save_grid(options.picture, drawn, 20)


if __name__ == "__main__":
    main()
