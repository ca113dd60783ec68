"""The Lea-Catcheside integral against closed forms, an ODE and its invariants."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.integrate import solve_ivp

from theratwin.core import Curve, Exponentials, InputError, Pieces, Pulses, UnsupportedError
from theratwin.response import Repair, protraction_factor, protraction_integral

LN2 = math.log(2.0)
BIPHASIC = Repair.from_rates((0.5663, 0.4337), (2.081, 0.2604))
#: The closed form has no truncation error: what is left is rounding.
ROUNDING = 1e-12
#: Ten digits are printed, so half of the last one is 2e-9 of the smallest value here.
TEN_DIGITS = 3e-9


def single(half_life: float) -> Exponentials:
    return Exponentials.from_half_lives([1.0], [half_life])


class TestReferenceValues:
    """Ten-digit values from an independent evaluation of the double integral."""

    @pytest.mark.parametrize(
        ("curve", "repair", "until", "expected"),
        [
            (single(51.0), Repair.single(1.9), np.inf, 1.9 / 52.9),
            (single(51.6), Repair.single(2.8), np.inf, 2.8 / 54.4),
            (Exponentials.from_half_lives([1, 0.5], [5, 60]), BIPHASIC, np.inf, 0.0280056299),
            (
                Exponentials.from_half_lives([1, -1], [60, 2]),
                Repair.single(1.5),
                np.inf,
                0.0239406542,
            ),
            (Exponentials([1.0], [0.0]), Repair.single(1.5), 10.0, 0.3400688318),
        ],
        ids=["tumor", "kidney", "two phases, biphasic repair", "uptake", "constant"],
    )
    def test_factor(self, curve, repair, until, expected):
        assert_allclose(protraction_factor(curve, repair, until), expected, rtol=TEN_DIGITS)

    def test_dose(self):
        two_phases = Exponentials.from_half_lives([1, 0.5], [5, 60])
        uptake = Exponentials.from_half_lives([1, -1], [60, 2])
        assert_allclose(two_phases.integral(), 50.4943264, rtol=1e-9)
        assert_allclose(uptake.integral(), 83.6763124, rtol=1e-9)

    @pytest.mark.parametrize(("half_life", "half_time"), [(51.0, 1.9), (51.6, 2.8)])
    def test_repair_must_be_the_fast_one_of_the_two_rates(self, half_life, half_time):
        # G = lambda / (lambda + mu) with lambda of the dose rate: the ratio of half-times.
        factor = protraction_factor(single(half_life), Repair.single(half_time))
        assert_allclose(factor, half_time / (half_time + half_life), rtol=ROUNDING)
        assert factor < 0.1


class TestClosedForms:
    def test_double_sum_over_terms_of_one_start(self):
        amplitudes, rates = np.array([1.0, 0.5, -0.3]), np.array([0.1, 0.01, 2.0])
        expected = 0.0
        for p, mu in zip(BIPHASIC.fractions, BIPHASIC.rates, strict=True):
            pairs = np.outer(amplitudes, amplitudes) / (
                np.add.outer(rates, rates) * (mu + rates)[:, None]
            )
            expected += 2 * p * pairs.sum()
        given = protraction_integral(Exponentials(amplitudes, rates), BIPHASIC)
        assert_allclose(given, expected, rtol=ROUNDING)

    @pytest.mark.parametrize("until", [0.5, 12.0, 300.0])
    def test_truncated_single_exponential(self, until):
        rate, mu = LN2 / 51.0, LN2 / 1.9
        dose = (1 - math.exp(-rate * until)) / rate
        expected = (
            2
            / (dose**2 * (mu - rate))
            * (
                (1 - math.exp(-2 * rate * until)) / (2 * rate)
                - (1 - math.exp(-(rate + mu) * until)) / (rate + mu)
            )
        )
        given = protraction_factor(single(51.0), Repair.single(1.9), until)
        assert_allclose(given, expected, rtol=1e-11)  # the printed form itself cancels a digit

    @pytest.mark.parametrize("offset", [0.0, 1e-14, -1e-9, 1e-6, 1e-3])
    def test_repair_as_slow_as_the_decay(self, offset):
        # With mu = lambda (1 + x): G = 1 / (2 + x) when complete.
        repair = Repair.from_rates([1.0], [0.3 * (1 + offset)])
        curve = Exponentials([2.0], [0.3])
        assert_allclose(protraction_factor(curve, repair), 1 / (2 + offset), rtol=ROUNDING)
        # Truncated: 2/D² (1 - e^{-2 l T} (1 + 2 l T)) / (4 l²) at equal rates, times O(x T l).
        lt = 0.3 * 7.0
        expected = 2 * (1 - math.exp(-2 * lt)) / 2 - 2 * math.exp(-2 * lt) * lt
        expected /= 2 * (1 - math.exp(-lt)) ** 2
        tolerance = ROUNDING + lt * abs(offset)
        assert_allclose(protraction_factor(curve, repair, 7.0), expected, rtol=tolerance)

    def test_fractions_of_external_beam(self):
        theta = math.exp(-LN2 / 1.5 * 24.0)
        n, q = 5, 2.0
        pairs = sum(2 * (n - gap) * theta**gap for gap in range(1, n))
        curve = Pulses(24.0 * np.arange(n), np.full(n, q))
        assert_allclose(
            protraction_integral(curve, Repair.single(1.5)), q**2 * (n + pairs), rtol=ROUNDING
        )

    def test_pulse_amid_an_exponential(self):
        # 2 q int D' e^{-mu |t - t0|} dt, split at the pulse.
        a, rate, mu, at, q = 0.4, 0.05, 0.3, 9.0, 2.0
        before = a * (math.exp(-rate * at) - math.exp(-mu * at)) / (mu - rate)
        after = a * math.exp(-rate * at) / (rate + mu)
        alone = a**2 / (rate * (rate + mu))
        curve = Exponentials([a], [rate]) + Pulses([at], [q])
        given = protraction_integral(curve, Repair.from_rates([1.0], [mu]))
        assert_allclose(given, alone + q**2 + 2 * q * (before + after), rtol=ROUNDING)

    def test_constant_piece(self):
        given = protraction_factor(Pieces([0.0, 10.0], [[3.0]]), Repair.single(1.5))
        assert_allclose(given, 0.3400688318, rtol=TEN_DIGITS)


class TestLimits:
    CURVE = Exponentials.from_half_lives([1.0, 0.5, -1.4], [5.0, 60.0, 1.0], [0.0, 40.0, 0.0])
    SAMPLED = Pieces.from_samples([0.0, 2.0, 30.0, 100.0], [0.0, 1.0, 0.4, 0.0])

    @pytest.mark.parametrize("curve", [CURVE, SAMPLED], ids=["exponentials", "pieces"])
    def test_fast_repair_gives_nothing_and_slow_repair_all(self, curve):
        # G -> 2 / (mu D²) int D'² as mu -> infinity, so 1e-9 h leaves about 1e-10.
        assert 0 < protraction_factor(curve, Repair.single(1e-9)) < 1e-9
        # 1 - G is of the order of mu times the mean time between two doses, some 100 h.
        assert_allclose(protraction_factor(curve, Repair.single(1e12)), 1.0, atol=1e-9)

    def test_fast_repair_is_the_mean_square_of_the_dose_rate(self):
        mu = LN2 / 1e-7
        squares = 0.5 * 3.0**2 / 0.2  # int (3 e^{-0.2 t})² dt
        given = protraction_integral(Exponentials([3.0], [0.2]), Repair.from_rates([1.0], [mu]))
        assert_allclose(given, 2 * squares / mu, rtol=1e-6)  # next order: lambda / mu = 3e-8

    def test_acute_dose(self):
        assert protraction_factor(Pulses([7.0], [3.0]), BIPHASIC) == pytest.approx(1.0, abs=1e-15)
        brief = Exponentials.from_half_lives([1.0], [1e-9])
        assert_allclose(protraction_factor(brief, BIPHASIC), 1.0, atol=1e-7)

    def test_exponential_may_act_as_a_pulse(self):
        # A pulse spread over 1e-8 h differs by about mu times that.
        brief = Exponentials.from_half_lives([LN2 / 1e-8 * 2.0], [1e-8], [9.0])
        base = Exponentials([0.4], [0.05])
        given = protraction_integral(base + brief, BIPHASIC)
        assert_allclose(given, protraction_integral(base + Pulses([9.0], [2.0]), BIPHASIC), 1e-6)


def by_ode(curve: Curve, repair: Repair, until: float) -> float:
    """Integrate I_k' = D' - mu_k I_k and (G D²)' = 2 D' sum p_k I_k between the breakpoints."""
    p, mu = np.array(repair.fractions), np.array(repair.rates)
    edges = [t for t in curve.breakpoints if t < until] + [until]
    state = np.zeros(mu.size + 1)
    for start, end in pairwise(edges):
        last = np.nextafter(end, start)  # the curve's left limit at the end

        def slope(t, y, last=last):
            rate = float(curve(min(t, last)))
            return np.append(rate - mu * y[:-1], 2 * rate * p @ y[:-1])

        solution = solve_ivp(slope, (start, end), state, "DOP853", rtol=1e-11, atol=1e-13)
        state = solution.y[:, -1]
    return float(state[-1])


class TestAgainstOde:
    @pytest.mark.parametrize("seed", range(6))
    def test_random_sums_of_exponentials_with_several_starts(self, seed):
        generator = np.random.default_rng(seed)
        terms = 5
        curve = Exponentials(
            generator.normal(0.3, 0.6, terms),
            np.exp(generator.uniform(-5, 1, terms)),
            generator.choice([0.0, 5.0, 30.0, 71.5], terms),
        )
        repair = Repair((0.3, 0.7), tuple(np.exp(generator.uniform(-1.5, 2.5, 2))))
        assert_allclose(
            protraction_integral(curve, repair, 120.0),
            by_ode(curve, repair, 120.0),
            rtol=1e-8,  # of the solver, at the tolerance above
        )

    @pytest.mark.parametrize("seed", range(3))
    def test_totals_of_pieces_and_exponentials(self, seed):
        generator = np.random.default_rng(10 + seed)
        breaks = np.cumsum(generator.uniform(1.0, 15.0, 6))
        pieces = Pieces(breaks, generator.normal(0.0, 1.0, (5, 4)) * 4.0 ** -np.arange(4))
        other = Pieces.from_samples([3.0, 20.0, 60.0], [0.2, 1.0, 0.1])
        terms = Exponentials([0.5, 1.0], [0.02, 0.4], [0.0, 17.0])
        curve = pieces + terms + other
        assert_allclose(
            protraction_integral(curve, BIPHASIC, 55.0), by_ode(curve, BIPHASIC, 55.0), rtol=1e-8
        )


class TestPieces:
    TERMS = Exponentials([1.0, -0.9], [0.02, 0.5])

    def sampled(self, number: int) -> Pieces:
        times = np.concatenate([[0.0], np.geomspace(1e-3, 1200.0, number)])
        return Pieces.from_samples(times, self.TERMS(times))

    def test_samples_of_exponentials_converge_with_second_order(self):
        exact = protraction_integral(self.TERMS, BIPHASIC)
        errors = [
            abs(float(protraction_integral(self.sampled(n), BIPHASIC) / exact - 1))
            for n in (200, 400, 800)
        ]
        assert errors[2] < 1e-4
        for coarse, fine in pairwise(errors):
            assert 3.6 < coarse / fine < 4.4  # straight lines: order 2

    def test_cutting_a_piece_changes_nothing(self):
        whole = Pieces([0.0, 300.0], [[1.0, 2e-2, -1e-4]])
        parts = whole + Pieces([0.0, 1.0, 150.0, 300.0], np.zeros((3, 1)))
        for repair in (BIPHASIC, Repair.single(0.01), Repair.single(1000.0)):
            assert_allclose(
                protraction_integral(parts, repair),
                protraction_integral(whole, repair),
                rtol=ROUNDING,
            )

    @pytest.mark.parametrize("half_time", [0.01, 0.5, 3.0, 50.0])
    def test_one_polynomial_split_between_two_curves(self, half_time):
        # (f + g)² must equal f² + 2 f g + g², whichever way each product is computed.
        repair = Repair.single(half_time)
        piece = Pieces([0.0, 40.0], [[1.0, 0.1]])
        ended = Exponentials([1.0, -1.0], [0.0, 0.0], [0.0, 40.0])
        ramp = Pieces([0.0, 40.0], [[0.0, 0.1]])
        assert_allclose(
            protraction_integral(ramp + ended, repair, 60.0),
            protraction_integral(piece, repair, 60.0),
            rtol=ROUNDING,
        )

    def test_pulse_between_pieces_is_a_narrow_piece(self):
        base = Pieces.from_samples([0.0, 10.0, 50.0], [0.0, 1.0, 0.2])
        narrow = Pieces([20.0, 20.0 + 1e-7], [[2.0 / 1e-7]])
        given = protraction_integral(base + Pulses([20.0], [2.0]), BIPHASIC)
        assert_allclose(given, protraction_integral(base + narrow, BIPHASIC), rtol=1e-6)

    def test_no_pulses_at_all(self):
        base = Pieces.from_samples([0.0, 10.0, 50.0], [0.0, 1.0, 0.2])
        given = protraction_integral(base + Pulses([], []), BIPHASIC)
        assert given == protraction_integral(base, BIPHASIC)


class TestUntil:
    CURVES = (
        Exponentials([1.0, 0.5], [0.3, 0.01], [0.0, 30.0]),
        Pieces.from_samples([0.0, 5.0, 80.0], [0.0, 2.0, 0.0]),
        Pulses([0.0, 24.0, 48.0], [2.0, 1.0, 2.0]),
    )

    @pytest.mark.parametrize("curve", [*CURVES, sum(CURVES[1:], CURVES[0])])
    def test_before_the_start_there_is_nothing(self, curve):
        assert protraction_integral(curve, BIPHASIC, -1.0) == 0
        with pytest.raises(InputError, match="no dose"):
            protraction_factor(curve, BIPHASIC, -1.0)

    @pytest.mark.parametrize("curve", [*CURVES, sum(CURVES[1:], CURVES[0])])
    def test_a_late_end_is_no_end(self, curve):
        assert_allclose(
            protraction_integral(curve, BIPHASIC, 1e4),
            protraction_integral(curve, BIPHASIC),
            rtol=ROUNDING,
        )

    def test_growing_dose_rate(self):
        curve = Exponentials([1.0], [-0.1])
        assert_allclose(
            protraction_integral(curve, BIPHASIC, 30.0), by_ode(curve, BIPHASIC, 30.0), rtol=1e-8
        )
        with pytest.raises(InputError, match="no end"):
            protraction_integral(curve, BIPHASIC)


class TestBatches:
    def draws(self, size: tuple[int, ...]) -> Exponentials:
        generator = np.random.default_rng(1)
        shape = (*size, 4)
        starts = np.array([0.0, 0.0, 1008.0, 1008.0]) + np.zeros(shape)
        return Exponentials(
            generator.lognormal(-2, 0.5, shape), generator.lognormal(-4, 1, shape), starts
        )

    def test_a_batch_is_its_members(self):
        terms = self.draws((3, 2))
        pieces = Pieces([0.0, 10.0, 60.0], np.random.default_rng(2).random((2, 2, 3)) * 0.1)
        pulses = Pulses([5.0, 30.0], [[1.0, 2.0], [0.0, 1.0]])
        curve = terms + pieces + pulses
        given = protraction_integral(curve, BIPHASIC)
        assert given.shape == (3, 2)
        for draw in np.ndindex(3, 2):
            member = terms[draw] + pieces[draw[1]] + pulses[draw[1]]
            assert_allclose(given[draw], protraction_integral(member, BIPHASIC), rtol=ROUNDING)

    def test_starts_that_differ_over_the_batch(self):
        terms = self.draws((5,))
        late = Exponentials(terms.amplitudes, terms.rates, terms.starts + np.arange(5)[:, None])
        pieces = Pieces.from_samples([0.0, 30.0], [1.0, 0.0])
        given = protraction_integral(late + pieces, BIPHASIC)
        for draw in range(5):
            member = late[draw] + pieces
            assert_allclose(given[draw], protraction_integral(member, BIPHASIC), rtol=ROUNDING)

    def test_jax_agrees(self):
        from theratwin.core._jax import jax, jnp

        @jax.jit
        def factor(amplitudes):
            curve = Exponentials(amplitudes, jnp.array([0.1, 0.01]), jnp.array([0.0, 5.0]))
            return protraction_factor(curve, BIPHASIC, 200.0)

        at = jnp.array([1.0, 0.5])
        slope = jax.jit(jax.grad(factor))(at)
        step = 1e-6
        for term in range(2):
            up, down = (factor(at.at[term].add(sign * step)) for sign in (1, -1))
            assert_allclose(slope[term], (up - down) / (2 * step), rtol=1e-6)  # central difference
        plain = Exponentials([1.0, 0.5], [0.1, 0.01], [0.0, 5.0])
        assert_allclose(factor(at), protraction_factor(plain, BIPHASIC, 200.0), rtol=ROUNDING)


positive = st.floats(1e-3, 1e3)
dose_rates = st.lists(
    st.tuples(st.floats(1e-3, 10.0), st.floats(1e-4, 20.0), st.floats(0.0, 2000.0)),
    min_size=1,
    max_size=5,
)
repairs = st.builds(
    lambda p, fast, slow: Repair((p, 1 - p), (fast, slow)),
    st.floats(0.01, 0.99),
    positive,
    positive,
)


class TestInvariants:
    @settings(max_examples=60, deadline=None)
    @given(terms=dose_rates, repair=repairs, until=st.floats(0.1, 5000.0))
    def test_factor_lies_between_0_and_1(self, terms, repair, until):
        curve = Exponentials(*map(np.array, zip(*terms, strict=True)))
        if curve.integral(end=until) > 0:
            assert 0 <= protraction_factor(curve, repair, until) <= 1 + 1e-12
        assert 0 < protraction_factor(curve, repair) <= 1 + 1e-12

    @settings(max_examples=40, deadline=None)
    @given(
        values=st.lists(st.floats(0.0, 10.0), min_size=2, max_size=6).filter(
            lambda v: max(v) > 1e-3
        ),
        repair=repairs,
        pulse=st.floats(0.0, 5.0),
    )
    def test_factor_of_pieces_and_pulses_lies_between_0_and_1(self, values, repair, pulse):
        times = 7.0 * np.arange(len(values))
        curve = Pieces.from_samples(times, values) + Pulses([10.0], [pulse])
        assert 0 < protraction_factor(curve, repair) <= 1 + 1e-12

    @settings(max_examples=40, deadline=None)
    @given(terms=dose_rates, repair=repairs, delay=st.floats(-100.0, 100.0), factor=positive)
    def test_neither_time_nor_scale_matters(self, terms, repair, delay, factor):
        curve = Exponentials(*map(np.array, zip(*terms, strict=True)))
        curve = curve + Pulses([3.0], [1.0]) + Pieces.from_samples([0.0, 9.0], [1.0, 0.5])
        changed = curve.shifted(delay).scaled(factor)
        assert_allclose(
            protraction_factor(changed, repair), protraction_factor(curve, repair), rtol=1e-9
        )

    @settings(max_examples=40, deadline=None)
    @given(terms=dose_rates, repair=repairs, factor=st.floats(0.1, 10.0))
    def test_slower_in_all_is_the_same(self, terms, repair, factor):
        # Stretching time of the dose rate and of the repair together leaves G.
        amplitudes, rates, starts = map(np.array, zip(*terms, strict=True))
        stretched = Exponentials(amplitudes / factor, rates / factor, starts * factor)
        slower = Repair(repair.fractions, tuple(factor * h for h in repair.half_times))
        given = protraction_factor(Exponentials(amplitudes, rates, starts), repair)
        assert_allclose(protraction_factor(stretched, slower), given, rtol=1e-9)


def test_unknown_form_of_curve():
    class Odd(Pulses.__mro__[1]):
        batch_shape, breakpoints = (), ()
        __call__ = integral = scaled = shifted = __getitem__ = None

    with pytest.raises(UnsupportedError, match="Odd"):
        protraction_integral(Odd(), BIPHASIC)


HALF_TIMES = np.array([0.4, 1.9, 30.0])
FORMS = (
    Exponentials([1.0, -0.4], [0.1, 0.7], [0.0, 3.0]),
    Pieces([0.0, 2.0, 9.0], [[1.0, 0.2], [0.4, -0.05]]),
    Pulses([0.0, 5.0], [1.0, 2.0]),
)


class TestRepairOfSeveralDraws:
    """Half-times may be arrays over draws: each draw as if it stood alone."""

    @pytest.mark.parametrize("parts", [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)])
    @pytest.mark.parametrize("until", [7.0, float("inf")])
    def test_each_draw(self, parts, until):
        curve = FORMS[parts[0]]
        for k in parts[1:]:
            curve = curve + FORMS[k]
        found = protraction_integral(curve, Repair.single(HALF_TIMES), until)
        alone = [protraction_integral(curve, Repair.single(h), until) for h in HALF_TIMES]
        assert_allclose(found, alone, rtol=1e-12)

    def test_with_curves_of_as_many_draws(self):
        curve = Exponentials([1.0], [0.1], [0.0]).scaled(np.array([1.0, 2.0, 3.0]))
        curve = curve + Pieces([0.0, 2.0], [[1.0]])
        found = protraction_integral(curve, Repair.single(HALF_TIMES))
        alone = [protraction_integral(curve[k], Repair.single(h)) for k, h in enumerate(HALF_TIMES)]
        assert_allclose(found, alone, rtol=1e-12)

    def test_starts_that_differ_by_draw(self):
        starts = np.array([[0.0], [1.0], [5.0]])
        curve = Exponentials(np.full((3, 1), 0.5), np.full((3, 1), 0.1), starts)
        curve = curve + Pieces([0.0, 2.0], [[1.0]])
        found = protraction_integral(curve, Repair.single(HALF_TIMES))
        alone = [protraction_integral(curve[k], Repair.single(h)) for k, h in enumerate(HALF_TIMES)]
        assert_allclose(found, alone, rtol=1e-12)
