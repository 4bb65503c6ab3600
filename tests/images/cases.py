"""Expressions on files of pictures: run by TensorFlow 1.15 to record, and by the tests."""

import os

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))


def contents(name):
    """What is in one of the pictures beside this file."""
    with open(os.path.join(HERE, "pictures", name), "rb") as file:
        return file.read()


_METHODS = ("", "INTEGER_FAST", "INTEGER_ACCURATE")
_JPEGS = ("444", "422", "420", "progressive", "grey", "cmyk", "tiny")
_PNGS = (
    *("rgb", "grey", "bits", "palette", "clear_palette", "clear_rgb", "rgba", "la"),
    *("deep1", "deep2", "deep3", "deep4"),
)

PIXELS = [
    *(f"tf.image.decode_jpeg(P('{name}.jpg'))" for name in _JPEGS),
    *(f"tf.image.decode_jpeg(P('{name}.jpg'), channels=1)" for name in _JPEGS if name != "cmyk"),
    *(f"tf.image.decode_jpeg(P('{name}.jpg'), channels=3)" for name in ("grey", "cmyk")),
    *(f"tf.image.decode_jpeg(P('420.jpg'), ratio={ratio})" for ratio in (2, 4, 8)),
    *(f"tf.image.decode_jpeg(P('422.jpg'), ratio={ratio})" for ratio in (2, 4, 8)),
    *(
        f"tf.image.decode_jpeg(P('{name}.jpg'), dct_method='{method}')"
        for name in ("420", "444")
        for method in _METHODS
    ),
    "tf.image.decode_jpeg(P('420.jpg'), fancy_upscaling=False)",
    "tf.image.decode_jpeg(P('422.jpg'), fancy_upscaling=False)",
    "tf.image.decode_and_crop_jpeg(P('420.jpg'), [5, 7, 11, 13])",
    "tf.image.decode_and_crop_jpeg(P('444.jpg'), [0, 0, 37, 51], channels=1)",
    "tf.image.decode_jpeg(P('rgb.png'))",
    "tf.image.decode_png(P('444.jpg'))",
    "tf.image.decode_jpeg(P('still.gif'))",
    *(f"tf.image.decode_png(P('{name}.png'))" for name in _PNGS),
    *(
        f"tf.image.decode_png(P('{name}.png'), channels={channels})"
        for name in ("rgb", "grey", "la", "rgba", "clear_palette", "clear_rgb", "deep3")
        for channels in (1, 3, 4)
    ),
    *(f"tf.image.decode_png(P('{name}.png'), dtype=tf.uint16)" for name in _PNGS),
    "tf.image.decode_png(P('deep4.png'), channels=3, dtype=tf.uint16)",
    "tf.image.decode_gif(P('still.gif'))",
    "tf.image.decode_gif(P('moving.gif'))",
    "tf.image.decode_gif(P('rgb.png'))",
    *(f"tf.image.decode_bmp(P('{name}.bmp'))" for name in ("rgb", "grey", "rgba", "downward")),
    *(
        f"tf.image.decode_image(P('{name}'), channels={channels})"
        for name in ("420.jpg", "rgba.png", "still.gif", "rgb.bmp")
        for channels in (None, 3)
    ),
    "tf.image.decode_image(P('moving.gif'))",
    "tf.image.decode_image(P('moving.gif'), expand_animations=False)",
    "tf.image.decode_image(P('deep3.png'), dtype=tf.uint16)",
    "tf.image.decode_image(P('420.jpg'), dtype=tf.float32)",
    "tf.image.extract_jpeg_shape(P('420.jpg'))",
    "tf.image.extract_jpeg_shape(P('grey.jpg'), tf.int64)",
    "tf.image.extract_jpeg_shape(P('cmyk.jpg'))",
    "tf.image.is_jpeg(P('cmyk.jpg'))",
    "tf.image.is_jpeg(P('rgb.png'))",
    *(
        f"tf.image.decode_png(tf.image.encode_png(tf.image.decode_png(P('{name}.png'))))"
        for name in ("rgb", "la", "rgba")
    ),
    "tf.image.decode_png(tf.image.encode_png(tf.image.decode_png(P('deep3.png'), dtype=tf.uint16),"
    " compression=3), dtype=tf.uint16)",
]
"""What gives pixels."""

