"""Modules that TensorFlow 1 scripts import by their inner path."""
