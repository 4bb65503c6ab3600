"""Learns to balance a pole on a cart, by policy gradients; the cart is part of the graph.

In: nothing: carts start near the middle. Out, on the screen: progress, and how long the poles stay
up. One run of the graph plays as many episodes as there are carts, all at once in one `while_loop`,
and takes one step of REINFORCE (R. J. Williams, "Simple statistical gradient-following algorithms
for connectionist reinforcement learning", 1992) with the mean of all carts as its baseline.
The cart: A. G. Barto, R. S. Sutton, C. W. Anderson, "Neuronlike adaptive elements that can solve
difficult learning control problems", 1983.
"""

from __future__ import annotations

import argparse
import math

from command_line import Progress, positive

import jitgraph as tf

GRAVITY, CART_MASS, POLE_MASS, HALF_LENGTH = 9.8, 1.0, 0.1, 0.5
FORCE, SECONDS = 10.0, 0.02
MOST_AWAY, MOST_TILTED = 2.4, math.radians(12)
PARTS = 4
"""A state: where the cart is, how fast it goes, how far the pole tilts, how fast it turns."""


def moved(state: tf.Tensor, goes_right: tf.Tensor) -> tf.Tensor:
    """The states of all carts after they were pushed."""
    place, speed, tilt, turn = tf.unstack(state, axis=1)
    force = tf.where(goes_right, FORCE * tf.ones_like(place), -FORCE * tf.ones_like(place))
    sine, cosine = tf.sin(tilt), tf.cos(tilt)
    mass = CART_MASS + POLE_MASS
    pull = (force + POLE_MASS * HALF_LENGTH * turn * turn * sine) / mass
    inertia = HALF_LENGTH * (4.0 / 3.0 - POLE_MASS * cosine * cosine / mass)
    turning = (GRAVITY * sine - cosine * pull) / inertia
    push = pull - POLE_MASS * HALF_LENGTH * turning * cosine / mass
    changes = tf.stack([speed, push, turn, turning], axis=1)
    return state + SECONDS * changes


def is_up(state: tf.Tensor) -> tf.Tensor:
    """Whether carts are still on their track, and their poles up."""
    return tf.logical_and(tf.abs(state[:, 0]) < MOST_AWAY, tf.abs(state[:, 2]) < MOST_TILTED)


class Agent:
    """The graph: the policy, the episodes it plays, and what it learns of them.

    Args:
      carts: episodes in one run; longest: steps of an episode at most.
      hidden: units of the policy; rate: of learning; discount: of a reward one step later.
    """

    def __init__(
        self, carts: int, longest: int, hidden: int, rate: float, discount: float, seed: int
    ) -> None:
        tf.set_random_seed(seed)
        self.inner = tf.get_variable("inner", [PARTS, hidden])
        self.outer = tf.get_variable("outer", [hidden, 1])
        states, rights, ups = self._play(carts, longest)
        self.length = tf.reduce_mean(tf.reduce_sum(ups, 0))
        powers = tf.expand_dims(discount ** tf.cast(tf.range(longest), tf.float32), 1)
        returns = tf.cumsum(ups * powers, reverse=True) / powers
        playing = tf.maximum(tf.reduce_sum(ups, 1, keepdims=True), 1.0)
        advantage = ups * (returns - tf.reduce_sum(returns * ups, 1, keepdims=True) / playing)
        spread = tf.sqrt(tf.reduce_mean(tf.square(advantage)) + 1e-6)
        logits = tf.reshape(self.logit(tf.reshape(states, [-1, PARTS])), [longest, carts])
        surprise = tf.nn.sigmoid_cross_entropy_with_logits(labels=rights, logits=logits)
        loss = tf.reduce_sum(surprise * advantage / spread) / tf.reduce_sum(ups)
        self.learn = tf.train.AdamOptimizer(rate).minimize(loss)

    def logit(self, state: tf.Tensor) -> tf.Tensor:
        """How much rather the policy pushes to the right."""
        return tf.squeeze(tf.matmul(tf.tanh(tf.matmul(state, self.inner)), self.outer), 1)

    def _play(self, carts: int, longest: int) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """States, pushes to the right, and whether the pole was up, [steps, carts] each."""

        def goes_on(step: tf.Tensor, state: tf.Tensor, up: tf.Tensor, *_: tf.Tensor) -> tf.Tensor:
            return tf.logical_and(step < longest, tf.reduce_any(up))

        def once(
            step: tf.Tensor, state: tf.Tensor, up: tf.Tensor,
            states: tf.Tensor, rights: tf.Tensor, ups: tf.Tensor,
        ) -> list[tf.Tensor]:  # fmt: skip
            right = tf.random_uniform([carts]) < tf.sigmoid(self.logit(state))
            row = tf.reshape(step, [1, 1])
            states = tf.tensor_scatter_update(states, row, tf.expand_dims(state, 0))
            rights = tf.tensor_scatter_update(rights, row, [tf.cast(right, tf.float32)])
            ups = tf.tensor_scatter_update(ups, row, [tf.cast(up, tf.float32)])
            after = moved(state, right)
            return [step + 1, after, tf.logical_and(up, is_up(after)), states, rights, ups]

        first = tf.random_uniform([carts, PARTS], -0.05, 0.05)
        start = [0, first, tf.fill([carts], True), tf.zeros([longest, carts, PARTS])]
        start += [tf.zeros([longest, carts]), tf.zeros([longest, carts])]
        played = tf.while_loop(goes_on, once, start)[3:]
        return tuple(map(tf.stop_gradient, played))


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=positive, default=150, help="of learning")
    parser.add_argument("--carts", type=positive, default=32, help="episodes in each step")
    parser.add_argument("--longest", type=positive, default=200, help="steps of an episode at most")
    parser.add_argument("--hidden", type=positive, default=16, help="units of the policy")
    parser.add_argument("--rate", type=float, default=0.03, help="of learning")
    parser.add_argument("--discount", type=float, default=0.98)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    agent = Agent(
        options.carts, options.longest, options.hidden, options.rate, options.discount, options.seed
    )
    progress = Progress("balancing", options.steps, measure="up for")
    first = 0.0
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for step in range(1, options.steps + 1):
            _, length = session.run([agent.learn, agent.length])
            first = first or length
            progress.show(step, length)
        final = session.run(agent.length)
    progress.finish(f"{options.steps} steps of learning")
    print(f"the pole was up for {first:.1f} of {options.longest} moves at first, now {final:.1f}")


if __name__ == "__main__":
    main()
