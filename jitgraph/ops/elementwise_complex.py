"""Complex numbers: their parts, conjugates, angles and magnitudes."""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, control_dependencies, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import COMPLEX, OpDef, Sample
from jitgraph.ops.elementwise_broadcasting import spreads
from jitgraph.ops.elementwise_definition import binary
from jitgraph.ops.shape_rules import same_shape

_REAL = (dtypes.float32, dtypes.float64)


def _complex_samples(rng: np.random.Generator) -> Any:
    for shape in ((2, 3), (), (0,)):
        value = rng.uniform(0.5, 2.0, shape) * np.exp(1j * rng.uniform(-3.0, 3.0, shape))
        yield Sample((value.astype(np.complex64),), {"Tout": dtypes.float32})
        yield Sample((value.astype(np.complex128),), {"Tout": dtypes.float64})


def _part(name: str, reference: Any, **rest: Any) -> OpDef:
    return OpDef(
        name,
        f"{rest.pop('input', 'input')}: T -> {rest.pop('output', 'output')}: Tout",
        same_shape,
        types={"T": (COMPLEX, dtypes.complex64), "Tout": (_REAL, dtypes.float32)},
        reference=reference,
        samples=_complex_samples,
        **rest,
    )


def _zero_like_gradient(grad: Tensor) -> Tensor:
    from jitgraph.ops.constants import constant

    return constant(0, dtype=grad.dtype)


def _real_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    return [complex(grad, _zero_like_gradient(grad))]


def _imag_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    return [complex(_zero_like_gradient(grad), grad)]


REAL = _part("Real", np.real, scalar="real(input)", gradient=_real_gradient)
IMAG = _part("Imag", np.imag, scalar="imag(input)", gradient=_imag_gradient)


def _angle_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.elementwise_powers import reciprocal

    x = op.inputs[0]
    with control_dependencies([grad]):
        re, im = real(x), imag(x)
        turned = reciprocal(complex(im, re))
        complex_grad = complex(grad, _zero_like_gradient(grad))
        return [-complex_grad * turned]


ANGLE = _part("Angle", np.angle, gradient=_angle_gradient)


def _magnitude_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.elementwise_division import div_no_nan
    from jitgraph.ops.filling import zeros_like

    x, y = op.inputs[0], op.outputs[0]
    scaled = complex(grad, zeros_like(grad)) * x
    return [div_no_nan(scaled, complex(y, zeros_like(y)))]


COMPLEX_ABS = _part("ComplexAbs", np.abs, input="x", output="y", gradient=_magnitude_gradient)


def _conj_samples(rng: np.random.Generator) -> Any:
    return [Sample(sample.inputs) for sample in _complex_samples(rng)]


CONJ = OpDef(
    "Conj",
    "input: T -> output: T",
    same_shape,
    types={"T": (COMPLEX, dtypes.complex64)},
    reference=np.conj,
    scalar="conj(input)",
    gradient=lambda op, grad: [conj(grad)],
    involution=True,
    samples=_conj_samples,
)


def _complex_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    spread_x, spread_y = spreads(*op.inputs)
    grad_x = spread_x.back(real(grad))
    return [grad_x, spread_y.back(imag(grad))]


def _complex_of(real: Any, imag: Any) -> Any:
    real, imag = np.broadcast_arrays(real, imag)
    result = np.empty(real.shape, np.result_type(real.dtype, np.complex64))
    result.real, result.imag = real, imag
    return result


def _pair_samples(rng: np.random.Generator) -> Any:
    for left, right in (((2, 3), (2, 3)), ((2, 3), (3,)), ((), (2,)), ((0,), ())):
        x, y = rng.uniform(-2.0, 2.0, left), rng.uniform(-2.0, 2.0, right)
        narrow = {"Tout": dtypes.complex64}
        yield Sample((x.astype(np.float32), y.astype(np.float32)), narrow)
        yield Sample((np.asarray(x), np.asarray(y)), {"Tout": dtypes.complex128})


