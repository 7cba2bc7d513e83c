"""Customer lifetime value: how often somebody will buy again, whether they are still customers, and for how much. Pure.

BG/NBD: P. Fader, B. Hardie, K. L. Lee: "Counting Your Customers the Easy Way: An Alternative to the Pareto/NBD Model",
Marketing Science 24 (2005), 275-284. Gamma-Gamma: P. Fader, B. Hardie: "The Gamma-Gamma Model of Monetary Value",
http://www.brucehardie.com/notes/025/ (2013). Fitted by maximum likelihood with scipy.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, hyp2f1

from fermata.errors import FermataError

Numbers = NDArray[np.float64]

FEWEST_CUSTOMERS = 50
"""Who bought again at least once. With fewer the parameters say next to nothing."""


class TooLittleData(FermataError):
    """There are too few customers who came back, or what they did fits no such model."""


@dataclass(frozen=True, slots=True)
class Customer:
    """What a customer did, from the first purchase on.

    Args:
        repeats: Purchases after the first.
        recency: How long after the first the last one was, in any unit; 0 where there is no other.
        age: How long ago the first was, in the same unit.
        mean_value: Of the purchases after the first, in one currency; 0 without.
    """

    repeats: int
    recency: float
    age: float
    mean_value: float = 0.0


@dataclass(frozen=True, slots=True)
class Purchasing:
    """A fitted BG/NBD model: buying is Poisson while somebody is a customer, and after any purchase they may be gone.

    Args:
        r, alpha: Of the gamma distribution of how often people buy.
        a, b: Of the beta distribution of how likely a purchase is the last one.
    """

    r: float
    alpha: float
    a: float
    b: float

    def is_alive(self, repeats: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Numbers:
        """How likely each is still a customer.

        Args:
            repeats, recency, age: As in ``Customer``, one value for each.
        """
        x, t, total = (np.asarray(each, dtype=float) for each in (repeats, recency, age))
        gone = np.where(x > 0, self.a / (self.b + np.maximum(x, 1) - 1), 0.0)
        return np.asarray(1 / (1 + gone * ((self.alpha + total) / (self.alpha + t)) ** (self.r + x)))

    def purchases(self, ahead: float, repeats: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Numbers:
        """How many purchases to expect of each (the paper's equation 10).

        Args:
            ahead: In how much time from now, in the unit of the ages.
            repeats, recency, age: As in ``Customer``, one value for each.

        Raises:
            TooLittleData: The fit lies at the edge of the model, as where everybody buys equally often.
        """
        x, t, total = (np.asarray(each, dtype=float) for each in (repeats, recency, age))
        top = self.a + self.b + x - 1
        hypergeometric = hyp2f1(self.r + x, self.b + x, top, ahead / (self.alpha + total + ahead))
        ratio = ((self.alpha + total) / (self.alpha + total + ahead)) ** (self.r + x)
        expected = np.asarray(top / (self.a - 1) * (1 - ratio * hypergeometric) * self.is_alive(x, t, total))
        if not np.isfinite(expected).all():
            raise TooLittleData("these customers are too much alike for the model to say what each will do")
        return expected


@dataclass(frozen=True, slots=True)
class Spending:
    """A fitted Gamma-Gamma model of what a purchase is worth.

    Args:
        p, q, gamma: As the paper names them.
    """

    p: float
    q: float
    gamma: float

    def mean_value(self, repeats: ArrayLike, mean_value: ArrayLike) -> Numbers:
        """What to expect of each one's next purchase: their own mean, drawn towards everybody's.

        Args:
            repeats, mean_value: As in ``Customer``, one value for each.
        """
        x, value = (np.asarray(each, dtype=float) for each in (repeats, mean_value))
        everybody = self.p * self.gamma / (self.q - 1)
        weight = self.p * x / (self.p * x + self.q - 1)
        return np.asarray((1 - weight) * everybody + weight * value)


def fit_purchasing(customers: Sequence[Customer]) -> Purchasing:
    """Fits BG/NBD.

    Args:
        customers: All who bought at least once.

    Raises:
        TooLittleData: Too few of them came back, or no parameters fit.
    """
    _check(customers)
    x, t, age = _columns(customers)
    scale = age.max()  # the search goes best where times are about one

    def loss(logs: Numbers) -> float:
        r, alpha, a, b = np.exp(logs)
        return -float(_purchasing_likelihood(r, alpha, a, b, x, t / scale, age / scale).mean())

    r, alpha, a, b = _minimum(loss, 4)
    return Purchasing(r=r, alpha=alpha * scale, a=a, b=b)


def fit_spending(customers: Sequence[Customer]) -> Spending:
    """Fits Gamma-Gamma to those who came back and paid something.

    Args:
        customers: Any.

    Raises:
        TooLittleData: Too few of them came back, or no parameters fit.
    """
    paid = [each for each in customers if each.repeats > 0 and each.mean_value > 0]
    _check(paid)
    x = np.array([each.repeats for each in paid], dtype=float)
    value = np.array([each.mean_value for each in paid])
    scale = value.mean()

    def loss(logs: Numbers) -> float:
        p, q, gamma = np.exp(logs)
        return -float(_spending_likelihood(p, q, gamma, x, value / scale).mean())

    p, q, gamma = _minimum(loss, 3)
    if q <= 1:
        raise TooLittleData(f"what these customers spend is spread too widely for a mean (q = {q:.2f}, not above 1)")
    return Spending(p=p, q=q, gamma=gamma * scale)


def _check(customers: Sequence[Customer]) -> None:
    back = sum(each.repeats > 0 for each in customers)
    if back < FEWEST_CUSTOMERS:
        raise TooLittleData(
            f"{back} customers came back; lifetime value needs {FEWEST_CUSTOMERS} to be more than a guess"
        )


def _columns(customers: Sequence[Customer]) -> tuple[Numbers, Numbers, Numbers]:
    rows = np.array([(each.repeats, each.recency, each.age) for each in customers], dtype=float)
    return rows[:, 0], rows[:, 1], rows[:, 2]


def _purchasing_likelihood(r: float, alpha: float, a: float, b: float, x: Numbers, t: Numbers, age: Numbers) -> Numbers:
    """The logarithm of equation 6 of the paper, for each customer."""
    both = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    alive = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + age)
    again = np.maximum(x, 1)
    gone = np.where(x > 0, betaln(a + 1, b + again - 1) - betaln(a, b) - (r + x) * np.log(alpha + t), -np.inf)
    return np.asarray(both + np.logaddexp(alive, gone))


def _spending_likelihood(p: float, q: float, gamma: float, x: Numbers, value: Numbers) -> Numbers:
    """The logarithm of equation 1a of the note, for each customer."""
    return np.asarray(
        gammaln(p * x + q)
        - gammaln(p * x)
        - gammaln(q)
        + q * np.log(gamma)
        + (p * x - 1) * np.log(value)
        + p * x * np.log(x)
        - (p * x + q) * np.log(gamma + x * value)
    )


def _minimum(loss: object, parameters: int) -> list[float]:
    found = minimize(
        loss, np.zeros(parameters), method="Nelder-Mead", options={"maxiter": 5000, "xatol": 1e-7, "fatol": 1e-10}
    )
    if not found.success or not np.isfinite(found.fun):
        raise TooLittleData(f"no parameters fit what these customers did ({found.message})")
    return [float(value) for value in np.exp(found.x)]
