"""Keras layers within a graph and a session of one's own, then a functional model of sequences."""

from __future__ import print_function

import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K
from tensorflow.keras.layers import LSTM, Dense, Dropout, Embedding, Input, concatenate
from tensorflow.keras.models import Model

np.random.seed(1)
tf.set_random_seed(1)
tf.logging.set_verbosity(tf.logging.ERROR)

sess = tf.Session()
K.set_session(sess)

img = tf.placeholder(tf.float32, shape=(None, 20))
x = Dense(16, activation='relu')(img)
x = Dropout(0.5)(x)
preds = Dense(3, activation='softmax')(x)
labels = tf.placeholder(tf.float32, shape=(None, 3))
loss = tf.reduce_mean(tf.keras.losses.categorical_crossentropy(labels, preds))
train_step = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
sess.run(tf.global_variables_initializer())
images = np.random.rand(60, 20)
classes = np.eye(3)[np.random.randint(0, 3, 60)]
with sess.as_default():
    for step in range(5):
        feed = {img: images, labels: classes, K.learning_phase(): 1}
        _, value = sess.run([train_step, loss], feed_dict=feed)
        print('step', step, 'loss %.4f' % value)
    print('evaluated %.4f' % loss.eval(feed_dict={img: images, labels: classes,
                                                  K.learning_phase(): 0}))

words = Input(shape=(6,), dtype='int32', name='words')
extra = Input(shape=(2,), name='extra')
hidden = LSTM(8)(Embedding(input_dim=30, output_dim=8, input_length=6)(words))
hidden = Dense(8, activation='relu')(concatenate([hidden, extra]))
output = Dense(1, activation='sigmoid', name='output')(hidden)
model = Model(inputs=[words, extra], outputs=[output])
model.compile(optimizer='adam', loss='binary_crossentropy', metrics=['accuracy'])
model.summary()
data = {'words': np.random.randint(0, 30, (64, 6)), 'extra': np.random.rand(64, 2)}
target = np.random.randint(0, 2, 64)
hist = model.fit(data, {'output': target}, epochs=3, batch_size=16, verbose=0)
print(['%.4f' % value for value in hist.history['loss']])
print(['%.4f' % value for value in model.predict(data)[:3, 0]])