COMPLEX_OP = binary(
    "Complex",
    (_REAL, dtypes.float32),
    _complex_of,
    signature="real: T, imag: T -> out: Tout",
    types={"Tout": (COMPLEX, dtypes.complex64)},
    scalar="complex(real, imag)",
    gradient=_complex_gradient,
    samples=_pair_samples,
)


def complex(real: Any, imag: Any, name: str | None = None) -> Tensor:
    """real + imag * i, elementwise.

    Args:
      real, imag: tensors, both float32 or both float64.
      name: the op's name.

    Raises:
      TypeError: other dtypes.

    Example:
      >>> tf.complex([1.0, 2.0], [3.0, 4.0])
      <tf.Tensor 'Complex:0' shape=(2,) dtype=complex64>
    """
    real = convert_to_tensor(real, name="real")
    imag = convert_to_tensor(imag, name="imag")
    with name_scope(name, "Complex", [real, imag]) as scope:
        kinds = (real.dtype.base_dtype, imag.dtype.base_dtype)
        made = {_REAL[:1] * 2: dtypes.complex64, _REAL[1:] * 2: dtypes.complex128}.get(kinds)
        if made is None:
            raise TypeError(f"real and imag have incorrect types: {kinds[0].name} {kinds[1].name}")
        return apply(COMPLEX_OP, [real, imag], {"Tout": made}, scope)


def real(input: Any, name: str | None = None) -> Tensor:
    """The real part of each element; a real tensor is returned as it is.

    Example:
      >>> tf.real(tf.constant([1.0 + 2.0j]))
      <tf.Tensor 'Real:0' shape=(1,) dtype=float64>
    """
    with name_scope(name, "Real", [input]) as scope:
        tensor = convert_to_tensor(input, name="input")
        return _apply_part(REAL, tensor, scope) if tensor.dtype.is_complex else tensor


def imag(input: Any, name: str | None = None) -> Tensor:
    """The imaginary part of each element; zeros for a real tensor.

    Example:
      >>> tf.imag(tf.constant([1.0 + 2.0j]))
      <tf.Tensor 'Imag:0' shape=(1,) dtype=float64>
    """
    return _part_or_zeros(IMAG, input, name)


def angle(input: Any, name: str | None = None) -> Tensor:
    """The angle of each element, in radians; zeros for a real tensor.

    Example:
      >>> tf.angle(tf.constant([1.0 + 2.0j]))
      <tf.Tensor 'Angle:0' shape=(1,) dtype=float64>
    """
    return _part_or_zeros(ANGLE, input, name)


def _part_or_zeros(definition: OpDef, value: Any, name: str | None) -> Tensor:
    from jitgraph.ops.filling import zeros_like

    with name_scope(name, definition.name, [value]) as scope:
        tensor = convert_to_tensor(value, name="input")
        if tensor.dtype.is_complex:
            return _apply_part(definition, tensor, scope)
        return zeros_like(tensor)


def _apply_part(definition: OpDef, tensor: Tensor, name: str) -> Tensor:
    return apply(definition, [tensor], {"Tout": tensor.dtype.real_dtype}, name)


def complex_abs(x: Tensor, name: str) -> Tensor:
    """|x| of a complex tensor."""
    return _apply_part(COMPLEX_ABS, x, name)


def conj(x: Any, name: str | None = None) -> Tensor:
    """The complex conjugate of each element; a real tensor is returned as it is.

    Args:
      x: a numeric tensor.
      name: the op's name.

    Raises:
      TypeError: `x` isn't numeric.

    Example:
      >>> tf.conj(tf.constant([1.0 + 2.0j]))
      <tf.Tensor 'Conj:0' shape=(1,) dtype=complex128>
    """
    if isinstance(x, Tensor) and (x.dtype.is_floating or x.dtype.is_integer):
        return x
    with name_scope(name, "Conj", [x]) as scope:
        tensor = convert_to_tensor(x, name="x")
        if tensor.dtype.is_complex:
            return apply(CONJ, [tensor], name=scope)
        if tensor.dtype.is_floating or tensor.dtype.is_integer:
            return tensor
        raise TypeError(f"Expected numeric or variant tensor, got dtype {tensor.dtype!r}")
