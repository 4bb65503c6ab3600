"""Files and folders by name, as tf.gfile gives them."""
