"""tf.contrib.distributions: the distributions of tf.distributions, and one of vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jitgraph.lazy_names import lazily

if TYPE_CHECKING:
    from jitgraph.frontend.distributions.bernoulli import Bernoulli
    from jitgraph.frontend.distributions.beta import Beta
    from jitgraph.frontend.distributions.categorical import Categorical
    from jitgraph.frontend.distributions.counts import DirichletMultinomial, Multinomial
    from jitgraph.frontend.distributions.diagonal_normal import MultivariateNormalDiag
    from jitgraph.frontend.distributions.dirichlet import Dirichlet
    from jitgraph.frontend.distributions.distribution import (
        FULLY_REPARAMETERIZED,
        NOT_REPARAMETERIZED,
        Distribution,
        ReparameterizationType,
    )
    from jitgraph.frontend.distributions.divergences import RegisterKL, kl_divergence
    from jitgraph.frontend.distributions.gamma import Exponential, Gamma
    from jitgraph.frontend.distributions.laplace import Laplace
    from jitgraph.frontend.distributions.normal import Normal
    from jitgraph.frontend.distributions.student_t import StudentT
    from jitgraph.frontend.distributions.uniform import Uniform

__getattr__, __dir__ = lazily(__name__, __file__)

__all__ = [
    "FULLY_REPARAMETERIZED",
    "NOT_REPARAMETERIZED",
    "Bernoulli",
    "Beta",
    "Categorical",
    "Dirichlet",
    "DirichletMultinomial",
    "Distribution",
    "Exponential",
    "Gamma",
    "Laplace",
    "Multinomial",
    "MultivariateNormalDiag",
    "Normal",
    "RegisterKL",
    "ReparameterizationType",
    "StudentT",
    "Uniform",
    "kl_divergence",
]
