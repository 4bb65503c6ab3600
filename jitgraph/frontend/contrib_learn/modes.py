"""Stage frontend: what a model is run for: tf.contrib.learn.ModeKeys."""

from __future__ import annotations


class ModeKeys:
    """What a model is run for: to train, to evaluate, to infer.

    Example:
      >>> tf.contrib.learn.ModeKeys.INFER
      'infer'
    """

    TRAIN = "train"
    EVAL = "eval"
    INFER = "infer"
