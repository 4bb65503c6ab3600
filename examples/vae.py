"""A variational autoencoder: learns what digits are like, and draws new ones.

In: the four MNIST files of a folder (a sixth of them comes with the repository).
Out: progress and the bound on held-out digits; with --picture, digits drawn from noise.
D. P. Kingma and M. Welling, "Auto-encoding variational Bayes", ICLR 2014.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from command_line import Progress, positive
from mnist import add_data_option, endless_batches, load_both
from pictures import save_grid

import jitgraph as tf

HIDDEN = 256


def dense(inputs: tf.Tensor, size: int, name: str) -> tf.Tensor:
    """inputs · weights + bias, with Glorot's initial weights."""
    with tf.variable_scope(name, reuse=tf.AUTO_REUSE):
        weights = tf.get_variable("weights", [int(inputs.shape[1]), size])
        bias = tf.get_variable("bias", [size], initializer=tf.zeros_initializer())
    return tf.matmul(inputs, weights) + bias


def decode(code: tf.Tensor, pixels: int) -> tf.Tensor:
    """Logits of the pixels."""
    return dense(tf.nn.tanh(dense(code, HIDDEN, "decoder")), pixels, "pixels")


class VariationalAutoencoder:
    """The graph: a normal distribution of codes for each digit, and pixels for a code of it."""

    def __init__(self, pixels: int, size: int, rate: float) -> None:
        self.images = tf.placeholder(tf.float32, [None, pixels], name="images")
        hidden = tf.nn.tanh(dense(self.images, HIDDEN, "encoder"))
        mean = dense(hidden, size, "mean")
        log_variance = dense(hidden, size, "log_variance")
        noise = tf.random_normal(tf.shape(mean))
        self.code = mean + tf.exp(0.5 * log_variance) * noise
        logits = decode(self.code, pixels)
        entropy = tf.nn.sigmoid_cross_entropy_with_logits(labels=self.images, logits=logits)
        divergence = -0.5 * (1 + log_variance - tf.square(mean) - tf.exp(log_variance))
        self.loss = tf.reduce_mean(tf.reduce_sum(entropy, 1) + tf.reduce_sum(divergence, 1))
        self.train_step = tf.train.AdamOptimizer(rate).minimize(self.loss)
        self.drawn = tf.sigmoid(decode(self.code, pixels))


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_option(parser)
    parser.add_argument("--steps", type=positive, default=3000)
    parser.add_argument("--batch-size", type=positive, default=128)
    parser.add_argument("--code", type=positive, default=8, help="numbers that a digit becomes")
    parser.add_argument("--rate", type=float, default=1e-3, help="learning rate")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw new digits into FILE")
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    data, held_out = load_both(options.data)
    tf.set_random_seed(options.seed)
    rng = np.random.default_rng(options.seed)
    model = VariationalAutoencoder(data.images.shape[1], options.code, options.rate)
    batched = endless_batches(data, options.batch_size, rng)
    progress = Progress("training", options.steps)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for step in range(1, options.steps + 1):
            feed = {model.images: next(batched).images}
            _, loss = session.run([model.train_step, model.loss], feed)
            progress.show(step, loss)
        progress.finish(f"{options.steps} steps, loss {loss:.2f}")
        bound = session.run(model.loss, {model.images: held_out.images})
        codes = rng.standard_normal((60, options.code)).astype(np.float32)
        drawn = session.run(model.drawn, {model.code: codes})
    print(f"bound on -log p of held-out digits  {bound:.2f} nats")
    if options.picture:
        save_grid(options.picture, drawn, 20)


if __name__ == "__main__":
    main()
