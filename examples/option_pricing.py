"""What an option is worth: many random paths of its share's price, step by step.

In: the share, the option, how many paths and steps. Out: the prices of a European call (beside
the formula of F. Black and M. Scholes, "The pricing of options and corporate liabilities", 1973)
and of an Asian one, whose pay-off is the mean's over all steps, which no formula gives; with their
standard errors, and the call's delta, the mean of the gradient along each path.
All steps of all paths are one `while_loop`; each run of the graph draws other numbers.
"""

from __future__ import annotations

import argparse
import math

import numpy as np
from command_line import Progress, positive

import jitgraph as tf


class Paths:
    """The graph: discounted pay-offs at the ends of `count` paths.

    Args:
      share: its price now; strike: what the option lets one pay; years: until then.
      rate, volatility: interest, and standard deviation of the price's logarithm, a year.
      count, steps: paths, and steps of each.
    """

    def __init__(
        self, share: float, strike: float, years: float, rate: float, volatility: float,
        count: int, steps: int, seed: int,
    ) -> None:  # fmt: skip
        interval = years / steps
        drift = (rate - volatility**2 / 2) * interval
        spread = volatility * math.sqrt(interval)

        def once(step: tf.Tensor, logarithm: tf.Tensor, total: tf.Tensor) -> list[tf.Tensor]:
            chance = tf.random_normal([count], dtype=tf.float64, seed=seed)
            moved = logarithm + drift + spread * chance
            return [step + 1, moved, total + tf.exp(moved)]

        zeros = tf.zeros([count], tf.float64)
        start = [0, zeros, zeros]
        _, logarithm, total = tf.while_loop(lambda step, *_: step < steps, once, start)
        growth, mean = tf.exp(logarithm), total / steps
        now = tf.constant(share, tf.float64)
        discount = math.exp(-rate * years)
        self.european = discount * tf.maximum(now * tf.stop_gradient(growth) - strike, 0)
        self.asian = discount * tf.maximum(now * mean - strike, 0)
        self.delta = tf.gradients(tf.reduce_mean(self.european), now)[0]


def black_scholes(
    share: float, strike: float, years: float, rate: float, volatility: float
) -> tuple[float, float]:
    """The price of a European call, and its delta."""

    def below(x: float) -> float:
        return (1 + math.erf(x / math.sqrt(2))) / 2

    spread = volatility * math.sqrt(years)
    first = (math.log(share / strike) + (rate + volatility**2 / 2) * years) / spread
    paid = strike * math.exp(-rate * years) * below(first - spread)
    return share * below(first) - paid, below(first)


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--share", type=float, default=100.0, help="its price now")
    parser.add_argument("--strike", type=float, default=105.0)
    parser.add_argument("--years", type=float, default=1.0)
    parser.add_argument("--rate", type=float, default=0.03, help="interest a year")
    parser.add_argument("--volatility", type=float, default=0.2, help="a year")
    parser.add_argument("--paths", type=positive, default=20_000, help="in one run")
    parser.add_argument("--steps", type=positive, default=52, help="of each path")
    parser.add_argument("--runs", type=positive, default=20)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    terms = (options.share, options.strike, options.years, options.rate, options.volatility)
    paths = Paths(*terms, options.paths, options.steps, options.seed)
    progress = Progress("paths", options.runs, measure="price")
    payoffs: list[np.ndarray] = []
    deltas: list[float] = []
    with tf.Session() as session:
        for run in range(1, options.runs + 1):
            european, asian, delta = session.run([paths.european, paths.asian, paths.delta])
            payoffs.append(np.stack([european, asian]))
            deltas.append(delta)
            progress.show(run, european.mean())
    found = np.concatenate(payoffs, axis=1)
    count = found.shape[1]
    progress.finish(f"{count} of {options.steps} steps each")
    price, delta = black_scholes(*terms)
    means, errors = found.mean(1), found.std(1) / math.sqrt(count)
    print(f"European call  {means[0]:8.4f} ± {errors[0]:.4f}, by the formula {price:8.4f}")
    print(f"       its delta {np.mean(deltas):6.4f},          by the formula {delta:8.4f}")
    print(f"Asian call     {means[1]:8.4f} ± {errors[1]:.4f}")


if __name__ == "__main__":
    main()
