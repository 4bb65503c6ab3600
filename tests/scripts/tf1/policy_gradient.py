"""Policy gradients on a slot machine with four arms."""
import numpy as np
import tensorflow as tf

tf.reset_default_graph()
bandit_arms = [0.2, 0, -0.2, -2]
num_arms = len(bandit_arms)
rng = np.random.RandomState(1)


def pullBandit(bandit):
    return 1 if rng.randn(1)[0] > bandit else -1


weights = tf.Variable(tf.ones([num_arms]))
output = tf.nn.softmax(weights)
reward_holder = tf.placeholder(shape=[1], dtype=tf.float32)
action_holder = tf.placeholder(shape=[1], dtype=tf.int32)
responsible_output = tf.slice(output, action_holder, [1])
loss = -(tf.log(responsible_output) * reward_holder)
optimizer = tf.train.AdamOptimizer(learning_rate=1e-2)
update = optimizer.minimize(loss)
total_reward = np.zeros(num_arms)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for i in range(200):
        actions = sess.run(output)
        a = rng.choice(actions, p=actions / actions.sum())
        action = np.argmax(actions == a)
        reward = pullBandit(bandit_arms[action])
        _, resp, ww = sess.run([update, responsible_output, weights],
                               feed_dict={reward_holder: [reward], action_holder: [action]})
        total_reward[action] += reward
        if i % 50 == 0:
            print("Running reward for the arms:", total_reward, ww)
print("The agent thinks arm " + str(np.argmax(ww) + 1) + " is the most promising")