OTHERS = [
    "tf.image.encode_jpeg(tf.image.decode_png(P('rgb.png')))",
    "tf.image.encode_jpeg(tf.image.decode_png(P('grey.png')), quality=20, x_density=7)",
    "tf.image.encode_jpeg(tf.image.decode_png(P('rgb.png')), chroma_downsampling=False,"
    " density_unit='cm', xmp_metadata='abc')",
    "tf.image.decode_jpeg(b'hello \"x\"\\n\\xfe')",
    "tf.image.decode_jpeg(b'')",
    "tf.image.decode_jpeg(P('cmyk.jpg'), channels=1)",
    "tf.image.decode_jpeg(P('420.jpg')[:900])",
    "tf.image.decode_jpeg(P('420.jpg')[:100], try_recover_truncated=True)",
    "tf.shape(tf.image.decode_jpeg(P('420.jpg')[:1500], try_recover_truncated=True))",
    "tf.image.decode_jpeg(P('rgb.bmp'))",
    "tf.image.decode_jpeg(P('moving.gif'))",
    "tf.image.decode_png(P('420.jpg'), dtype=tf.uint16)",
    "tf.image.decode_png(b'abc')",
    "tf.image.decode_gif(b'abc')",
    "tf.image.decode_png(P('rgb.png')[:100])",
    "tf.image.decode_png(P('rgb.png')[:20])",
    "tf.image.decode_bmp(b'BM')",
    "tf.image.decode_bmp(P('rgb.bmp')[:90])",
    "tf.image.decode_bmp(P('rgb.bmp'), channels=4)",
    "tf.image.decode_jpeg(P('420.jpg'), channels=2)",
    "tf.image.decode_jpeg(P('420.jpg'), channels=4)",
    "tf.image.decode_jpeg(P('420.jpg'), channels=-1)",
    "tf.image.decode_png(P('rgb.png'), channels=5)",
    "tf.image.decode_jpeg(P('420.jpg'), ratio=3)",
    "tf.image.decode_jpeg(P('420.jpg'), dct_method='x')",
    "tf.image.decode_jpeg([P('420.jpg')])",
    "tf.image.decode_jpeg(tf.placeholder_with_default([P('420.jpg')], None))",
    "tf.image.extract_jpeg_shape(P('rgb.png'))",
    "tf.image.decode_and_crop_jpeg(P('420.jpg'), [0, 20, 3000, 4])",
    "tf.image.decode_and_crop_jpeg(P('420.jpg'), [0, 20, 0, 4])",
    "tf.image.decode_and_crop_jpeg(P('420.jpg'), [-1, 20, 5, 4])",
    "tf.image.decode_and_crop_jpeg(P('420.jpg'), [1, 20, 5])",
    "tf.image.encode_jpeg(np.zeros([4, 5, 3], np.uint8), quality=101)",
    "tf.image.encode_jpeg(np.zeros([4, 5, 3], np.uint8), format='x')",
    "tf.image.encode_jpeg(np.zeros([4, 5, 3], np.uint8), format='grayscale')",
    "tf.image.encode_jpeg(np.zeros([4, 5, 1], np.uint8), format='rgb')",
    "tf.image.encode_jpeg(np.zeros([4, 5, 4], np.uint8))",
    "tf.image.encode_jpeg(np.zeros([4, 5], np.uint8))",
    "tf.image.encode_jpeg(np.zeros([0, 5, 3], np.uint8))",
    "tf.image.encode_png(np.zeros([4, 5, 5], np.uint8))",
    "tf.image.encode_png(np.zeros([4, 5, 3], np.uint8), compression=10)",
    "tf.image.encode_png(np.zeros([2, 4, 5, 3], np.uint8))",
    "tf.image.decode_image(b'xyz')",
    "tf.image.decode_image(P('still.gif'), channels=1)",
    "tf.image.decode_image(P('420.jpg'), channels=4)",
    "tf.image.decode_image(P('420.jpg'), channels=2)",
    "tf.image.convert_image_dtype([0.0, 0.3, 1.0, 1.2], tf.uint8, saturate=True)",
    "tf.image.convert_image_dtype(np.array([0, 7, 255], np.uint8), tf.float32)",
    "tf.image.convert_image_dtype(np.array([0, 7, 255], np.uint8), tf.uint16)",
    "tf.image.convert_image_dtype(np.array([0, 700, 65535], np.uint16), tf.uint8)",
    "tf.image.convert_image_dtype([1.0], tf.bool)",
    "tf.read_file('/nowhere/at/all')",
    "tf.read_file('/tmp')",
    "tf.read_file(['/tmp'])",
    "tf.write_file('/tmp', 'x')",
    "tf.matching_files('/nowhere/*')",
    "tf.matching_files([['/tmp/*']])",
    "tf.matching_files([])",
]
"""What gives other things, or errors."""


def outcome(tf, expression):
    """What an expression gives; or the error's class and first line."""
    with tf.Graph().as_default(), tf.Session() as session:
        try:
            return session.run(eval(expression, {"tf": tf, "np": np, "P": contents}))
        except (tf.errors.OpError, AttributeError, TypeError, ValueError) as error:
            message = getattr(error, "message", None) or str(error)
            return {"error": type(error).__name__, "message": _first_line(message)}


def _first_line(message):
    return message.split("\n")[0].split(" and with computed input tensors")[0].rstrip(".")


def as_json(value):
    """Bytes as text, arrays as lists."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return value if value is None or isinstance(value, dict) else np.asarray(value).tolist()
