"""Examples written to a TFRecord file, read back through queues, and trained on."""
import os
import tempfile

import numpy as np
import tensorflow as tf

np.random.seed(11)
tf.set_random_seed(11)


def bytes_feature(value):
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))


def int_feature(value):
    return tf.train.Feature(int64_list=tf.train.Int64List(value=[value]))


def float_feature(values):
    return tf.train.Feature(float_list=tf.train.FloatList(value=values))


filename = os.path.join(tempfile.mkdtemp(), "small.tfrecords")
writer = tf.python_io.TFRecordWriter(filename)
for index in range(60):
    label = index % 3
    image = (np.random.randint(0, 60, (4, 4)) + 60 * label).astype(np.uint8)
    features = tf.train.Features(feature={
        "image": bytes_feature(image.tobytes()),
        "label": int_feature(label),
        "centre": float_feature([float(image.mean()), float(image.std())]),
    })
    writer.write(tf.train.Example(features=features).SerializeToString())
writer.close()

count = 0
for record in tf.python_io.tf_record_iterator(filename):
    example = tf.train.Example.FromString(record)
    count += 1
print("records:", count, "last label:", example.features.feature["label"].int64_list.value[0])


def read_and_decode(filename_queue):
    reader = tf.TFRecordReader()
    _, serialized = reader.read(filename_queue)
    parsed = tf.parse_single_example(serialized, features={
        "image": tf.FixedLenFeature([], tf.string),
        "label": tf.FixedLenFeature([], tf.int64),
        "centre": tf.FixedLenFeature([2], tf.float32),
    })
    image = tf.decode_raw(parsed["image"], tf.uint8)
    image.set_shape([16])
    image = tf.cast(image, tf.float32) * (1.0 / 255) - 0.5
    return image, tf.cast(parsed["label"], tf.int32), parsed["centre"]


queue = tf.train.string_input_producer([filename], num_epochs=None, shuffle=False)
image, label, centre = read_and_decode(queue)
images, labels, centres = tf.train.batch([image, label, centre], batch_size=12, num_threads=1)

logits = tf.layers.dense(images, 3, kernel_initializer=tf.zeros_initializer(), name="logits")
loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
train = tf.train.AdamOptimizer(0.05).minimize(loss)
correct = tf.reduce_mean(tf.cast(tf.nn.in_top_k(logits, labels, 1), tf.float32))

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    coord = tf.train.Coordinator()
    threads = tf.train.start_queue_runners(coord=coord)
    for step in range(1, 61):
        _, value, seen = sess.run([train, loss, centres])
        if step % 15 == 0:
            print("step %d: loss %.4f, mean %.3f" % (step, value, seen.mean()))
    print("accuracy of a batch: %.2f" % sess.run(correct))
    coord.request_stop()
    coord.join(threads)
print([op.name for op in tf.get_default_graph().get_operations() if "queue" in op.type.lower()][:8])
