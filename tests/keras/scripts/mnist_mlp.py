"""Trains a dense network on handwritten digits, as the Keras examples do."""

from __future__ import print_function

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.examples.tutorials.mnist import input_data
from tensorflow.keras.callbacks import EarlyStopping
from tensorflow.keras.layers import BatchNormalization, Dense, Dropout
from tensorflow.keras.models import Sequential
from tensorflow.keras.optimizers import RMSprop
from tensorflow.keras.utils import to_categorical

np.random.seed(0)
tf.set_random_seed(0)
tf.logging.set_verbosity(tf.logging.ERROR)

batch_size = 128
num_classes = 10
epochs = 3

mnist = input_data.read_data_sets('MNIST_data')
x_train, y_train = mnist.train.images[:1024], mnist.train.labels[:1024]
x_test, y_test = mnist.test.images[:256], mnist.test.labels[:256]
print(x_train.shape[0], 'train samples')
print(x_test.shape[0], 'test samples')

y_train = to_categorical(y_train, num_classes)
y_test = to_categorical(y_test, num_classes)

model = Sequential()
model.add(Dense(64, activation='relu', input_shape=(784,)))
model.add(Dropout(0.2))
model.add(Dense(32, kernel_initializer='he_normal'))
model.add(BatchNormalization())
model.add(keras.layers.Activation('relu'))
model.add(Dense(num_classes, activation='softmax'))

model.summary()

model.compile(loss='categorical_crossentropy', optimizer=RMSprop(), metrics=['accuracy'])

history = model.fit(x_train, y_train, batch_size=batch_size, epochs=epochs, verbose=0,
                    validation_data=(x_test, y_test),
                    callbacks=[EarlyStopping(monitor='val_loss', patience=2)])
for name in sorted(history.history):
    print(name, ' '.join('%.4f' % value for value in history.history[name]))
score = model.evaluate(x_test, y_test, verbose=0)
print('Test loss: %.4f' % score[0])
print('Test accuracy: %.4f' % score[1])
print([w.name for w in model.weights])
