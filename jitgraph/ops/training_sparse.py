"""The ops by which optimizers update the rows of variables that a sparse gradient names.

In: references to a variable and its slots, hyperparameters, rows of the gradient and their
indices, each row once. Out: the reference to the variable, which holds the new contents; the
slots do too.
"""

from __future__ import annotations

from jitgraph.ops import training_rules as rules
from jitgraph.ops.training_definitions import sparse_update

SPARSE_APPLY_MOMENTUM = sparse_update(
    "SparseApplyMomentum",
    "var: Ref(T), accum: Ref(T), lr: T, grad: T, indices: Tindices, momentum: T",
    rules.momentum,
    {"use_nesterov": False},
)

SPARSE_APPLY_RMS_PROP = sparse_update(
    "SparseApplyRMSProp",
    "var: Ref(T), ms: Ref(T), mom: Ref(T), lr: T, rho: T, momentum: T, epsilon: T, grad: T, "
    "indices: Tindices",
    rules.rms_prop,
)

SPARSE_APPLY_CENTERED_RMS_PROP = sparse_update(
    "SparseApplyCenteredRMSProp",
    "var: Ref(T), mg: Ref(T), ms: Ref(T), mom: Ref(T), lr: T, rho: T, momentum: T, epsilon: T, "
    "grad: T, indices: Tindices",
    rules.centered_rms_prop,
)

SPARSE_APPLY_ADADELTA = sparse_update(
    "SparseApplyAdadelta",
    "var: Ref(T), accum: Ref(T), accum_update: Ref(T), lr: T, rho: T, epsilon: T, grad: T, "
    "indices: Tindices",
    rules.adadelta,
)

SPARSE_APPLY_ADAGRAD = sparse_update(
    "SparseApplyAdagrad",
    "var: Ref(T), accum: Ref(T), lr: T, grad: T, indices: Tindices",
    rules.adagrad,
    {"update_slots": True},
)

SPARSE_APPLY_ADAGRAD_DA = sparse_update(
    "SparseApplyAdagradDA",
    "var: Ref(T), gradient_accumulator: Ref(T), gradient_squared_accumulator: Ref(T), grad: T, "
    "indices: Tindices, lr: T, l1: T, l2: T, global_step: int64",
    rules.adagrad_da,
)

SPARSE_APPLY_FTRL = sparse_update(
    "SparseApplyFtrl",
    "var: Ref(T), accum: Ref(T), linear: Ref(T), grad: T, indices: Tindices, lr: T, l1: T, l2: T, "
    "lr_power: T",
    rules.ftrl,
)

SPARSE_APPLY_FTRL_V2 = sparse_update(
    "SparseApplyFtrlV2",
    "var: Ref(T), accum: Ref(T), linear: Ref(T), grad: T, indices: Tindices, lr: T, l1: T, l2: T, "
    "l2_shrinkage: T, lr_power: T",
    rules.ftrl_v2,
)

SPARSE_APPLY_PROXIMAL_GRADIENT_DESCENT = sparse_update(
    "SparseApplyProximalGradientDescent",
    "var: Ref(T), alpha: T, l1: T, l2: T, grad: T, indices: Tindices",
    lambda a, grad, **given: rules.proximal_gradient_descent(a, delta=grad, **given),
)

SPARSE_APPLY_PROXIMAL_ADAGRAD = sparse_update(
    "SparseApplyProximalAdagrad",
    "var: Ref(T), accum: Ref(T), lr: T, l1: T, l2: T, grad: T, indices: Tindices",
    rules.proximal_adagrad,
)
