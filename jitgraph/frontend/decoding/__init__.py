"""Decoders of sequences, attention and beam search: tf.contrib.seq2seq."""
