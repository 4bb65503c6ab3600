"""Frames, windows and spectra of signals, as tf.signal has them."""
