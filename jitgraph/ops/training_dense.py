"""The ops by which optimizers update whole variables.

In: references to a variable and its slots, hyperparameters, the gradient. Out: the reference to
the variable, which holds the new contents; the slots do too.
"""

from __future__ import annotations

from jitgraph.ops import training_rules as rules
from jitgraph.ops.training_definitions import dense_update

_NESTEROV = {"use_nesterov": False}

APPLY_MOMENTUM = dense_update(
    "ApplyMomentum",
    "var: Ref(T), accum: Ref(T), lr: T, grad: T, momentum: T",
    rules.momentum,
    _NESTEROV,
)

APPLY_ADAM = dense_update(
    "ApplyAdam",
    "var: Ref(T), m: Ref(T), v: Ref(T), beta1_power: T, beta2_power: T, lr: T, beta1: T, "
    "beta2: T, epsilon: T, grad: T",
    rules.adam,
    _NESTEROV,
)

APPLY_ADA_MAX = dense_update(
    "ApplyAdaMax",
    "var: Ref(T), m: Ref(T), v: Ref(T), beta1_power: T, lr: T, beta1: T, beta2: T, epsilon: T, "
    "grad: T",
    rules.ada_max,
)

APPLY_ADD_SIGN = dense_update(
    "ApplyAddSign",
    "var: Ref(T), m: Ref(T), lr: T, alpha: T, sign_decay: T, beta: T, grad: T",
    rules.add_sign,
)

APPLY_POWER_SIGN = dense_update(
    "ApplyPowerSign",
    "var: Ref(T), m: Ref(T), lr: T, logbase: T, sign_decay: T, beta: T, grad: T",
    rules.power_sign,
)

APPLY_RMS_PROP = dense_update(
    "ApplyRMSProp",
    "var: Ref(T), ms: Ref(T), mom: Ref(T), lr: T, rho: T, momentum: T, epsilon: T, grad: T",
    rules.rms_prop,
)

APPLY_CENTERED_RMS_PROP = dense_update(
    "ApplyCenteredRMSProp",
    "var: Ref(T), mg: Ref(T), ms: Ref(T), mom: Ref(T), lr: T, rho: T, momentum: T, epsilon: T, "
    "grad: T",
    rules.centered_rms_prop,
)

APPLY_ADADELTA = dense_update(
    "ApplyAdadelta",
    "var: Ref(T), accum: Ref(T), accum_update: Ref(T), lr: T, rho: T, epsilon: T, grad: T",
    rules.adadelta,
)

APPLY_ADAGRAD = dense_update(
    "ApplyAdagrad",
    "var: Ref(T), accum: Ref(T), lr: T, grad: T",
    rules.adagrad,
    {"update_slots": True},
)

APPLY_ADAGRAD_DA = dense_update(
    "ApplyAdagradDA",
    "var: Ref(T), gradient_accumulator: Ref(T), gradient_squared_accumulator: Ref(T), grad: T, "
    "lr: T, l1: T, l2: T, global_step: int64",
    rules.adagrad_da,
)

APPLY_FTRL = dense_update(
    "ApplyFtrl",
    "var: Ref(T), accum: Ref(T), linear: Ref(T), grad: T, lr: T, l1: T, l2: T, lr_power: T",
    rules.ftrl,
)

APPLY_FTRL_V2 = dense_update(
    "ApplyFtrlV2",
    "var: Ref(T), accum: Ref(T), linear: Ref(T), grad: T, lr: T, l1: T, l2: T, l2_shrinkage: T, "
    "lr_power: T",
    rules.ftrl_v2,
)

APPLY_PROXIMAL_GRADIENT_DESCENT = dense_update(
    "ApplyProximalGradientDescent",
    "var: Ref(T), alpha: T, l1: T, l2: T, delta: T",
    rules.proximal_gradient_descent,
)

APPLY_PROXIMAL_ADAGRAD = dense_update(
    "ApplyProximalAdagrad",
    "var: Ref(T), accum: Ref(T), lr: T, l1: T, l2: T, grad: T",
    rules.proximal_adagrad,
)
