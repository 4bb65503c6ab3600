"""Writes weights/dense, a model's weights as TensorFlow 1.15.5 saves them.

python record_weights.py        under TensorFlow 1.15.5, in this folder
"""

import numpy as np
import tensorflow as tf

if __name__ == "__main__":
    layers = tf.keras.layers
    model = tf.keras.Sequential([layers.Dense(2, input_shape=(3,)), layers.BatchNormalization()])
    rows = [[0, 1], [2, 3], [4, 5]], [6, 7], [8, 9], [1, 2], [3, 4], [5, 6]
    model.set_weights([np.array(each, np.float32) for each in rows])
    model.save_weights("weights/dense")
