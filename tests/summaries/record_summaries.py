"""Records TensorFlow 1.15.5's summaries: run it under TensorFlow. Out: recorded.json."""

import base64
import json
import os
import tempfile

from summary_cases import summaries

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    """Writes the file."""
    import tensorflow as tf

    found = {title: unpacked(tf, content) for title, content in summaries(tf).items()}
    with open(os.path.join(HERE, "recorded.json"), "w") as file:
        json.dump({"events": events(tf), "summaries": found}, file, indent=1, sort_keys=True)
        file.write("\n")


def unpacked(tf, content):
    """The summary with pixels in the place of packed pictures."""
    found = tf.Summary.FromString(base64.b64decode(content))
    if not found.value[0].HasField("image"):
        return content
    for value in found.value:
        with tf.Graph().as_default(), tf.Session() as session:
            pixels = session.run(tf.image.decode_png(value.image.encoded_image_string))
        value.image.encoded_image_string = pixels.tobytes()
    return base64.b64encode(found.SerializeToString()).decode()


def events(tf):
    """A file of events: three numbers."""
    folder = tempfile.mkdtemp()
    writer = tf.summary.FileWriter(folder)
    for step in range(3):
        value = tf.Summary.Value(tag="loss", simple_value=step / 2)
        writer.add_summary(tf.Summary(value=[value]), step)
    writer.close()
    (name,) = os.listdir(folder)
    with open(os.path.join(folder, name), "rb") as file:
        return base64.b64encode(file.read()).decode()


if __name__ == "__main__":
    main()
