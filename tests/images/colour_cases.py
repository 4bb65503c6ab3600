"""Changes of colours of a photograph, and how alike two pictures are: run by TensorFlow 1.15 to
record, and by the tests."""

import cases
import numpy as np

PICTURES = ("444", "grey")

CHANGES = (
    "adjust_brightness(x, 0.3)",
    "adjust_contrast(x, 0.4)",
    "adjust_contrast(x, 2.5)",
    "adjust_gamma(x, 0.4)",
    "adjust_gamma(x, 2.2, 1.3)",
    "adjust_hue(x, 0.2)",
    "adjust_hue(x, -0.7)",
    "adjust_saturation(x, 0.3)",
    "adjust_saturation(x, 4.0)",
    "per_image_standardization(x)",
)
OF_FLOATS = (
    "rgb_to_hsv(x)",
    "hsv_to_rgb(tf.image.rgb_to_hsv(x))",
    "rgb_to_yiq(x)",
    "yiq_to_rgb(tf.image.rgb_to_yiq(x))",
    "rgb_to_yuv(x)",
    "yuv_to_rgb(tf.image.rgb_to_yuv(x))",
    "total_variation(x)",
    "sobel_edges(x[None])[0]",
    "image_gradients(x[None])[0][0]",
    "image_gradients(x[None])[1][0]",
    "resize_image_with_pad(x, 64, 50)",
    "adjust_brightness(tf.image.adjust_saturation(tf.image.adjust_hue(x, 0.1), 1.5), 0.1)",
)
LIKENESS = (
    "psnr(x, y, most)",
    "ssim(x, y, most)",
    "ssim(x, y, most, filter_size=5, filter_sigma=0.8, k1=0.02)",
    "ssim_multiscale(x, y, most, power_factors=(0.4, 0.6), filter_size=7)",
)


def expressions():
    """Of pictures of bytes and of floats."""
    for name in PICTURES:
        for change in CHANGES:
            yield "bytes", name, change
        for change in CHANGES + OF_FLOATS:
            yield "floats", name, change
        for likeness in LIKENESS:
            yield "bytes", name, likeness
            yield "floats", name, likeness


def outcome(tf, kind, name, expression):
    """Every thirteenth number of the result."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.image.decode_jpeg(cases.contents(name + ".jpg"), channels=3)
        y, most = tf.image.adjust_jpeg_quality(x, 20), 255
        if kind == "floats":
            x, y = (tf.image.convert_image_dtype(each, tf.float32) for each in (x, y))
            most = 1.0
        given = {"tf": tf, "x": x, "y": y, "most": most}
        found = np.asarray(session.run(eval("tf.image." + expression, given)))
        return found.reshape(-1)[::13]
