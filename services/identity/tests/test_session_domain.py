"""A session's refresh tokens through any history: who keeps to the rules stays signed in, and who sends an old token ends it for everybody."""

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from common.clock import uuid7
from identity.domain.secrets import written
from identity.domain.session import GRACE, IDLE_MAX, RefreshToken, Session

START = datetime(2026, 1, 1, tzinfo=UTC)


def bytes_of(number: int) -> bytes:
    return number.to_bytes(32, "big")


def begun() -> tuple[Session, RefreshToken]:
    token = RefreshToken(written(bytes_of(1)), written(bytes_of(2)))
    return Session.begin(uuid7(), uuid7(), "acme", token=token, now=START), token


class Histories(RuleBasedStateMachine):
    """One browser, whose answers get lost now and then, and a thief who copied its tokens. The model counts generations."""

    @initialize()
    def sign_in(self) -> None:
        self.session, first = begun()
        self.issued = [first]
        self.held = 0  # the generation of the token that the browser has
        self.now = self.rotated_at = self.used_at = START
        self.is_over = False
        self.nonces = 100

    def send(self, generation: int) -> RefreshToken | None:
        self.nonces += 1
        return self.session.refresh(self.issued[generation], nonce=bytes_of(self.nonces), now=self.now)

    def expect(self, generation: int) -> int | None:
        """The generation that the rules give for this one."""
        newest = len(self.issued) - 1
        self.is_over = self.is_over or self.now - self.used_at > IDLE_MAX
        if self.is_over:
            return None
        if generation == newest:
            self.rotated_at = self.used_at = self.now
            return newest + 1
        if generation == newest - 1 and self.now - self.rotated_at <= GRACE:
            self.used_at = self.now
            return newest
        self.is_over = True
        return None

    def check(self, generation: int) -> int | None:
        expected = self.expect(generation)
        answer = self.send(generation)
        if expected is None:
            assert answer is None
        elif expected == len(self.issued):
            assert answer is not None
            assert answer not in self.issued
            self.issued.append(answer)
        else:
            assert answer == self.issued[expected], "who sends the same token gets the same successor"
        return expected

    @rule(at_once=st.sampled_from([1, 2, 20]), lost=st.booleans())
    def the_browser_refreshes(self, at_once: int, lost: bool) -> None:
        answers = {self.check(self.held) for _ in range(at_once)}
        assert len(answers) == 1, "parallel refreshes agree"
        if not lost:
            self.held = answers.pop() or self.held

    @rule(back=st.integers(0, 3))
    def a_thief_sends_a_token(self, back: int) -> None:
        self.check(max(0, len(self.issued) - 1 - back))

    @rule(seconds=st.sampled_from([1, 59, 61, 600]))
    def a_while_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(days=st.sampled_from([1, 29, 31]))
    def days_pass(self, days: int) -> None:
        self.now += timedelta(days=days)

    @invariant()
    def a_session_that_is_over_stays_so(self) -> None:
        if self.is_over:
            assert self.session.is_over(self.now)


Histories.TestCase.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
TestHistories = Histories.TestCase


def test_a_lost_answer_and_twenty_parallel_refreshes_leave_the_browser_signed_in() -> None:
    session, token = begun()
    for round in range(50):
        moment = START + timedelta(minutes=9 * round)
        answers = {session.refresh(token, nonce=bytes_of(round * 20 + n + 9), now=moment) for n in range(20)}
        repeated = session.refresh(token, nonce=bytes_of(7), now=moment + GRACE)
        assert answers == {repeated}
        assert repeated is not None
        token = repeated


def test_a_preceding_token_after_the_grace_ends_the_session_for_its_successor_too() -> None:
    session, token = begun()
    successor = session.refresh(token, nonce=bytes_of(3), now=START)
    assert successor is not None
    late = START + GRACE + timedelta(milliseconds=1)
    assert session.refresh(token, nonce=bytes_of(4), now=late) is None
    assert session.refresh(successor, nonce=bytes_of(5), now=late) is None


def test_the_tables_alone_give_no_token() -> None:
    session, token = begun()
    kept = repr(session)
    successor = session.refresh(token, nonce=bytes_of(3), now=START)
    assert successor is not None
    for secret in (token.secret, successor.secret, token.selector):
        assert secret not in kept + repr(session)


def test_a_session_lasts_thirty_days_from_its_last_use() -> None:
    session, token = begun()
    moment = START
    for number in range(3):
        moment += IDLE_MAX
        successor = session.refresh(token, nonce=bytes_of(number), now=moment)
        assert successor is not None
        token = successor
    assert session.refresh(token, nonce=bytes_of(9), now=moment + IDLE_MAX + timedelta(seconds=1)) is None


def test_to_show_a_token_does_not_use_it_up() -> None:
    session, token = begun()
    assert session.accepts(token, START)
    assert session.refresh(token, nonce=bytes_of(3), now=START) is not None


def test_what_never_was_a_token_is_none() -> None:
    _, token = begun()
    text = str(token)
    assert RefreshToken.parse(text) == token
    for wrong in ("", "tdr_", text[:-1], text + "x", text + "\n", text.replace(".", ""), text.upper(), "tdr_\ud800"):
        assert RefreshToken.parse(wrong) is None, wrong
